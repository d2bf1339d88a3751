export {
  watchDatabase,
  watchPolicyChecks,
  watchQueue,
  watchRequests,
  watchSweep,
  watchWorker,
} from './probes.ts';
