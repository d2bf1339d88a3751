/** What the signer's smaller services have in common: the part of their configurations that says which keys they work with, starting and stopping. */
export {
  keyHolderSchema,
  segmentRecordsKey,
  listenKey,
  moduleKeys,
  pinKey,
  pinSchema,
  registryKey,
  versionKey,
} from './config.ts';
export { runService, type RunningPart } from './run-service.ts';
