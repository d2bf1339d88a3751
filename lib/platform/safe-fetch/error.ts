import { ExplainedError } from '../http/index.ts';
import type { Explanation } from '../http/index.ts';

export type SafeFetchErrorCode =
  | 'ADDRESS_REFUSED'
  | 'NOT_RESOLVED'
  | 'UNREACHABLE'
  | 'TIMEOUT'
  | 'TOO_LARGE'
  | 'TOO_MANY_REDIRECTS'
  | 'NOT_TEXT'
  | 'BAD_STATUS';

export class SafeFetchError extends ExplainedError<SafeFetchErrorCode> {
  constructor(explanation: Explanation<SafeFetchErrorCode>) {
    super('SafeFetchError', explanation);
  }
}

const shownCharactersMax = 200;

/** An address as a message shows it: a stranger chose its length. */
export const shown = (address: string): string =>
  address.length <= shownCharactersMax ? address : `${address.slice(0, shownCharactersMax)}…`;
