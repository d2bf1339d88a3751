import { ExplainedError } from '../http/index.ts';

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
  static override readonly errorName = 'PageFetchError';
}

export const fetchError = (
  code: PageFetchErrorCode,
  message: string,
  fix: string,
  cause?: unknown,
): PageFetchError => new PageFetchError({ code, message, fix, ...(cause === undefined ? {} : { cause }) });
