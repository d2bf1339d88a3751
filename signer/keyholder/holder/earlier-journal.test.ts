/**
 * `earlier-journal/` is what the keyholder wrote when grants of all purposes had one form, made by that code: journal, the grants that were asked for, and what
 * the key would have signed where it didn't come to it. Whoever brings a keyholder up to date has such a file.
 */
import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readKeyHolderJournal } from '../client/index.ts';
import {
  grantSlot,
  type JournalRecord,
  type KeyRegistryEntry,
  type RegisteredKey,
  signingGrantId,
  type SigningGrantWire,
  signingGrantWireSchema,
} from '../protocol/index.ts';
import { KeyHolderJournal } from './journal.ts';
import { createRateLimit } from './rate-limit.ts';
import { createGrantSigner, type SignGrantPorts } from './sign-grant.ts';

const folder = join(import.meta.dirname, 'earlier-journal');
const kept = z
  .object({
    head: z.object({ sequence: z.number(), sha256: z.string() }),
    grants: z.record(z.string(), z.looseObject({ grantId: z.string(), purpose: z.string() })),
    signatures: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(readFileSync(join(folder, 'grants.json'), 'utf8')));

const fileMembers = ['project', 'program', 'artifactSha256', 'leafPath', 'unsignedSha256', 'policyCommit'];

/** A grant of then, as it is asked for now. */
function today(name: string): SigningGrantWire {
  const then = kept.grants[name];
  if (then === undefined) throw new Error(`nobody asked for ${name}`);
  const ofFile = then.purpose === 'release' || then.purpose === 'test';
  return signingGrantWireSchema.parse(
    Object.fromEntries(Object.entries(then).filter(([member]) => ofFile || !fileMembers.includes(member))),
  );
}

const certificate = new X509Certificate(readFileSync(join(folder, 'certificate.pem')));
const key = (
  label: string,
  purpose: KeyRegistryEntry['purpose'],
  project: string | null,
): [string, RegisteredKey] => [
  label,
  {
    entry: {
      label,
      token: 'signing',
      purpose,
      project,
      name: project === null ? null : purpose,
      ...(project === null ? {} : { program: 'executables' as const }),
      certificate: 'widget.release.pem',
      chain: [],
    },
    certificate,
    place: { token: 'signing', label, wrapped: null },
  },
];
const keys = new Map([
  key('widget.release', 'release', 'widget'),
  key('widget.test', 'test', 'widget'),
  key('foundation-timestamp', 'timestamp', null),
  key('foundation-issuing', 'issuing', null),
  key('foundation-ocsp', 'ocsp', null),
]);
const signed = ['release', 'releaseOfAnInnerFile', 'test', 'timestamp', 'crl', 'crlPart', 'ocsp'];
const unsigned = ['releaseThatFailed', 'releaseCutOff'];
const now = new Date('2026-11-20T12:00:10Z');

describe('a journal of a keyholder of an earlier version', () => {
  let directory: string;
  let file: string;
  let journal: KeyHolderJournal;
  let asked: string[];
  let ports: SignGrantPorts;
  let records: JournalRecord[];
  const open = async () => {
    journal = await KeyHolderJournal.open(file, now);
    asked = [];
    ports = {
      keys,
      journal,
      rateLimit: createRateLimit(1000),
      now: () => now,
      purposes: null,
      signDigest: () => Promise.reject(new Error('nothing signs files’ own bytes')),
      signChunks: null,
      readDocument: () => [] as never,
      sign: (_, bytes) => {
        const toBeSigned = Buffer.from(bytes).toString('base64');
        asked.push(toBeSigned);
        const name = unsigned.find((field) => today(field).toBeSigned === toBeSigned) ?? '';
        return Promise.resolve(Buffer.from(kept.signatures[name] ?? '', 'base64'));
      },
    };
  };
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'countersign-earlier-'));
    file = join(directory, 'journal.jsonl');
    copyFileSync(join(folder, 'journal.jsonl'), file);
    records = [];
    await readKeyHolderJournal(file, (record) => records.push(record));
    await open();
  });
  afterEach(async () => {
    await journal.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const intentOf = (grantId: string) =>
    records.flatMap(({ entry }) => (entry.kind === 'intent' && entry.grantId === grantId ? [entry] : []))[0];

  it('is read completely, by the keyholder and by other readers', async () => {
    expect(journal.head()).toEqual(kept.head);
    expect(await readKeyHolderJournal(file)).toEqual(kept.head);
    expect(records.filter(({ entry }) => entry.kind === 'intent')).toHaveLength(
      Object.keys(kept.grants).length,
    );
  });

  it.each([...signed, ...unsigned])('knows %s by the same id, in the same slot', (name) => {
    const grant = today(name);
    const { grantId, ...without } = grant;
    expect(signingGrantId(without)).toBe(grantId);
    expect(intentOf(grantId)?.slot).toBe(grantSlot(grant));
  });

  it.each(signed)('answers %s with what it signed then, and asks no HSM', async (name) => {
    const { grantId } = today(name);
    const signature = await createGrantSigner(ports)(today(name));
    const recorded = records.flatMap(({ entry }) =>
      entry.kind === 'signed' && entry.grantId === grantId ? [entry.signature] : [],
    );
    expect([Buffer.from(signature).toString('base64')]).toEqual(recorded);
    expect(asked).toEqual([]);
    expect(journal.head()).toEqual(kept.head);
  });

  it.each(unsigned)('lets %s be signed once, and the line is the one that it wrote then', async (name) => {
    const grant = today(name);
    const signGrant = createGrantSigner(ports);
    const first = await signGrant(grant);
    expect(await signGrant(grant)).toEqual(Buffer.from(first));
    expect(asked).toHaveLength(1);
    const before = intentOf(grant.grantId);
    records = [];
    await readKeyHolderJournal(file, (record) => records.push(record));
    const added = records.slice(kept.head.sequence).map(({ entry }) => entry);
    expect(added).toEqual([
      before,
      { kind: 'signed', grantId: grant.grantId, signature: kept.signatures[name] },
    ]);
  });

  it.each([...signed, ...unsigned])('refuses other bytes in the slot of %s', async (name) => {
    const { grantId: _, ...without } = today(name);
    const bytes = Buffer.from(without.toBeSigned, 'base64');
    bytes[bytes.length - 1] = 0x77;
    const other = { ...without, toBeSigned: bytes.toString('base64') };
    const attempt = createGrantSigner(ports)({ ...other, grantId: signingGrantId(other) });
    await expect(attempt).rejects.toMatchObject({ code: 'GRANT_CONFLICT' });
    expect(asked).toEqual([]);
  });

  it('may contain a purpose that is no longer granted, and new grants for it are refused', () => {
    expect(records.some(({ entry }) => entry.kind === 'intent' && entry.purpose === 'certificate')).toBe(
      true,
    );
    expect(signingGrantWireSchema.safeParse(kept.grants['certificate']).success).toBe(false);
  });
});
