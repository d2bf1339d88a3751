/** Waiting for a request to move on. */
export { readStanding, takeWaitingPlace, waitForMove, type Standing } from './watch.ts';
