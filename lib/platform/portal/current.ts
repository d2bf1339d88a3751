import { loadPortalConfig } from '../config/index.ts';
import { openPortal } from './open.ts';
import type { Portal } from './context.ts';
import { holder } from './opened.ts';

/** The process's portal, opened from COUNTERSIGN_PORTAL_CONFIG on first use; never during a build. */
export function currentPortal(): Portal {
  holder.countersignPortal ??= openPortal(loadPortalConfig(process.env));
  return holder.countersignPortal;
}
