export { isPassDue, loadRequest, restSeconds, type ClaimedRequest } from './load.ts';
export { findEarlierSignatures, type EarlierSignature } from './earlier-signatures.ts';
export {
  readState,
  saveState,
  saveSignatures,
  saveRelease,
  stateColumns,
  type RequestState,
} from './state.ts';
export { readCancellation } from './cancellation.ts';
