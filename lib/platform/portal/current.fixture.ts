import type { Portal } from './context.ts';

/** Routes called by a test answer from this portal, in place of the one that the configuration names. */
export function answerFrom(portal: Portal): void {
  (globalThis as typeof globalThis & { countersignPortal?: Portal }).countersignPortal = portal;
}
