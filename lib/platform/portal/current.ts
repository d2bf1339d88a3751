import { loadPortalConfig } from '../config/index.ts';
import { openPortal } from './open.ts';
import type { Portal } from './context.ts';

/** Survives the module reloads of `next dev`, which would otherwise open a pool each time. */
const holder = globalThis as typeof globalThis & { countersignPortal?: Portal };

/** The process's portal, opened from COUNTERSIGN_PORTAL_CONFIG on first use; never during a build. */
export function currentPortal(): Portal {
  holder.countersignPortal ??= openPortal(loadPortalConfig(process.env));
  return holder.countersignPortal;
}
