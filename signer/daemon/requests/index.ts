export { isPassDue, loadRequest, restSeconds, type ClaimedRequest } from './load.ts';
export { readState, saveState, saveSignature, saveRelease, type RequestState } from './state.ts';
