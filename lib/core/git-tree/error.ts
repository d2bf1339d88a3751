/**
 * LISTING_MALFORMED, BLOBS_MALFORMED: not what git writes. PATH_ENCODING: a file name that isn't UTF-8.
 * PATH_UNSAFE: a path that leaves the repository or can't be shown. NOT_A_FILE: a symbolic link, a submodule
 * or another mode. FILE_TOO_LARGE, TOO_MANY_FILES, TOO_MANY_BYTES: over a limit.
 */
import { CodedError } from '#core/error/index.ts';

export type GitTreeErrorCode =
  | 'LISTING_MALFORMED'
  | 'BLOBS_MALFORMED'
  | 'PATH_ENCODING'
  | 'PATH_UNSAFE'
  | 'NOT_A_FILE'
  | 'FILE_TOO_LARGE'
  | 'TOO_MANY_FILES'
  | 'TOO_MANY_BYTES';

export class GitTreeError extends CodedError<GitTreeErrorCode> {
  static override readonly errorName = 'GitTreeError';
  /** The file at fault, if it can be named; null if the output as a whole is at fault. */
  readonly path: string | null;
  constructor(code: GitTreeErrorCode, path: string | null, message: string) {
    super(code, path === null ? message : `${path}: ${message}`, { context: { path } });
    this.path = path;
  }
}
