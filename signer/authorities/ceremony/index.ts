/** The key ceremony: keys made on their tokens, certificates issued, registry and transcript written. */
export { CeremonyError, type CeremonyErrorCode } from '../ceremony-config/index.ts';
export {
  ceremonyConfigSchema,
  readCeremonyConfig,
  type CeremonyConfig,
  type CeremonyConfigInput,
} from '../ceremony-config/index.ts';
export { importCertificate, type ImportInput } from './import-certificate.ts';
export { confirmRewrapped, rewrapKeys, type RewrapInput } from './rewrap-keys.ts';
export { runCeremony, type CeremonyInput } from './run-ceremony.ts';
export { verifyTranscript, witnessNamespace, type VerifiedTranscript } from './transcript-note.ts';
export type { CeremonyTranscript, TranscriptCertificate, TranscriptKey } from './transcript.ts';
export {
  backUpWrappedFiles,
  checkWrappedFiles,
  restoreWrappedFiles,
  type WrappedFileState,
} from './wrapped-backup.ts';
