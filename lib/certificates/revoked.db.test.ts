import { Client } from 'pg';
import { afterAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { changed } from '#core/policy/plan/snapshots.fixture.ts';
import { openDatabase } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { indexCertificates, knownRevocations, listCertificates } from './index.ts';
import { writeRegistry } from './registry.fixture.ts';

const serial = '5a3c01';
const revoking = (effectiveAt: string, reason = 'privilegeWithdrawn') =>
  changed({
    [`revocations/${serial}.yaml`]: `apiVersion: countersign/v1
kind: Revocation
serial: ${serial}
project: esbuild-demo
certificate: release
trigger: malware
reason: ${reason}
effectiveAt: '${effectiveAt}'
statement: A build was tampered with.
`,
  });

let urls: Awaited<ReturnType<typeof testDatabase>>;
let db: ReturnType<typeof openDatabase>;
let owner: Client;
let snapshot = changed({});
let seq = 0;
const folder = await testFolder('certificates');

/** A portal that has just started. */
const ctx = () =>
  ({
    db,
    policies: { at: () => Promise.resolve({ files: new Map(), snapshot }) },
    config: { keysDir: folder.folder },
  }) as unknown as Pick<Context, 'db' | 'policies' | 'config'>;

async function accept(next: typeof snapshot, commit: string): Promise<void> {
  snapshot = { ...next, commit: commit.repeat(40) as typeof next.commit };
  await owner.query(
    `INSERT INTO signer.accepted_snapshot (commit, parent, accepted_at, signers)
     VALUES ($1, NULL, '2026-11-27T08:00:00Z', '{demo-maintainer}')`,
    [snapshot.commit],
  );
}

/** What the signer writes as it learns a revocation. */
async function journal(effectiveAt: string, reason = 'privilegeWithdrawn', at = '2026-11-27T08:00:01Z') {
  const body = {
    serial,
    project: 'esbuild-demo',
    certificate: 'release',
    reason,
    effectiveAt,
    learnedAt: at,
    policyCommit: 'a'.repeat(40),
  };
  seq += 1;
  await owner.query(
    `INSERT INTO signer.journal (seq, at, request_id, kind, body, previous_hash, entry_hash)
     VALUES ($1, $2, NULL, 'certificate.revoked', $3, $4, $5)`,
    [seq, at, JSON.stringify(body), '0'.repeat(64), seq.toString(16).padStart(64, '0')],
  );
}

beforeEach(async () => {
  urls = await testDatabase();
  db = openDatabase({ url: urls.portal });
  owner = new Client({ connectionString: urls.owner });
  await owner.connect();
});
afterEach(async () => {
  await owner.end();
  await db.$disconnect();
  await urls.release();
});
afterAll(() => folder.release());

const known = async () => (await knownRevocations(ctx())).get(serial);
const effective = async () => (await known())?.effectiveAt.toISOString();

describe('what is revoked', () => {
  it('counts as soon as the policy in force lists it, before the signer has recorded it', async () => {
    await accept(changed({}), 'a');
    expect(await known()).toBeUndefined();
    await accept(revoking('2026-11-20T00:00:00Z'), 'b');
    expect(await known()).toMatchObject({
      effectiveAt: new Date('2026-11-20T00:00:00Z'),
      learnedAt: new Date('2026-11-27T08:00:00Z'),
      policyCommit: 'b'.repeat(40),
    });
  });

  it('remains revoked when a later policy drops it, names a later date or a milder reason', async () => {
    await accept(revoking('2026-11-20T00:00:00Z', 'keyCompromise'), 'a');
    await journal('2026-11-20T00:00:00.000Z', 'keyCompromise');
    await accept(revoking('2026-11-25T00:00:00Z', 'superseded'), 'b');
    expect(await known()).toMatchObject({ reason: 'keyCompromise' });
    expect(await effective()).toBe('2026-11-20T00:00:00.000Z');
    await accept(changed({}), 'c');
    expect(await effective()).toBe('2026-11-20T00:00:00.000Z');
  });

  it('adopts an earlier date, from the policy and from the journal, and says when it was learned', async () => {
    await accept(revoking('2026-11-20T00:00:00Z'), 'a');
    await journal('2026-11-20T00:00:00.000Z');
    await accept(revoking('2026-11-10T00:00:00Z'), 'b');
    expect(await effective()).toBe('2026-11-10T00:00:00.000Z');
    await journal('2026-11-05T00:00:00.000Z', 'privilegeWithdrawn', '2026-11-27T09:00:00Z');
    expect(await effective()).toBe('2026-11-05T00:00:00.000Z');
    expect((await known())?.learnedAt).toEqual(new Date('2026-11-27T09:00:00Z'));
  });

  it('is one object while nothing changes, so that derived data can be cached', async () => {
    await accept(revoking('2026-11-20T00:00:00Z'), 'a');
    const first = await knownRevocations(ctx());
    expect(await knownRevocations(ctx())).toBe(first);
    await journal('2026-11-01T00:00:00.000Z');
    expect(await knownRevocations(ctx())).not.toBe(first);
  });

  it('refuses to skip an entry that it can’t read', async () => {
    await owner.query(
      `INSERT INTO signer.journal (seq, at, request_id, kind, body, previous_hash, entry_hash)
       VALUES (1, now(), NULL, 'certificate.revoked', '{}', $1, $1)`,
      ['0'.repeat(64)],
    );
    await expect(knownRevocations(ctx())).rejects.toThrow();
  });
});

describe('certificates', () => {
  const of = (number: string, key?: string) => ({
    serial: number,
    project: 'esbuild-demo',
    name: 'release',
    purpose: 'release' as const,
    validFrom: new Date('2026-01-01'),
    validTo: new Date('2027-01-01'),
    ...(key === undefined ? {} : { key }),
  });

  it('are revoked with all certificates of a compromised key, and by no other reason of another certificate', async () => {
    await writeRegistry(folder.folder, [of(serial, 'one'), of('5a3c02', 'one'), of('5a3c03', 'two')]);
    await accept(revoking('2026-11-20T00:00:00Z'), 'a');
    const states = async () =>
      (await listCertificates({ ctx: ctx() })).map(
        (certificate) =>
          `${certificate.serial} ${certificate.revocation?.serial ?? 'good'} ${certificate.hasNotice}`,
      );
    expect(await states()).toEqual([`${serial} ${serial} true`, '5a3c02 good false', '5a3c03 good false']);
    await accept(revoking('2026-11-20T00:00:00Z', 'keyCompromise'), 'b');
    expect(await states()).toEqual([
      `${serial} ${serial} true`,
      `5a3c02 ${serial} false`,
      '5a3c03 good false',
    ]);
  });

  it('that the registry no longer lists remain revoked', async () => {
    await writeRegistry(folder.folder, [of('5a3c03')]);
    await accept(revoking('2026-11-20T00:00:00Z'), 'a');
    const { bySerial, revocations } = await indexCertificates(ctx());
    expect(bySerial.has(serial)).toBe(false);
    expect(revocations.has(serial)).toBe(true);
  });
});
