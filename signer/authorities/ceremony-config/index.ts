/**
 * What a ceremony is to make. Accesses no token: the signer uses it to tell which certificates the accepted policy
 * still lacks.
 */
export {
  ceremonyConfigSchema,
  readCeremonyConfig,
  signingToken,
  tokensOf,
  type CeremonyConfig,
  type CeremonyConfigInput,
  type SigningToken,
  type TokenRole,
} from './config.ts';
export { CeremonyError, type CeremonyErrorCode } from './error.ts';
