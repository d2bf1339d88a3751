export {
  watchDatabase,
  watchPolicyLooks,
  watchQueue,
  watchRequests,
  watchSweep,
  watchWorker,
} from './probes.ts';
