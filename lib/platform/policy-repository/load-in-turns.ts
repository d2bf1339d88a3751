/** Parses policies without blocking other requests to the portal: the event loop runs after each slice. */
import { setImmediate as others } from 'node:timers/promises';
import type { CommitSha } from '#core/ids/index.ts';
import { loadSnapshotInSteps } from '#core/policy/index.ts';
import type { PolicySnapshot, SnapshotResult } from '#core/policy/index.ts';

/** A turn ends with the file or project during which it becomes longer than this. */
const turnMilliseconds = 10;

/** As `loadSnapshot`, over as many turns as it takes. The first of 3,000 projects takes ten seconds of processor. */
export async function loadInTurns(
  files: ReadonlyMap<string, Uint8Array>,
  commit: CommitSha,
  previous: PolicySnapshot | null,
  standing: 'new' | 'accepted' = 'new',
): Promise<SnapshotResult> {
  const steps = loadSnapshotInSteps(files, commit, previous, standing);
  let begun = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - begun < turnMilliseconds) continue;
    await others();
    begun = performance.now();
  }
}
