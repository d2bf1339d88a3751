import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseRequestId } from '#core/ids/index.ts';
import { signatureStates } from '../certificates/standing/index.ts';
import type { SignatureState } from '../certificates/standing/index.ts';
import { openDatabase } from '../platform/db/index.ts';
import { blastRadius } from '../revocations/index.ts';
import { countRevokedReleases, countSignatures, readFacts, releaseStandings } from './index.ts';
import { certificate, openSigned, project, revoking } from './open-signed.fixture.ts';

const effectiveAt = '2026-11-20T00:00:00Z';
const before = '2026-11-19T23:59:59.999Z';
const [good, revoked, forTests, ended] = ['5a3c01', '5a3c02', '5a3c03', '5a3c04'];
/** Neither is on the list of certificates; one of them is revoked. */
const [gone, unlisted] = ['5a3c05', '5a3c06'];

let signed: Awaited<ReturnType<typeof openSigned>>;
beforeAll(async () => {
  signed = await openSigned();
  await signed.issue(
    certificate(good),
    certificate(revoked),
    certificate(forTests, { name: 'test', purpose: 'test' }),
    certificate(ended, { validTo: new Date('2026-11-26') }),
  );
  await signed.accept({ ...revoking(revoked, effectiveAt), ...revoking(gone, effectiveAt) });
});
beforeEach(() => signed.clear());
afterAll(() => signed.close());

type Signed = readonly [serial: string, timestampedAt: string | null];
const release = (...files: readonly Signed[]) =>
  signed.release(files.map(([serial, timestampedAt]) => ({ serial, timestampedAt })));
const standingOf = async (...files: readonly Signed[]) => {
  const id = await release(...files);
  return (await releaseStandings(signed.ctx, [id])).get(id);
};

/** A portal that has just started, and hasn't counted anything. */
async function withPortal<T>(work: (ctx: typeof signed.ctx) => Promise<T>): Promise<T> {
  const db = openDatabase({ url: signed.urls.portal });
  try {
    return await work({ ...signed.ctx, db });
  } finally {
    await db.$disconnect();
  }
}
const countAnew = () => withPortal((ctx) => countSignatures(ctx));

describe('a release', () => {
  it.each<readonly [SignatureState, readonly Signed[]]>([
    ['good', [[good, before]]],
    ['good', [[ended, before]]],
    ['good-before-revocation', [[revoked, before]]],
    ['test-certificate', [[forTests, null]]],
    ['expired', [[ended, null]]],
    ['unlisted', [[unlisted, before]]],
    ['revoked', [[revoked, effectiveAt]]],
    ['revoked', [[revoked, null]]],
    ['revoked', [[gone, null]]],
  ])('is %s by its only signature: %j', async (state, files) => {
    expect((await standingOf(...files))?.state).toBe(state);
  });

  it('is revoked by one file signed after the date among many from before, and says how many', async () => {
    const standing = await standingOf(
      ...([
        [revoked, before],
        [good, effectiveAt],
        [revoked, effectiveAt],
        [revoked, before],
      ] as const),
    );
    expect(standing).toMatchObject({ state: 'revoked', revocation: { serial: revoked } });
    expect(standing?.counts).toMatchObject({ good: 1, revoked: 1, 'good-before-revocation': 2 });
  });

  it('that nobody signed has no standing', async () => {
    const id = parseRequestId(randomUUID());
    expect((await releaseStandings(signed.ctx, [id])).has(id)).toBe(false);
    expect((await releaseStandings(signed.ctx, [])).size).toBe(0);
  });
});

