export { loadRequest, loadSubmissions, findDue, type ClaimedRequest, type Submission } from './load.ts';
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
