import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openStore } from '../../lib/retention/open-store.fixture.ts';

let on: Awaited<ReturnType<typeof openStore>>;
afterEach(() => on.close());

const run = (...args: readonly string[]) =>
  new Promise<{ status: number | null; out: string; err: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [join(import.meta.dirname, 'main.ts'), ...args],
      (_error, out, err) => resolve({ status: child.exitCode, out, err }),
    );
  });

it('the command lists what rules would remove and, asked, what stays and why; it removes nothing', async () => {
  on = await openStore({ retention: { deniedDays: 90 } });
  const gone = await on.request();
  const kept = await on.request();
  await on.request({ status: 'completed', artifact: kept.artifact });
  const list = await run('list', '--config', on.configFile);
  expect([list.status, list.err]).toEqual([0, '']);
  expect(list.out).toContain(`request ${gone.id}`);
  expect(list.out).not.toContain(kept.id);
  expect(list.out).toContain('1 files would go, 100 bytes. 1 that are old enough are kept.');
  const all = await run('list', '--config', on.configFile, '--kept', '--json');
  const lines = all.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  expect(lines).toContainEqual(
    expect.objectContaining({ request: kept.id, keptFor: 'a release was made of it', sizeBytes: 100 }),
  );
  expect(lines.at(-1)).toEqual({ files: 1, bytes: 100, kept: 1 });
  expect([await on.isThere(gone.artifact), await on.isThere(kept.artifact)]).toEqual([true, true]);
});

it('without a rule it says so; what it doesn’t know is wrong usage; a configuration that can’t be read is named', async () => {
  on = await openStore({});
  await on.request({ daysAgo: 10_000 });
  const none = await run('list', '--config', on.configFile);
  expect([none.status, none.out]).toEqual([
    0,
    'No rule is configured (retention in portal.yaml): everything that a request uses is kept.\n',
  ]);
  expect((await run('apply')).status).toBe(2);
  const missing = await run('list', '--config', `${on.configFile}.not`);
  expect(missing.status).toBe(1);
  expect(missing.err).toContain(`${on.configFile}.not`);
});
