/** Serves lists, certificates and status answers to everybody; holds no key. */
export {
  readResponderConfig,
  responderConfigSchema,
  type ResponderConfig,
  type ResponderConfigInput,
} from './config.ts';
export { ResponderError, type ResponderErrorCode } from './error.ts';
export { startResponder, type RunningResponder } from './start.ts';
