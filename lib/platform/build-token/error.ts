import { ExplainedError } from '../http/index.ts';

/** Why an identity token of a build isn't taken. Nothing of what it claims was believed by then. */
export type BuildTokenErrorCode =
  | 'BUILD_TOKEN_MALFORMED'
  | 'BUILD_TOKEN_ALGORITHM'
  | 'BUILD_TOKEN_ISSUER_UNKNOWN'
  | 'BUILD_TOKEN_KEY_UNKNOWN'
  | 'BUILD_TOKEN_SIGNATURE'
  | 'BUILD_TOKEN_AUDIENCE'
  | 'BUILD_TOKEN_EXPIRED'
  | 'BUILD_TOKEN_EARLY'
  | 'BUILD_TOKEN_CLAIMS'
  | 'BUILD_TOKEN_USED'
  | 'BUILD_KEYS_UNAVAILABLE';

export class BuildTokenError extends ExplainedError<BuildTokenErrorCode> {
  static override readonly errorName = 'BuildTokenError';
}
