import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { advisoryLock, behindLock, patientContext } from '../../dev/test/held-lock.ts';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { parseProjectSlug, parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { parsePortalConfig } from '../platform/config/index.ts';
import { openPortal } from '../platform/portal/index.ts';
import type { Context, OpenPortal } from '../platform/portal/index.ts';
import { removeOrphans, removeUnusedUploads, storeUpload, useObjects } from './index.ts';
import { patience } from '../../dev/test/patience.ts';

const project = parseProjectSlug('esbuild-demo');
const other = parseProjectSlug('zip-demo');
const hashOf = (bytes: Uint8Array) => parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));
const hours = (count: number) => count * 3_600_000;

describe('uploads', () => {
  let portal: OpenPortal;
  let ctx: Context;
  let owner: Client;
  let ownerUrl: string;
  let clock: number;
  let release: () => Promise<void>;

  beforeEach(async () => {
    const database = await testDatabase();
    const { folder, release: releaseFolder } = await testFolder('uploads');
    ownerUrl = database.owner;
    owner = new Client({ connectionString: ownerUrl });
    await owner.connect();
    const config = parsePortalConfig(
      JSON.stringify({
        databaseUrl: database.portal,
        artifactStore: join(folder, 'artifacts'),
        policyRepository: { url: folder, cloneDir: join(folder, 'clone') },
        publicUrl: 'http://127.0.0.1:1',
        keysDir: folder,
        auth: { secretFile: join(folder, 'secret') },
        upload: {
          sizeBytesMax: 1000,
          unusedBytesMax: 2500,
          unusedCountMax: 5,
          unusedHours: 12,
          dayBytesMax: 6000,
          dayCountMax: 8,
        },
      }),
      folder,
    );
    portal = patientContext(openPortal(config));
    clock = Date.now();
    ctx = { ...portal, actor: { kind: 'operator', name: 'test' }, now: () => new Date(clock) };
    release = async () => {
      await portal.close();
      await owner.end();
      await database.release();
      await releaseFolder();
    };
  });
  afterEach(() => release());

  interface Sent {
    readonly project?: typeof project;
    readonly sha256?: Sha256Hex | null;
    readonly announced?: boolean;
    /** What the sender does between the first half and the second. */
    readonly meanwhile?: () => Promise<unknown>;
  }
  const upload = (bytes: Uint8Array, sent: Sent = {}) =>
    storeUpload({
      ctx,
      input: {
        project: sent.project ?? project,
        sha256: sent.sha256 === undefined ? hashOf(bytes) : sent.sha256,
        sizeBytesExpected: sent.announced === false ? null : bytes.byteLength,
        stream: (async function* () {
          yield bytes.subarray(0, bytes.byteLength / 2);
          await sent.meanwhile?.();
          yield bytes.subarray(bytes.byteLength / 2);
        })(),
      },
    });
  const isThere = async (bytes: Uint8Array) => (await portal.store.open(hashOf(bytes))) !== null;
  /** A request refers to it, as the submission of it leaves things. */
  const use = (sha256: Sha256Hex, by: typeof project = project) =>
    ctx.db.$transaction(async (transaction) => {
      const missing = await useObjects(transaction, {
        store: ctx.store,
        owners: [by],
        digests: [sha256],
        at: ctx.now(),
      });
      if (missing.length > 0) throw new Error('not in the store');
      await transaction.signingRequest.create({
        data: {
          projectSlug: by,
          policySlug: 'release',
          artifactSha256: sha256,
          artifactName: 'a',
          artifactSizeBytes: 1n,
          idempotencyKey: randomUUID(),
          submittedBy: 'test',
        },
      });
    });
  const exceeded = { code: 'UPLOAD_QUOTA_EXCEEDED' };

  describe('that no request uses', () => {
    it('are refused beyond the room of the project, unread, with the time when there is room; others have theirs', async () => {
      await upload(randomBytes(1000));
      clock += hours(2);
      await upload(randomBytes(1000));
      let isRead = false;
      const late = storeUpload({
        ctx,
        input: {
          project,
          sha256: null,
          sizeBytesExpected: 600,
          stream: (async function* () {
            isRead = true;
            yield randomBytes(600);
          })(),
        },
      });
      await expect(late).rejects.toMatchObject({ ...exceeded, retryAfterSeconds: 10 * 3600 });
      expect(isRead).toBe(false);
      await upload(randomBytes(500));
      await upload(randomBytes(600), { project: other });
      clock += hours(10);
      await upload(randomBytes(600));
    });

    it('may be so many and no more', async () => {
      for (let count = 0; count < 5; count += 1) await upload(randomBytes(10));
      await expect(upload(randomBytes(10))).rejects.toMatchObject(exceeded);
    });

    it('find no more room all at once than one after the other', async () => {
      const sent = await Promise.allSettled(Array.from({ length: 8 }, () => upload(randomBytes(1000))));
      const refused = sent.filter((result) => result.status === 'rejected');
      expect(refused).toHaveLength(6);
      for (const { reason } of refused) expect(reason).toMatchObject(exceeded);
    });

    it('wait for their turn, and see what those before them took', async () => {
      await upload(randomBytes(1000));
      const held = advisoryLock(`countersign:uploads:${project}`);
      const send = () => upload(randomBytes(1000));
      const ended = await behindLock(ownerUrl, held, send, send, send);
      expect(ended.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    });

    it('take room once where the same file comes twice, and none once a request uses it', async () => {
      const [first, second] = [randomBytes(1000), randomBytes(1000)];
      for (let count = 0; count < 2; count += 1) await upload(first);
      await upload(second);
      await expect(upload(randomBytes(1000))).rejects.toMatchObject(exceeded);
      await use(hashOf(first));
      await upload(randomBytes(1000));
      await expect(upload(randomBytes(1000))).rejects.toMatchObject(exceeded);
      // What is used already takes none once it is there again.
      await use(hashOf(second));
      await ctx.db.upload.updateMany({ where: { freedAt: { not: null } }, data: { at: new Date(0) } }); // of no day's sum
      for (let count = 0; count < 2; count += 1) await upload(first);
      await upload(randomBytes(1000));
    });

    it('stop where the room ends when nobody said how large they are, and keep nothing', async () => {
      await upload(randomBytes(1000));
      await upload(randomBytes(1000));
      const large = randomBytes(501);
      await expect(upload(large, { announced: false })).rejects.toMatchObject(exceeded);
      expect(await isThere(large)).toBe(false);
      await upload(large.subarray(1), { announced: false });
    });

    it('take no room when they fail', async () => {
      for (let count = 0; count < 10; count += 1) {
        const failed = upload(randomBytes(1000), { sha256: hashOf(Buffer.from('other')) });
        await expect(failed).rejects.toMatchObject({ code: 'ARTIFACT_DIGEST_MISMATCH' });
      }
      await upload(randomBytes(1000));
    });

    it('are told that they are too large where no room would do', async () => {
      await expect(upload(randomBytes(1001))).rejects.toMatchObject({ code: 'ARTIFACT_TOO_LARGE' });
      await expect(upload(randomBytes(1001), { announced: false })).rejects.toMatchObject({
        code: 'ARTIFACT_TOO_LARGE',
      });
    });
  });

  it('are bounded within a day even where requests use all of them', async () => {
    for (let count = 0; count < 6; count += 1) await use((await upload(randomBytes(1000))).sha256);
    await expect(upload(randomBytes(1000))).rejects.toMatchObject({ ...exceeded, retryAfterSeconds: 86_400 });
    clock += hours(24) + 1;
    await upload(randomBytes(1000));
  });

  describe('once they are old', () => {
    it('go away where no request uses them, and stay where one does, whoever’s it is', async () => {
      const files = [randomBytes(100), randomBytes(100), randomBytes(100)] as const;
      const [unused, used, usedByOther] = files;
      for (const file of files) await upload(file);
      await use(hashOf(used));
      await use(hashOf(usedByOther), other);
      clock += hours(12) - 1000;
      expect((await removeUnusedUploads(ctx)).removed).toBe(0);
      clock += 2000;
      expect(await removeUnusedUploads(ctx)).toEqual({ removed: 1, problems: [] });
      expect([await isThere(unused), await isThere(used), await isThere(usedByOther)]).toEqual([
        ...[false, true],
        true,
      ]);
      clock += hours(24);
      await removeUnusedUploads(ctx);
      expect(await ctx.db.upload.count()).toBe(0);
      expect(await isThere(used)).toBe(true);
    });

    it('stay where the same file came again, from anybody', async () => {
      const bytes = randomBytes(100);
      await upload(bytes);
      clock += hours(11);
      await upload(bytes, { project: other });
      clock += hours(2);
      expect((await removeUnusedUploads(ctx)).removed).toBe(0);
      clock += hours(11);
      expect((await removeUnusedUploads(ctx)).removed).toBe(1);
    });

    it('stay while the same file is coming in, with its digest or without', async () => {
      const bytes = randomBytes(100);
      await upload(bytes);
      clock += hours(13);
      await upload(bytes, { meanwhile: () => removeUnusedUploads(ctx) });
      expect(await isThere(bytes)).toBe(true);
      clock += hours(13);
      // The old copy goes, the new one comes: it is either there or refused with the reason.
      await upload(bytes, { sha256: null, meanwhile: () => removeUnusedUploads(ctx) });
      expect(await isThere(bytes)).toBe(true);
    });

    it('stay where a request that is being written uses them', async () => {
      const bytes = randomBytes(100);
      await upload(bytes);
      clock += hours(13);
      let goOn = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const store = {
        open: async (sha256: Sha256Hex) => {
          await gate;
          return ctx.store.open(sha256);
        },
      };
      const writing = ctx.db.$transaction(
        async (transaction) => {
          const digests = [hashOf(bytes)];
          expect(await useObjects(transaction, { store, owners: [project], digests, at: ctx.now() })).toEqual(
            [],
          );
          await transaction.signingRequest.create({
            data: {
              projectSlug: project,
              policySlug: 'release',
              artifactSha256: hashOf(bytes),
              artifactName: 'a',
              artifactSizeBytes: 1n,
              idempotencyKey: 'x',
              submittedBy: 'test',
            },
          });
        },
        { timeout: 60_000 },
      );
      const waiting = async (granted: boolean) =>
        (
          await owner.query(
            `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted = $1
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
            [granted],
          )
        ).rowCount;
      await vi.waitFor(async () => expect(await waiting(true)).toBe(1), patience);
      const removing = removeUnusedUploads(ctx);
      await vi.waitFor(async () => expect(await waiting(false)).toBe(1), patience);
      goOn();
      await writing;
      expect(await removing).toEqual({ removed: 0, problems: [] });
      expect(await isThere(bytes)).toBe(true);
    });

    it('go away although others can’t be removed, and those are named', async () => {
      const [stuck, free] = [randomBytes(100), randomBytes(100)];
      await upload(stuck);
      clock += 1;
      await upload(free);
      clock += hours(13);
      const remove: typeof ctx.store.remove = (sha256) =>
        sha256 === hashOf(stuck) ? Promise.reject(new Error('the disk says no')) : ctx.store.remove(sha256);
      const { removed, problems } = await removeUnusedUploads({ ...ctx, store: { ...ctx.store, remove } });
      expect([removed, problems]).toEqual([1, [expect.stringContaining('the disk says no')]]);
      expect(await removeUnusedUploads(ctx)).toEqual({ removed: 1, problems: [] });
    });
  });

  it('that no row tells of go away as well once they are old, and bundles of requests stay', async () => {
    const put = async (bytes: Uint8Array): Promise<Sha256Hex> => {
      const stream = (async function* () {
        yield bytes;
      })();
      const kept = { stream, expectedSha256: null, sizeBytesMax: 1000, sizeBytesExpected: null };
      return (await ctx.store.put(kept)).sha256;
    };
    const [orphan, bundle] = [await put(randomBytes(100)), await put(randomBytes(100))];
    const uploaded = (await upload(randomBytes(100))).sha256;
    await ctx.db.signingRequest.create({
      data: {
        projectSlug: project,
        policySlug: 'release',
        artifactSha256: 'ab'.repeat(32),
        bundleSha256: bundle,
        artifactName: 'a',
        artifactSizeBytes: 1n,
        idempotencyKey: 'x',
        submittedBy: 'test',
      },
    });
    const sweep = async (): Promise<number> => {
      let count = 0;
      for (const sha256 of [orphan, bundle, uploaded]) count += await removeOrphans(ctx, sha256.slice(0, 2));
      return count;
    };
    clock += hours(11);
    expect(await sweep()).toBe(0);
    clock += hours(2);
    expect(await sweep()).toBe(1);
    const left = await Promise.all([orphan, bundle, uploaded].map((digest) => ctx.store.open(digest)));
    expect(left.map((stored) => stored !== null)).toEqual([false, true, true]);
  });
});
