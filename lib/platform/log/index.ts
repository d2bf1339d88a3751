/** The portal's log: JSON lines on standard output, each with the id of the request at work where there is one. */
export { log } from './log.ts';
export { noteFault } from './note-fault.ts';
export { printByLog } from './print-by-log.ts';
