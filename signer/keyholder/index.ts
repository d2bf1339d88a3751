/**
 * The keyholder: child processes that are the only ones with the PIN of a token. They sign only against a grant, and
 * have a journal and a rate limit of their own. Other rooms import the client and the protocol; `token/`, which
 * reaches the
 * keys, is for the keyholder's processes and for the ceremony, which makes keys offline.
 */
export {
  findSignatures,
  lastListNumber,
  locatePkcs11Module,
  openKeyHolder,
  readKeyHolderJournal,
  signLogText,
  signLogTexts,
  verifySegments,
  type JournalHead,
  type KeyHolder,
  type KeyHolderOptions,
  type LogSigner,
  type SignedDocument,
} from './client/index.ts';
export type { SigningGrant } from './grant/index.ts';
export {
  digestOfWrapped,
  grantSlot,
  KeyHolderError,
  keyRegistrySchema,
  moduleEnvironmentSchema,
  parseKeyRegistry,
  parseWrappedKey,
  pinSourceSchema,
  readRegisteredKey,
  wrappedFileBytesMax,
  writeWrappedKey,
  type JournalRecord,
  type KeyHolderErrorCode,
  type KeyHolderHealth,
  type KeyRegistry,
  type KeyRegistryEntry,
  type ModuleEnvironment,
  type PinSource,
  type WrappedKey,
  type WrappedKeyFile,
} from './protocol/index.ts';
