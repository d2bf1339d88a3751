import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseProjectSlug, type Sha256Hex } from '#core/ids/index.ts';
import { removeUnusedUploads, storeUpload } from '../uploads/index.ts';
import { applyRetention, previewRetention, readRemoved, type PreviewedFile } from './index.ts';
import { openStore, project } from './open-store.fixture.ts';
import { takeTurn } from './turn.ts';

let on: Awaited<ReturnType<typeof openStore>>;
beforeEach(async () => {
  on = await openStore({ retention: { deniedDays: 90, failedDays: 30 } });
});
afterEach(() => on.close());

const apply = () => applyRetention(on.portal);
const preview = async (): Promise<readonly PreviewedFile[]> => {
  const all: PreviewedFile[] = [];
  for await (const one of previewRetention(on.portal)) all.push(one);
  return all;
};
const usage = () => on.portal.db.projectUsage.findUnique({ where: { projectSlug: project } });
/** Held requests are looked at again a day later. */
const tomorrow = { now: () => new Date(Date.now() + 25 * 3_600_000) };

describe('files of requests that ended without a signature', () => {
  it('go once their rule says so, with their bundles, and the request, the audit trail and the sums say it', async () => {
    const bundle = await on.put();
    const denied = await on.request({ bundle });
    const failed = await on.request({ status: 'failed', daysAgo: 31 });
    const young = [
      await on.request({ daysAgo: 89 }),
      await on.request({ status: 'failed', daysAgo: 29 }),
    ] as const;
    expect(await usage()).toMatchObject({ storedBytes: 400n, storedFiles: 4n });
    expect(await apply()).toEqual({ removed: 3, problems: [] });
    for (const gone of [denied.artifact, bundle, failed.artifact]) expect(await on.isThere(gone)).toBe(false);
    for (const { artifact } of young) expect(await on.isThere(artifact)).toBe(true);
    expect(await readRemoved({ ctx: on.portal, input: denied })).toMatchObject([
      { file: 'artifact', rule: 'denied', days: 90 },
      { file: 'bundle', rule: 'denied', days: 90 },
    ]);
    expect(await readRemoved({ ctx: on.portal, input: failed })).toMatchObject([
      { file: 'artifact', rule: 'failed', days: 30 },
    ]);
    const events = await on.portal.db.auditEvent.findMany({ where: { action: 'request.file-removed' } });
    expect(events.map((event) => [event.actor, event.subject, event.detail])).toContainEqual([
      'operator:portal',
      `request:${failed.id}`,
      { file: 'artifact', sha256: failed.artifact, rule: 'failed', days: 30 },
    ]);
    expect(events).toHaveLength(3);
    expect(await usage()).toMatchObject({ storedBytes: 200n, storedFiles: 2n });
    expect(await apply()).toEqual({ removed: 0, problems: [] });
  });

  it('stay where no rule is configured', async () => {
    const without = await openStore({});
    try {
      const { artifact } = await without.request({ daysAgo: 10_000 });
      expect(await applyRetention(without.portal)).toEqual({ removed: 0, problems: [] });
      expect(await without.isThere(artifact)).toBe(true);
    } finally {
      await without.close();
    }
  });

  it('go in rounds of fifty, the oldest first, and each round goes on where the last one ended', async () => {
    const all = [];
    for (let count = 0; count < 60; count += 1) all.push(await on.request({ daysAgo: 200 - count }));
    expect((await apply()).removed).toBe(50);
    const left = await Promise.all(all.map(({ artifact }) => on.isThere(artifact)));
    expect(left).toEqual(all.map((_, index) => index >= 50));
    expect((await apply()).removed).toBe(10);
  });

  it('go although others can’t be removed, which are named and tried again', async () => {
    const stuck = await on.request({ daysAgo: 120 });
    const free = await on.request({ daysAgo: 110 });
    const remove = (sha256: Sha256Hex) =>
      sha256 === stuck.artifact
        ? Promise.reject(new Error('the disk says no'))
        : on.portal.store.remove(sha256);
    const round = await applyRetention({ ...on.portal, store: { ...on.portal.store, remove } });
    expect(round).toEqual({
      removed: 1,
      problems: [expect.stringContaining(`${stuck.id}: the disk says no`) as string],
    });
    expect(await on.isThere(free.artifact)).toBe(false);
    expect(await readRemoved({ ctx: on.portal, input: stuck })).toEqual([]);
    expect((await applyRetention({ ...on.portal, ...tomorrow })).removed).toBe(1);
    expect(await on.isThere(stuck.artifact)).toBe(false);
  });

  it('are noted as gone although the portal died after the object went', async () => {
    const { id, artifact } = await on.request();
    await on.portal.store.remove(artifact);
    expect(await apply()).toEqual({ removed: 0, problems: [] });
    expect(await readRemoved({ ctx: on.portal, input: { id } })).toMatchObject([{ file: 'artifact' }]);
  });
});

