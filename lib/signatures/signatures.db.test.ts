import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { writeRegistry } from '../certificates/registry.fixture.ts';
import { parseRequestId } from '../core/ids/index.ts';
import type { RequestId } from '../core/ids/index.ts';
import { changed } from '../core/policy-plan/snapshots.fixture.ts';
import { signatureStates } from '../core/signature-standing/index.ts';
import type { SignatureState } from '../core/signature-standing/index.ts';
import { openDatabase } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { blastRadius } from '../revocations/index.ts';
import { countRevokedReleases, countSignatures, readFacts, releaseStandings } from './index.ts';

const now = new Date('2026-11-27T12:00:00Z');
const effectiveAt = '2026-11-20T00:00:00Z';
const project = 'esbuild-demo';
const of = (serial: string, purpose: 'release' | 'test' = 'release', validTo = '2027-11-27') => ({
  ...{
    serial,
    project,
    name: purpose,
    purpose,
    validFrom: new Date('2025-01-01'),
    validTo: new Date(validTo),
  },
});
const [good, revoked, forTests, ended, gone, unlisted] = [
  '5a3c01',
  '5a3c02',
  '5a3c03',
  '5a3c04',
  '5a3c05',
  '5a3c06',
];
const notice = (serial: string) => `apiVersion: countersign/v1
kind: Revocation
serial: ${serial}
project: ${project}
certificate: release
trigger: malware
reason: privilegeWithdrawn
effectiveAt: '${effectiveAt}'
statement: A build was tampered with.
`;
const snapshot = changed({
  [`revocations/${revoked}.yaml`]: notice(revoked),
  [`revocations/${gone}.yaml`]: notice(gone),
});

let urls: Awaited<ReturnType<typeof testDatabase>>;
let db: ReturnType<typeof openDatabase>;
let owner: Client;
const folder = await testFolder('signatures');
const ctx = () =>
  ({
    ...{ db, now: () => now, config: { keysDir: folder.folder } },
    policies: { at: () => Promise.resolve({ files: new Map(), snapshot }) },
  }) as unknown as Context;

beforeAll(async () => {
  urls = await testDatabase();
  db = openDatabase({ url: urls.portal });
  owner = new Client({ connectionString: urls.owner });
  await owner.connect();
  await owner.query(
    `INSERT INTO signer.accepted_snapshot (commit, parent, accepted_at, signers)
     VALUES ($1, NULL, now(), '{demo-maintainer}')`,
    [snapshot.commit],
  );
  await writeRegistry(folder.folder, [
    of(good),
    of(revoked),
    of(forTests, 'test'),
    of(ended, 'release', '2026-11-26'),
  ]);
});
beforeEach(() => owner.query('TRUNCATE signer.signature, signer.release'));
afterAll(async () => {
  await owner.end();
  await db.$disconnect();
  await urls.release();
  await folder.release();
});

type Signed = readonly [serial: string, timestampedAt: string | null];
const before = '2026-11-19T23:59:59.999Z';

async function release(...signatures: readonly Signed[]): Promise<RequestId> {
  const id = randomUUID();
  for (const [index, [serial, timestampedAt]] of signatures.entries()) {
    await owner.query(
      `INSERT INTO signer.signature (id, request_id, path, unsigned_sha256, signed_sha256, certificate_serial,
         certificate_sha256, timestamped_at, signed_at) VALUES ($1, $2, $3, $4, $4, $5, $4, $6, '2026-11-19T10:00:00Z')`,
      [randomUUID(), id, `${index}.exe`, 'a'.repeat(64), serial.toUpperCase(), timestampedAt],
    );
  }
  await owner.query(
    `INSERT INTO signer.release (request_id, artifact_sha256, artifact_size_bytes, artifact_name, released_at)
     VALUES ($1, $2, 1, 'a.zip', now())`,
    [id, 'b'.repeat(64)],
  );
  return parseRequestId(id);
}
const stateOf = async (...signatures: readonly Signed[]): Promise<SignatureState | undefined> => {
  const id = await release(...signatures);
  return (await releaseStandings(ctx(), [id])).get(id)?.state;
};

