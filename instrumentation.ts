/** Runs once as the portal starts: it follows the policy repository by itself, for deliveries get lost. */
export async function register(): Promise<void> {
  if (process.env['NEXT_RUNTIME'] !== 'nodejs' || process.env['COUNTERSIGN_PORTAL_CONFIG'] === undefined)
    return;
  const { currentPortal } = await import('./lib/platform/portal/index.ts');
  const { keepFollowing } = await import('./lib/policy-changes/index.ts');
  keepFollowing(currentPortal(), (message) => console.error(message));
}
