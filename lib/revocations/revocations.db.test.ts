import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../dev/test/index.ts';
import { openDatabase } from '../platform/db/index.ts';
import { blastRadius, parseEffectiveAt } from './index.ts';

const serial = '5a3c01';
const effectiveAt = new Date('2026-11-20T00:00:00Z');
let urls: Awaited<ReturnType<typeof testDatabase>>;
let db: ReturnType<typeof openDatabase>;

beforeAll(async () => {
  urls = await testDatabase();
  db = openDatabase({ url: urls.portal });
  const client = new Client({ connectionString: urls.owner });
  await client.connect();
  const [first, second] = [randomUUID(), randomUUID()];
  const rows: readonly (readonly [string, string, string, string | null, string])[] = [
    [first, 'old.exe', '2026-11-19T10:00:00Z', '2026-11-19T10:00:01Z', '5A3C01'],
    [first, 'untimestamped.exe', '2026-11-19T10:00:00Z', null, '5A3C01'],
    [second, 'new.exe', '2026-11-21T10:00:00Z', '2026-11-21T10:00:01Z', '5A3C01'],
    [second, 'at-the-very-second.exe', '2026-11-20T00:00:00Z', '2026-11-20T00:00:00Z', '5A3C01'],
    [second, 'other-certificate.exe', '2026-11-21T10:00:00Z', null, '5A3C02'],
  ];
  for (const [request, path, signedAt, timestampedAt, certificate] of rows) {
    await client.query(
      `INSERT INTO signer.signature (id, request_id, path, unsigned_sha256, signed_sha256, certificate_serial,
         certificate_sha256, timestamped_at, signed_at) VALUES ($1, $2, $3, $4, $4, $5, $4, $6, $7)`,
      [randomUUID(), request, path, 'a'.repeat(64), certificate, timestampedAt, signedAt],
    );
  }
  await client.end();
});
afterAll(async () => {
  await db.$disconnect();
  await urls.release();
});

describe('what a revocation does', () => {
  it('saves only what a timestamp proves to be older, and counts nothing of other certificates', async () => {
    const radius = await blastRadius({ ctx: { db }, input: { serials: [serial], effectiveAt } });
    expect(radius).toMatchObject({ bad: 3, good: 1, badReleases: 2 });
    expect(radius.files.filter((file) => file.good).map((file) => file.path)).toEqual(['old.exe']);
    expect(radius.files).toHaveLength(4);
  });

  it('is nothing where nothing was signed', async () => {
    const radius = await blastRadius({ ctx: { db }, input: { serials: ['ff'], effectiveAt } });
    expect(radius).toEqual({ bad: 0, good: 0, badReleases: 0, files: [] });
  });

  it.each([
    ['2026-11-20T08:30', '2026-11-20T08:30:00.000Z'],
    ['2026-11-20T08:30:15Z', '2026-11-20T08:30:15.000Z'],
    ['2026-02-30T08:30', null],
    ['2026-11-27T08:00', null],
    ['yesterday', null],
    ['', null],
  ])('takes effect at %j: %s', (text, expected) => {
    const date = parseEffectiveAt(text, new Date('2026-11-27T07:00:00Z'));
    expect(date?.toISOString() ?? null).toBe(expected);
  });
});
