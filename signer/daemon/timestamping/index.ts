/** The RFC 3161 client: asks timestamp authorities in order, and returns only what verifies. */
export { TimestampError, type TimestampAttempt, type TimestampErrorCode } from './error.ts';
export { requestTimestamp, type ObtainedTimestamp, type TimestampInput } from './request-timestamp.ts';
