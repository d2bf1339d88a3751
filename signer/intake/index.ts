export { processRequest } from './process.ts';
export { startWorker, type Worker } from './worker.ts';
export type { SignerContext } from './context.ts';
