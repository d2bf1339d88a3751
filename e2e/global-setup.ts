import { join } from 'node:path';
import { openRunFolder, removeRunFolder } from '../dev/test/run-folder.ts';
import { startFoundation, startPortalOf } from '../dev/foundation/index.ts';
import { projectDirectory, startStack } from '../dev/stack/index.ts';
import { withGitLab } from '../dev/demo/on-gitlab.ts';
import { playDemo } from '../dev/demo/play.ts';

/**
 * Starts a foundation of the journeys' own beside whatever else runs, and lets the demo's requests happen in it.
 * COUNTERSIGN_URL, COUNTERSIGN_REPORT (the demo's report.json) and COUNTERSIGN_STATE (the folder of all its files) tell the
 * journeys where to look.
 */
export default async function setUp(): Promise<() => Promise<void>> {
  const stack = await startStack({
    state: (await openRunFolder()).state,
    signatures: 'test',
    gitLab: true,
  });
  const tearDown = async () => {
    await stack.stop();
    removeRunFolder(stack.paths.state);
  };
  try {
    const foundation = await startFoundation(stack, withGitLab(stack));
    const portal = await startPortalOf(foundation);
    process.env['COUNTERSIGN_URL'] = portal.url;
    process.env['COUNTERSIGN_STATE'] = stack.paths.state;
    process.env['COUNTERSIGN_REPORT'] = join(stack.paths.demo, 'report.json');
    await playDemo(foundation, portal.url, join(projectDirectory, '.countersign', 'demo', 'artifacts'));
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}
