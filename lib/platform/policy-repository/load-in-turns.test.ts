import { describe, expect, it } from 'vitest';
import { loadSnapshot } from '#core/policy/index.ts';
import { encode, seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { loadInTurns } from './load-in-turns.ts';

/** The seed, with a project of it many times over. */
function manyProjects(count: number): Map<string, Uint8Array> {
  const files = seedWithKeys();
  const model = [...files].filter(([path]) => path.startsWith('projects/zip-demo/'));
  for (let index = 0; index < count; index += 1) {
    for (const [path, bytes] of model) files.set(path.replace('zip-demo', `copy-${index}`), bytes);
  }
  return files;
}

describe('parsing many policies', () => {
  it('lets other work run in between, with the same result', async () => {
    const files = manyProjects(200);
    let [rounds, parsing] = [0, true];
    const count = (): void => {
      rounds += 1;
      if (parsing) setImmediate(count);
    };
    setImmediate(count);
    const loaded = await loadInTurns(files, seedCommit, null);
    parsing = false;
    expect(rounds).toBeGreaterThan(5);
    const whole = loadSnapshot(files, seedCommit);
    if (!loaded.ok || !whole.ok) throw new Error('no snapshot');
    expect([...loaded.snapshot.projects.keys()]).toEqual([...whole.snapshot.projects.keys()]);
    expect(loaded.snapshot.projects.size).toBe(202);
  });

  it('reports the same mistakes as parsing in one go', async () => {
    const files = manyProjects(1).set('people/demo-approver.yaml', encode('kind: Person'));
    const loaded = await loadInTurns(files, seedCommit, null);
    expect(loaded).toEqual(loadSnapshot(files, seedCommit));
    expect(loaded.ok).toBe(false);
  });
});
