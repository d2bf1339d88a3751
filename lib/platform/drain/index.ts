/** How a portal ends without dropping what can still be finished, so that others take its place one by one. */
export { endOnSignals } from './end-on-signals.ts';
export { isDraining, openDrain, untilLeaving, type DrainTimes } from './drain.ts';