describe('files that something needs', () => {
  const release = (id: string, artifact: string) =>
    on.owner.query(
      `INSERT INTO signer.release (request_id, artifact_sha256, artifact_size_bytes, artifact_name, released_at)
       VALUES ($1, $2, 100, 'a.tgz', now())`,
      [id, artifact],
    );
  const stays = async (artifact: Sha256Hex, reason: string): Promise<void> => {
    const [kept] = (await preview()).filter(({ sha256 }) => sha256 === artifact);
    expect(kept?.keptFor).toBe(reason);
    expect(await apply()).toEqual({ removed: 0, problems: [] });
    expect(await on.isThere(artifact)).toBe(true);
    expect(await on.portal.db.removedFile.count()).toBe(0);
  };

  it('stay: a signed request’s, which has no rule, and its bundle, however old', async () => {
    const bundle = await on.put();
    const { id, artifact } = await on.request({ status: 'completed', daysAgo: 5000, bundle });
    await release(id, artifact);
    expect(await apply()).toEqual({ removed: 0, problems: [] });
    expect([await on.isThere(artifact), await on.isThere(bundle)]).toEqual([true, true]);
    expect(await preview()).toEqual([]);
  });

  it('stay: a refused request’s, of which a release was made afterwards', async () => {
    const { artifact } = await on.request();
    await on.request({ status: 'completed', artifact });
    await stays(artifact, 'a release was made of it');
  });

  it('stay: a refused request’s, whose status was lost and which has a release', async () => {
    const { id, artifact } = await on.request();
    await release(id, artifact);
    await stays(artifact, 'a release was made of it');
  });

  it.each([null, 'received', 'checking', 'waiting-for-approval', 'signing'])(
    'stay: one that a request which is %j uses',
    async (status) => {
      const { artifact } = await on.request();
      await on.request({ status, artifact });
      await stays(artifact, 'an open request uses it');
    },
  );

  it('stay: as the bundle of an open request', async () => {
    const { artifact } = await on.request();
    await on.request({ status: null, bundle: artifact });
    await stays(artifact, 'an open request uses it');
  });

  it('stay: until the youngest request that used them is old enough, and then all of them are told', async () => {
    const old = await on.request({ daysAgo: 500 });
    const young = await on.request({ daysAgo: 89, artifact: old.artifact });
    await stays(old.artifact, 'a request that is not old enough uses it');
    const later = { now: () => new Date(Date.now() + 2 * 24 * 3_600_000) };
    expect((await applyRetention({ ...on.portal, ...later })).removed).toBe(1);
    for (const request of [old, young])
      expect(await readRemoved({ ctx: on.portal, input: request })).toHaveLength(1);
  });

  it('stay: in an audit export', async () => {
    const { artifact } = await on.request();
    await on.owner.query(
      `INSERT INTO portal.audit_export (id, period_from, period_to, asked_by, asked_at, objects)
       VALUES (gen_random_uuid(), now(), now(), 'test', now(), ARRAY[$1])`,
      [artifact],
    );
    await stays(artifact, 'an audit export has it');
  });

  const report = (more: Readonly<Record<string, unknown>>) =>
    on.portal.db.report.create({
      data: {
        token: randomBytes(16).toString('hex'),
        kind: 'malware',
        links: [],
        description: 'It is odd.',
        reporter: 'public',
        receivedAt: new Date(),
        dueAt: new Date(),
        ...more,
      },
    });

  it('stay: named by a report, also by a closed one', async () => {
    const { artifact } = await on.request();
    await report({ fileSha256: artifact, closedAt: new Date() });
    await stays(artifact, 'a report names it');
  });

  it('stay: while a report about their project is open, and go after it', async () => {
    const { artifact } = await on.request();
    const { id } = await report({ projectSlug: project });
    await stays(artifact, 'a report about its project is open');
    await on.portal.db.report.update({ where: { id }, data: { closedAt: new Date() } });
    expect((await apply()).removed).toBe(0);
    expect((await applyRetention({ ...on.portal, ...tomorrow })).removed).toBe(1);
  });

  it('stay: while somebody has uploaded them again', async () => {
    const { artifact } = await on.request();
    await on.portal.db.upload.create({
      data: { sha256: artifact, owner: project, sizeBytes: 100n, at: new Date(), isStored: true },
    });
    await stays(artifact, 'it was uploaded again');
    await on.portal.db.upload.updateMany({ data: { freedAt: new Date() } });
    expect((await applyRetention({ ...on.portal, ...tomorrow })).removed).toBe(1);
  });
});

