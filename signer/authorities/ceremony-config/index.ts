/** What a ceremony is to make. Reaches no token: the signer reads from it which certificates the accepted policy still lacks. */
export {
  ceremonyConfigSchema,
  readCeremonyConfig,
  tokenOf,
  type CeremonyConfig,
  type CeremonyConfigInput,
  type TokenRole,
} from './config.ts';
export { CeremonyError, type CeremonyErrorCode } from './error.ts';
