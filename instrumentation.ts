/** Runs once as the portal starts: what it does by itself, for deliveries get lost and people forget. */
export async function register(): Promise<void> {
  if (process.env['NEXT_RUNTIME'] !== 'nodejs' || process.env['COUNTERSIGN_PORTAL_CONFIG'] === undefined)
    return;
  const { currentPortal } = await import('./lib/platform/portal/index.ts');
  const { keepFollowing } = await import('./lib/policy-changes/index.ts');
  const { keepHouse } = await import('./lib/housekeeping/index.ts');
  const portal = currentPortal();
  const report = (message: string): void => console.error(message);
  keepFollowing(portal, report);
  keepHouse(portal, report);
}
