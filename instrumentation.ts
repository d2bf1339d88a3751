import type { Instrumentation } from 'next';

type Note = (error: unknown, what: string) => void;
let note: Note = () => undefined;

/** Runs once as the portal starts: its background tasks, because deliveries get lost and people forget. */
export async function register(): Promise<void> {
  if (process.env['NEXT_RUNTIME'] !== 'nodejs' || process.env['COUNTERSIGN_PORTAL_CONFIG'] === undefined)
    return;
  const { log, noteFault } = await import('./lib/platform/log/index.ts');
  note = noteFault;
  const { currentPortal } = await import('./lib/platform/portal/index.ts');
  const { keepFollowing } = await import('./lib/policy-changes/index.ts');
  const { startHousekeeping } = await import('./lib/housekeeping/index.ts');
  const portal = currentPortal();
  const report = (message: string): void => log.error(message);
  keepFollowing(portal, report);
  startHousekeeping(portal, report);
}

/**
 * Whatever a page or an action failed at. Next.js logs the error after this and tells the browser its digest: from here on that
 * is the request's id, so that log, page and answer say the same.
 */
export const onRequestError: Instrumentation.onRequestError = (error, request, context) => {
  // The route, not the address: those of receipts open what only their holders may read.
  note(error, `${request.method} ${context.routePath}`);
};
