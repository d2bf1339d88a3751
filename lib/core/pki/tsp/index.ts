/** RFC 3161 timestamps: requests, answers and tokens, written, read and verified. */
export { TspError, type TspErrorCode } from './errors.ts';
export type { MessageImprint } from './message-imprint.ts';
export {
  buildTimestampRequest,
  parseTimestampRequest,
  timestampRequestBytesMax,
  type TimestampRequest,
} from './timestamp-request.ts';
export {
  buildTimestampResponse,
  parseTimestampResponse,
  timestampResponseBytesMax,
  type TimestampFailure,
} from './timestamp-response.ts';
export { buildTimestampToken, type TimestampTokenInput } from './timestamp-token.ts';
export { parseTstInfo, type TstInfo } from './tst-info.ts';
export {
  timestampSkewMsMax,
  verifyTimestampToken,
  type TimestampQuery,
  type VerifiedTimestamp,
} from './verify-token.ts';
