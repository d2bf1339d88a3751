import { ExplainedError } from '../http/index.ts';
import type { Explanation } from '../http/index.ts';

export type PageFetchErrorCode =
  | 'ADDRESS_REFUSED'
  | 'NOT_RESOLVED'
  | 'UNREACHABLE'
  | 'TIMEOUT'
  | 'TOO_LARGE'
  | 'TOO_MANY_REDIRECTS'
  | 'NOT_TEXT'
  | 'BAD_STATUS';

export class PageFetchError extends ExplainedError<PageFetchErrorCode> {
  static readonly errorName = 'PageFetchError';
  constructor(explanation: Explanation<PageFetchErrorCode>) {
    super(PageFetchError.errorName, explanation);
  }
}

export const fetchError = (
  code: PageFetchErrorCode,
  message: string,
  fix: string,
  cause?: unknown,
): PageFetchError => new PageFetchError({ code, message, fix, ...(cause === undefined ? {} : { cause }) });
