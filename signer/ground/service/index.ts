/** What the signer's smaller services have in common: configuration files, starting and stopping. */
export { keyHolderPaths, keyHolderSchema, readServiceConfig } from './config.ts';
export { runService, type RunningPart } from './run-service.ts';
