/**
 * The messages between the client and the keyholder's processes, and the files that both read. None of it accesses a
 * token.
 */
export { KeyHolderError, keyHolderErrorCodes, type KeyHolderErrorCode } from './error.ts';
export {
  fileOf,
  grantHash,
  grantPurposeSchema,
  grantSlot,
  isOfDocument,
  signingGrantId,
  signingGrantWireSchema,
  type GrantPurpose,
  type SigningGrantWire,
  type UnnumberedGrant,
  type WireOf,
} from './grant-wire.ts';
export { parseJournalRecord, type JournalEntry, type JournalRecord } from './journal-record.ts';
export {
  answerMessageSchema,
  childOptionsSchema,
  requestMessageSchema,
  type AnswerMessage,
  type ChildOptions,
  type KeyHolderHealth,
  type RequestMessage,
} from './message.ts';
export {
  logAnswerSchema,
  logRequestSchema,
  logTextsMax,
  type LogAnswer,
  type LogRequest,
} from './log-message.ts';
export {
  keyRegistrySchema,
  loadRegisteredKeys,
  parseKeyRegistry,
  type KeyPlace,
  type KeyRegistry,
  type KeyRegistryEntry,
  type RegisteredKey,
  type WrappedKeyFile,
} from './registry.ts';
export {
  digestOfWrapped,
  parseWrappedKey,
  readRegisteredKey,
  wrapMechanisms,
  wrappedBytesMax,
  wrappedFileBytesMax,
  writeWrappedKey,
  type WrapMechanism,
  type WrappedKey,
} from './wrapped-key.ts';
export { moduleEnvironmentSchema, type ModuleEnvironment } from './module-environment.ts';
export { pinFile, pinSourceSchema, type PinSource } from './pin.ts';
