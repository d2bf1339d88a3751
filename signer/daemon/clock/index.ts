export { toleranceMilliseconds, watchClock, type Clock } from './watch-clock.ts';