describe('numbers', () => {
  it('are by state, of files and of releases', async () => {
    await release([good, before], [revoked, null], [revoked, effectiveAt]);
    await release([revoked, before], [unlisted, null]);
    await release([gone, null], [ended, null], [forTests, before]);
    await withPortal(async (ctx) => {
      expect(await countRevokedReleases(ctx, project)).toBe(2);
      expect(await countRevokedReleases(ctx, null)).toBe(2);
      expect(await countRevokedReleases(ctx, 'zip-demo')).toBe(0);
    });
    expect(await countAnew()).toEqual({
      files: {
        good: 1,
        'good-before-revocation': 1,
        'test-certificate': 1,
        expired: 1,
        unlisted: 1,
        revoked: 3,
      },
      publishers: { foundation: 6, project: 0, unlisted: 2 },
      releases: 3,
      revokedReleases: 2,
    });
  });

  it('follow what is signed, and a revocation, at once, although what was counted is kept', async () => {
    await withPortal(async (portal) => {
      const ctx = { ...portal, now: signed.time };
      await release([good, before]);
      expect(await countSignatures(ctx)).toMatchObject({ files: { good: 1 }, releases: 1 });
      await release([good, before]);
      expect(await countSignatures(ctx)).toMatchObject({ files: { good: 2 }, releases: 2 });
      const edits = { ...revoking(revoked, effectiveAt), ...revoking(gone, effectiveAt) };
      await signed.accept({ ...edits, ...revoking(good, '2026-11-01T00:00:00Z') });
      expect(await countSignatures(ctx)).toMatchObject({ files: { revoked: 2 }, revokedReleases: 2 });
      expect(await countRevokedReleases(ctx, project)).toBe(2);
      expect(await countRevokedReleases(ctx, null)).toBe(2);
      await signed.accept(edits);
    });
  });

  it('count nothing twice or never, however much time lies between two looks', async () => {
    await withPortal(async (ctx) => {
      let made = 0;
      for (const minutes of [3, 7, 20, 3, 2000, 3, 20, 7]) {
        for (let one = 0; one < 3; one += 1) {
          await release([revoked, null], [good, before]);
          made += 1;
        }
        signed.passMinutes(minutes);
        const now = { ...ctx, now: signed.time };
        expect(await countSignatures(now)).toMatchObject({
          files: { good: made, revoked: made },
          releases: made,
          revokedReleases: made,
        });
        expect(await countRevokedReleases(now, project)).toBe(made);
        expect(await countRevokedReleases(now, null)).toBe(made);
      }
    });
  });

  it('don’t look again at what was counted long ago', async () => {
    await withPortal(async (ctx) => {
      await release([good, before]);
      await release([revoked, null]);
      await countSignatures(ctx);
      // By no way that there is: it shows which rows are read.
      await signed.clear();
      await release([good, before]);
      expect(await countSignatures(ctx)).toMatchObject({ files: { good: 1, revoked: 1 }, releases: 2 });
      const tomorrow = { ...ctx, now: () => new Date(ctx.now().getTime() + 25 * 3_600_000) };
      expect(await countSignatures(tomorrow)).toMatchObject({ files: { good: 1, revoked: 0 }, releases: 1 });
    });
  });
});

describe('what is known of certificates', () => {
  it('is looked up once for all who ask at the same time, and anew for who comes later', async () => {
    let asked = 0;
    const { db } = signed.ctx;
    const counted = new Proxy(db, {
      get(target, name) {
        if (name === 'journalEntry') asked += 1;
        return Reflect.get(target, name) as unknown;
      },
    });
    const ctx = { ...signed.ctx, db: counted };
    await readFacts(ctx);
    const once = asked;
    expect(once).toBeGreaterThan(0);
    const all = await Promise.all(Array.from({ length: 6 }, () => readFacts(ctx)));
    expect(new Set(all.map((facts) => facts.index)).size).toBe(1);
    expect(asked).toBe(2 * once);
    await readFacts(ctx);
    expect(asked).toBe(3 * once);
  });
});

describe('whatever is signed', () => {
  it('stands alike by the judgement, in lists, in numbers and in what a revocation does', async () => {
    const moments = [before, effectiveAt, '2026-11-20T00:00:00.001Z', '2026-11-19T00:00:00Z', null];
    const file = fc.tuple(
      fc.constantFrom(good, revoked, forTests, ended, gone, unlisted),
      fc.constantFrom(...moments),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 8 }), async (files) => {
        await signed.clear();
        const facts = await readFacts(signed.ctx);
        const states = files.map(
          ([certificateSerial, at]) =>
            facts.judge({ certificateSerial, timestampedAt: at === null ? null : new Date(at) }).state,
        );
        const counts = Object.fromEntries(
          signatureStates.map((state) => [state, states.filter((other) => other === state).length]),
        );
        expect((await standingOf(...files))?.counts).toEqual(counts);
        expect((await countAnew()).files).toEqual(counts);
        const radius = await blastRadius({
          ctx: signed.ctx,
          input: { serials: [revoked, gone], effectiveAt: new Date(effectiveAt) },
        });
        expect(radius.bad).toBe(counts['revoked']);
        expect(radius.files.filter((signedFile) => !signedFile.good)).toHaveLength(radius.bad);
      }),
      { numRuns: 25 },
    );
  });
});
