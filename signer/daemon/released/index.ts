/** Whether the store still has what was released. */
export { keepCheckingReleased, type ReleasedWatch } from './keep-checking.ts';
