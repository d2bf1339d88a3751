import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../../dev/test/index.ts';
import { stopNamespace, stopStatement, type StopStatement } from '../../lib/core/approval/index.ts';
import { person } from '../../lib/core/approval/approval.fixture.ts';
import { parseProjectSlug } from '../../lib/core/ids/index.ts';
import { base } from '../../lib/core/policy-plan/snapshots.fixture.ts';
import type { PolicySnapshot } from '../../lib/core/policy/index.ts';
import { openDatabase, type Database } from '../database/index.ts';
import {
  addStop,
  followStopStatements,
  liftStop,
  readStops,
  watchEmergencyStops,
  type StopFollower,
} from './index.ts';

const head = person('policy-maintainer');
const people = new Map(base.people);
const [first] = people.values();
if (first === undefined) throw new Error('the seed has nobody');
const approvalKeys = head.approver.keys.map((publicKey) => ({ type: 'ssh' as const, publicKey }));
people.set(head.approver.handle, { ...first, value: { ...first.value, approvalKeys } });
const trustRoot = structuredClone(base.trustRoot.value);
trustRoot.policyMaintainers.members = [head.approver.handle];
const snapshot: PolicySnapshot = { ...base, people, trustRoot: { ...base.trustRoot, value: trustRoot } };
const project = parseProjectSlug('esbuild-demo');

let urls: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let portal: pg.Client;
let folder = '';
let policy: PolicySnapshot | null = snapshot;
let follower: StopFollower;
const file = (): string => join(folder, 'stops.json');
const open = (): StopFollower =>
  followStopStatements({
    ...{
      file: file(),
      database,
      snapshot: () => policy,
      log: { warn: () => undefined },
      now: () => new Date(),
    },
  });

beforeAll(async () => {
  urls = await testDatabase();
  database = openDatabase(urls.signer, () => undefined);
  portal = new pg.Client({ connectionString: urls.portal });
  await portal.connect();
});
afterAll(async () => {
  await portal.end();
  await database.close();
  await urls.release();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-stop-'));
  policy = snapshot;
  follower = open();
  return () => rmSync(folder, { recursive: true });
});

async function say(changes: Partial<StopStatement> = {}, signer = head): Promise<void> {
  const at = new Date().toISOString();
  const statement = stopStatement({ action: 'stop', project, reason: 'Malware.', at, ...changes });
  await hand(statement, signer.sign(statement, stopNamespace));
}
async function hand(statement: string, signature: string): Promise<void> {
  await portal.query(
    'INSERT INTO portal.emergency_stop_submission (id, statement, signature) VALUES ($1, $2, $3)',
    [randomUUID(), statement, signature],
  );
}
const stopped = async (): Promise<string[]> =>
  (await readStops(file())).map((one) => `${one.project} ${one.reason}`);

describe('emergency stops by signed word', () => {
  it('hold as soon as somebody asks whether a request may go on, and name who said it', async () => {
    const stops = watchEmergencyStops({
      ...{ file: file(), onChange: () => Promise.resolve(), takeStatements: () => follower.take() },
    });
    await say();
    await expect(stops.check(project)).rejects.toThrow('Malware.');
    expect((await readStops(file()))[0]).toMatchObject({
      ...{ source: 'statement', by: expect.stringMatching(/^policy-maintainer, SHA256:/) as string },
    });
    await say({ action: 'lift', reason: 'It was a false alarm.' });
    await stops.check(project);
  });

  it('hold on though the portal forgets them, and through a restart', async () => {
    await say({ reason: 'Kept.' });
    await follower.take();
    policy = null;
    await open().take();
    expect(await stopped()).toEqual(['esbuild-demo Kept.']);
  });

  it('are not undone by a word that was said before them, nor stopped twice by one', async () => {
    const earlier = new Date(Date.now() - 1000).toISOString();
    const lift = stopStatement({ action: 'lift', project, reason: 'Over.', at: earlier });
    const signature = head.sign(lift, stopNamespace);
    await say({ reason: 'Later.' });
    await follower.take();
    await hand(lift, signature);
    await follower.take();
    expect(await stopped()).toEqual(['esbuild-demo Later.']);
  });

  it('lift nothing that the host stopped, while the host lifts both', async () => {
    await addStop(file(), { project, reason: 'Host.', by: 'operator', at: new Date(0).toISOString() });
    await say({ reason: 'Word.' });
    await follower.take();
    await say({ action: 'lift', reason: 'Over.' });
    await follower.take();
    expect(await stopped()).toEqual(['esbuild-demo Host.']);
    expect(await liftStop(file(), project)).toBe(true);
    await follower.take();
    expect(await stopped()).toEqual([]);
  });

  it('don’t count from others, and nonsense doesn’t keep a true one out', async () => {
    await say({}, person('policy-maintainer'));
    await hand('{}', 'x');
    await hand('x'.repeat(10_000), 'y'.repeat(50_000));
    await say({ reason: 'True.' });
    await follower.take();
    expect(await stopped()).toEqual(['esbuild-demo True.']);
  });

  it('can’t be taken back by the portal', async () => {
    await expect(portal.query('DELETE FROM portal.emergency_stop_submission')).rejects.toThrow(
      'permission denied',
    );
  });

  it('don’t overwrite one another when host and signer write at once', async () => {
    const at = new Date().toISOString();
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        addStop(file(), { project: `p-${index}`, reason: 'All.', by: 'x', at }),
      ),
    );
    expect(await readStops(file())).toHaveLength(20);
  });
});
