/** The foundation's own RFC 3161 timestamp authority. */
export { readTsaConfig, tsaConfigSchema, type TsaConfig, type TsaConfigInput } from './config.ts';
export { TsaError, type TsaErrorCode } from './error.ts';
export { startTimestampAuthority, type RunningTimestampAuthority } from './start.ts';
