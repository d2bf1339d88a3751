/** The process's portal, for what must not pull in all that a portal is made of. */
import type { Portal } from './context.ts';

/** Survives the module reloads of `next dev`, which would otherwise open a pool each time. */
export const holder = globalThis as typeof globalThis & { countersignPortal?: Portal };

/** null: nothing has asked for it yet. */
export const openedPortal = (): Portal | null => holder.countersignPortal ?? null;
