export { processRequest } from './process.ts';
export { openTakingGate } from './may-take.ts';
export { leaseSeconds, startWorker, type Worker, type WorkerStatus } from './worker.ts';
export { openWakeQueue, type WakeQueue } from './wake-queue.ts';
export type { SignerContext } from './context.ts';