describe('a file that comes again', () => {
  const again = async (bytes: Uint8Array) =>
    storeUpload({
      ctx: { ...on.portal, actor: { kind: 'operator', name: 'test' } },
      input: {
        project: parseProjectSlug(project),
        sha256: null,
        sizeBytesExpected: bytes.byteLength,
        stream: (async function* () {
          yield await Promise.resolve(bytes);
        })(),
      },
    });

  it('stays, though the rule was just about to remove it: somebody is going to submit it', async () => {
    const bytes = randomBytes(100);
    const artifact = await on.put(bytes);
    await on.request({ artifact });
    await again(bytes);
    expect((await apply()).removed).toBe(0);
    expect(await on.isThere(artifact)).toBe(true);
    expect((await applyRetention({ ...on.portal, ...tomorrow })).removed).toBe(1);
  });

  it('after it was removed takes room, and goes as any upload that no request uses', async () => {
    const bytes = randomBytes(100);
    const bundle = await on.put(bytes);
    const { artifact } = await on.request({ artifact: bundle, bundle });
    expect((await apply()).removed).toBe(1);
    await again(bytes);
    expect(await on.portal.db.upload.count({ where: { sha256: artifact, freedAt: null } })).toBe(1);
    const days = (count: number) => ({ now: () => new Date(Date.now() + count * 24 * 3_600_000) });
    expect((await removeUnusedUploads({ ...on.portal, ...days(8) })).removed).toBe(1);
    expect(await on.isThere(artifact)).toBe(false);
  });
});

describe('with several portals', () => {
  it('one at a time applies a rule; another one goes on where a dead one was, after its turn', async () => {
    const { artifact } = await on.request();
    const turn = await takeTurn(on.portal.db, 'denied');
    expect(turn).not.toBeNull();
    expect(await takeTurn(on.portal.db, 'denied')).toBeNull();
    expect(await apply()).toEqual({ removed: 0, problems: [] });
    expect(await on.isThere(artifact)).toBe(true);
    await on.owner.query(`UPDATE portal.retention_position SET turn_until = now() - interval '1 second'`);
    expect((await apply()).removed).toBe(1);
    expect(await turn?.reach(null), 'whoever lost the turn stops').toBe(false);
  });

  it('nobody waits for a turn that a clock which was ahead has given', async () => {
    await on.request();
    await takeTurn(on.portal.db, 'denied');
    await on.owner.query(`UPDATE portal.retention_position SET turn_until = now() + interval '1 year'`);
    expect((await apply()).removed).toBe(1);
  });
});

describe('a preview', () => {
  it('names what would go and why the rest stays, in the store’s bytes, and changes nothing', async () => {
    const { artifact } = await on.request();
    const signed = await on.request();
    await on.request({ status: 'completed', artifact: signed.artifact });
    const before = await on.portal.db.retentionPosition.count();
    const all = await preview();
    expect(all.map(({ sha256, sizeBytes, keptFor }) => [sha256, sizeBytes, keptFor]).sort()).toEqual(
      [
        [artifact, 100, null],
        [signed.artifact, 100, 'a release was made of it'],
      ].sort(),
    );
    expect(await on.isThere(artifact)).toBe(true);
    expect(await on.portal.db.retentionPosition.count()).toBe(before);
    expect(await on.portal.db.auditEvent.count()).toBe(0);
  });
});
