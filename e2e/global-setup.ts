import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFoundation, startPortalOf } from '../dev/foundation/index.ts';
import { projectDirectory, removeServiceFolder, startStack } from '../dev/stack/index.ts';
import { playDemo } from '../dev/demo/play.ts';

/**
 * Starts a foundation of the journeys' own beside whatever else runs, and lets the demo's requests happen in it.
 * COUNTERSIGN_URL and COUNTERSIGN_REPORT (the demo's report.json) tell the journeys where to look.
 */
export default async function setUp(): Promise<() => Promise<void>> {
  const stack = await startStack({
    state: mkdtempSync(join(tmpdir(), 'countersign-journeys-')),
    signatures: 'test',
  });
  const tearDown = async () => {
    await stack.stop();
    for (const folder of [stack.paths.postgres, stack.paths.clamav]) removeServiceFolder(folder);
    rmSync(stack.paths.state, { recursive: true, force: true });
  };
  try {
    const foundation = await startFoundation(stack);
    const portal = await startPortalOf(foundation);
    process.env['COUNTERSIGN_URL'] = portal.url;
    process.env['COUNTERSIGN_REPORT'] = join(stack.paths.demo, 'report.json');
    await playDemo(foundation, portal.url, join(projectDirectory, '.countersign', 'demo', 'artifacts'));
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}
