/** Stops signing within seconds at every signer, from any signer's host or by a signed statement. */
export { StopRecordError, factsOf } from './entry.ts';
export { exchangeStops, type StopExchange } from './exchange.ts';
export { startHeartbeat, type Heartbeat } from './heartbeat.ts';
export { describeActive } from './describe.ts';
export { readPresences, type Presence, type SignerFacts } from './presence.ts';
export { nothingStopped, type StopState } from './state.ts';
export {
  changeStops,
  createStopFile,
  readStopFile,
  readStops,
  restoreStopFile,
  stopFileOf,
  type StopFile,
} from './stop-file.ts';
export { watchEmergencyStops, type EmergencyStops } from './watch.ts';
