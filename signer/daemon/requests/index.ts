export { isPassDue, loadRequest, restSeconds, type ClaimedRequest } from './load.ts';
export {
  isFinal,
  readState,
  saveState,
  saveSignature,
  saveRelease,
  type RequestState,
  type RequestStatus,
  type Step,
} from './state.ts';