describe('a release', () => {
  it.each([
    ['good', [[good, before]]],
    ['good', [[ended, before]]],
    ['good-before-revocation', [[revoked, before]]],
    ['test-certificate', [[forTests, null]]],
    ['expired', [[ended, null]]],
    ['unlisted', [[unlisted, before]]],
    ['revoked', [[revoked, effectiveAt]]],
    ['revoked', [[revoked, null]]],
    ['revoked', [[gone, null]]],
  ] as const)('is %s by its only signature', async (state, signatures) => {
    expect(await stateOf(...signatures)).toBe(state);
  });

  it('is revoked by one file signed after the date among many from before, and says how many', async () => {
    const id = await release(
      [revoked, before],
      [good, effectiveAt],
      [revoked, effectiveAt],
      [revoked, before],
    );
    const standing = (await releaseStandings(ctx(), [id])).get(id);
    expect(standing).toMatchObject({ state: 'revoked', revocation: { serial: revoked } });
    expect(standing?.counts).toMatchObject({ good: 1, revoked: 1, 'good-before-revocation': 2 });
  });

  it('that nobody signed has no standing', async () => {
    const id = parseRequestId(randomUUID());
    expect((await releaseStandings(ctx(), [id])).has(id)).toBe(false);
    expect((await releaseStandings(ctx(), [])).size).toBe(0);
  });
});

describe('numbers', () => {
  it('are by state, of files and of releases', async () => {
    await release([good, before], [revoked, null], [revoked, effectiveAt]);
    await release([revoked, before], [unlisted, null]);
    await release([gone, null], [ended, null], [forTests, before]);
    expect(await countRevokedReleases(ctx(), project)).toBe(2);
    expect(await countRevokedReleases(ctx(), 'zip-demo')).toBe(0);
    const another = openDatabase({ url: urls.portal });
    try {
      expect(await countSignatures({ ...ctx(), db: another })).toEqual({
        files: {
          ...{ good: 1, 'good-before-revocation': 1, 'test-certificate': 1, expired: 1, unlisted: 1 },
          revoked: 3,
        },
        ...{ releases: 3, revokedReleases: 2 },
      });
    } finally {
      await another.$disconnect();
    }
  });
});

describe('whatever is signed', () => {
  it('stands alike by the judgement, in lists, in numbers and in what a revocation does', async () => {
    const moments = [before, effectiveAt, '2026-11-20T00:00:00.001Z', '2026-11-19T00:00:00Z', null];
    const signed = fc.tuple(
      fc.constantFrom(good, revoked, forTests, ended, gone, unlisted),
      fc.constantFrom(...moments),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(signed, { minLength: 1, maxLength: 8 }), async (signatures) => {
        await owner.query('TRUNCATE signer.signature, signer.release');
        const id = await release(...signatures);
        const facts = await readFacts(ctx());
        const states = signatures.map(
          ([certificateSerial, at]) =>
            facts.judge({ certificateSerial, timestampedAt: at === null ? null : new Date(at) }).state,
        );
        const counts = Object.fromEntries(
          signatureStates.map((state) => [state, states.filter((one) => one === state).length]),
        );
        expect((await releaseStandings(ctx(), [id])).get(id)?.counts).toEqual(counts);
        const another = openDatabase({ url: urls.portal });
        try {
          expect((await countSignatures({ ...ctx(), db: another })).files).toEqual(counts);
        } finally {
          await another.$disconnect();
        }
        const radius = await blastRadius({
          ctx: ctx(),
          input: { serials: [revoked, gone], effectiveAt: new Date(effectiveAt) },
        });
        expect(radius.bad).toBe(counts['revoked']);
        expect(radius.files.filter((one) => !one.good)).toHaveLength(radius.bad);
      }),
      { numRuns: 25 },
    );
  });
});
