import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseProjectSlug, parseSha256Hex } from '#core/ids/index.ts';
import { openStore, project as slug } from '../retention/open-store.fixture.ts';
import { readProjectUsage, requireProjectQuota, storeUpload } from './index.ts';
import type { Context } from '../platform/portal/index.ts';

const project = parseProjectSlug(slug);
const other = parseProjectSlug('zip-demo');
const hashOf = (bytes: Uint8Array) => parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));

let on: Awaited<ReturnType<typeof openStore>>;
let ctx: Context;
beforeEach(async () => {
  on = await openStore({
    quotas: { storedBytesMax: 350, requestsPerDayMax: 3, projects: { [other]: { storedBytesMax: 1000 } } },
  });
  ctx = { ...on.portal, actor: { kind: 'operator', name: 'test' } };
});
afterEach(() => on.close());

/** → whether any byte of it was read. */
async function upload(bytes: Uint8Array, to = project, announced = true) {
  let isRead = false;
  const sent = storeUpload({
    ctx,
    input: {
      project: to,
      sha256: announced ? hashOf(bytes) : null,
      sizeBytesExpected: announced ? bytes.byteLength : null,
      stream: (async function* () {
        isRead = true;
        yield bytes;
      })(),
    },
  });
  const error: unknown = await sent.then(
    () => null,
    (cause: unknown) => cause,
  );
  return { isRead, error };
}

describe('bytes that a project has stored', () => {
  const full = { code: 'STORAGE_QUOTA_EXCEEDED', retryAfterSeconds: null };

  it('refuse an upload before its bytes are taken, with the sums; another project has its own', async () => {
    const used = randomBytes(100);
    await on.put(used);
    for (const artifact of [hashOf(used), undefined, undefined])
      await on.request({ daysAgo: 2, ...(artifact === undefined ? {} : { artifact }) });
    expect(await upload(randomBytes(51))).toMatchObject({ isRead: false, error: full });
    expect((await upload(randomBytes(50))).error).toBeNull();
    expect(await upload(randomBytes(1)), 'what no request uses yet counts, too').toMatchObject({
      isRead: false,
      error: full,
    });
    expect((await upload(used)).error, 'what is stored already takes no more').toBeNull();
    expect((await upload(randomBytes(900), other)).error).toBeNull();
  });

  it('end an upload of unknown size where the room ends', async () => {
    await on.request({ daysAgo: 2 });
    const { error } = await upload(randomBytes(251), project, false);
    expect(error).toMatchObject(full);
    expect((await upload(randomBytes(250), project, false)).error).toBeNull();
  });

  it('count a file once, however many requests use it, and are counted whoever stores the request', async () => {
    const { artifact } = await on.request({ daysAgo: 2 });
    await on.request({ daysAgo: 2, artifact });
    await on.request({ daysAgo: 2, artifact, project: other });
    expect(await readProjectUsage({ ctx, input: { project } })).toEqual({
      storedBytes: 100,
      storedFiles: 1,
      storedBytesMax: 350,
      requests: 0,
      requestsPerDayMax: 3,
    });
    expect(await readProjectUsage({ ctx, input: { project: other } })).toMatchObject({
      storedBytes: 100,
      storedBytesMax: 1000,
      requestsPerDayMax: 3,
    });
  });

  it('refuse a request whose file was uploaded to somebody else’s room', async () => {
    for (let count = 0; count < 3; count += 1) await on.request({ daysAgo: 2 });
    const request = { project, sha256: hashOf(randomBytes(1)), sizeBytes: 51 };
    await expect(
      ctx.db.$transaction((transaction) => requireProjectQuota(transaction, request, ctx.config, new Date())),
    ).rejects.toMatchObject(full);
  });
});

describe('requests within 24 hours', () => {
  it('are refused beyond the quota, and so are files for more, unread, with the time of the next', async () => {
    for (let count = 0; count < 3; count += 1) await on.request({ daysAgo: 0.5 });
    const { error, isRead } = await upload(randomBytes(1));
    expect(isRead).toBe(false);
    expect(error).toMatchObject({ code: 'REQUEST_QUOTA_EXCEEDED' });
    const { retryAfterSeconds } = error as { readonly retryAfterSeconds: number };
    expect(Math.abs(retryAfterSeconds - 12 * 3600)).toBeLessThan(120);
    expect((await readProjectUsage({ ctx, input: { project } })).requests).toBe(3);
    expect((await upload(randomBytes(1), other)).error).toBeNull();
  });

  it('find no more room all at once than one after the other', async () => {
    const submit = () =>
      ctx.db.$transaction(
        async (transaction) => {
          const sha256 = hashOf(randomBytes(10));
          await requireProjectQuota(transaction, { project, sha256, sizeBytes: 10 }, ctx.config, new Date());
          await transaction.signingRequest.create({
            data: {
              projectSlug: project,
              policySlug: 'release-signing',
              artifactSha256: sha256,
              artifactName: 'a',
              artifactSizeBytes: 10n,
              idempotencyKey: sha256,
              submittedBy: 'test',
            },
          });
        },
        { maxWait: 60_000, timeout: 60_000 },
      );
    const sent = await Promise.allSettled(Array.from({ length: 8 }, submit));
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    for (const one of sent)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'REQUEST_QUOTA_EXCEEDED' });
  });

  it('have no limit where none is configured', async () => {
    const free = await openStore({});
    try {
      const { storedBytesMax, requestsPerDayMax } = await readProjectUsage({
        ctx: free.portal,
        input: { project },
      });
      expect([storedBytesMax, requestsPerDayMax]).toEqual([null, null]);
    } finally {
      await free.close();
    }
  });
});
