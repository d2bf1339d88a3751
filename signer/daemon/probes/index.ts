/** What the health page is told of, one probe for each component. */
export { watchCertificates } from './certificates.ts';
export { watchPorts, whileJournalHolds } from './ports.ts';
export {
  watchDatabase,
  watchPolicyChecks,
  watchQueue,
  watchRequests,
  watchSweep,
  watchWorker,
} from './probes.ts';
export { watchTimestamps } from './timestamps.ts';
export { watchRooms } from './rooms.ts';
export { watchReports } from './reports.ts';
export { tellLimits } from './limits.ts';
