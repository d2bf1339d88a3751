/** What is published of projects' own keys, for people and for programs that look for the key of an address. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { webKeyName } from '#core/pki/openpgp/index.ts';
import { lacksTools } from '../../dev/test/lacks.ts';
import type { Context } from '../platform/portal/index.ts';
import { listCertificates, openOwnKey, openWebKeys } from './index.ts';
import { serials, writeOwnKeys, type OwnKeysOfTest } from './own-keys.fixture.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'countersign-own-keys-'));
const [keysDir, publicationDir] = [join(folder, 'keys'), join(folder, 'published')];
let made: OwnKeysOfTest;
let revoked: readonly string[] = [];
let domain: string | null = 'keys.example.org';

const row = (serial: string, at: number) => ({
  seq: BigInt(at),
  at: new Date('2026-11-27T08:00:00Z'),
  body: JSON.stringify({
    serial,
    project: 'widget',
    certificate: 'openpgp',
    reason: 'keyCompromise',
    effectiveAt: '2026-11-20T00:00:00.000Z',
    learnedAt: '2026-11-27T08:00:00.000Z',
    policyCommit: 'a'.repeat(40),
  }),
});
/** A portal that has just started, before any policy is accepted. */
const ctx = () =>
  ({
    db: {
      acceptedSnapshot: { findFirst: () => Promise.resolve(null) },
      journalEntry: {
        findMany: ({ where }: { where: { seq: { gt: bigint } } }) =>
          Promise.resolve(revoked.map(row).filter(({ seq }) => seq > where.seq.gt)),
      },
    },
    policies: {},
    config: { keysDir, publicationDir, ...(domain === null ? {} : { openPgp: { domain } }) },
    now: () => new Date('2026-11-28T00:00:00Z'),
  }) as unknown as Context;

beforeAll(async () => {
  mkdirSync(keysDir);
  mkdirSync(publicationDir);
  made = await writeOwnKeys(keysDir);
});
beforeEach(() => {
  revoked = [];
  domain = 'keys.example.org';
  rmSync(join(publicationDir, 'widget.openpgp.revocation.asc'), { force: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const publish = (text = made.revocation): void =>
  writeFileSync(join(publicationDir, 'widget.openpgp.revocation.asc'), text);
const open = (file: string) => openOwnKey({ ctx: ctx(), input: { file } });
const name = webKeyName('widget');
const web = (asked: string | null = null, of = name) =>
  openWebKeys({ ctx: ctx(), input: { name: of, domain: asked } });

test('the list says what each key is', async () => {
  const all = await listCertificates({ ctx: ctx(), input: { project: 'widget' } });
  expect(all.map(({ own }) => own)).toEqual([
    expect.objectContaining({
      file: 'widget.openpgp.asc',
      algorithm: 'RSA, 3072 bits',
      openPgp: expect.objectContaining({
        userId: 'Widget <widget@keys.example.org>',
        fingerprint: expect.stringMatching(/^(?:[0-9A-F]{4} ){9}[0-9A-F]{4}$/) as string,
      }) as object,
    }),
    expect.objectContaining({ file: 'widget.raw.pub.pem', algorithm: 'ECDSA, P-256', openPgp: null }),
  ]);
});

describe('the file of a key', () => {
  test('is what the ceremony wrote', async () => {
    expect(await open('widget.openpgp.asc')).toEqual({
      text: made.openPgpCertificate,
      type: 'application/pgp-keys',
    });
    expect(await open('widget.raw.pub.pem')).toMatchObject({ text: made.rawPem });
  });

  test('is none for any other name', async () => {
    for (const file of [
      'widget.openpgp.pem',
      'registry.json',
      '../registry.json',
      'widget.openpgp.revocation.asc',
    ])
      expect(await open(file)).toBeNull();
  });

  test('is withheld once it is revoked, until the file itself says so', async () => {
    revoked = [serials.openpgp, serials.raw];
    expect(await open('widget.openpgp.asc')).toHaveProperty('withheld');
    expect(await web()).toBeNull();
    publish();
    expect(await open('widget.openpgp.asc')).toMatchObject({ type: 'application/pgp-keys' });
    expect(await open('widget.raw.pub.pem')).toHaveProperty('withheld');
  });

  test('has no revocation that is another key’s', async () => {
    revoked = [serials.openpgp];
    publish(made.openPgpCertificate);
    expect(await open('widget.openpgp.asc')).toHaveProperty('withheld');
    expect(await web()).toBeNull();
  });
});

describe('the key of an address', () => {
  test('is found by both methods, at the portal’s own domain alone', async () => {
    const found = await web();
    expect(found?.[0]).toBe(0xc6);
    expect(await web('KEYS.example.org')).toEqual(found);
    expect(await web('example.org')).toBeNull();
    expect(await web(null, webKeyName('gadget'))).toBeNull();
    domain = 'example.org';
    expect(await web()).toBeNull();
    domain = null;
    expect(await web()).toBeNull();
    expect(await web('keys.example.org')).toBeNull();
  });

  test.skipIf(lacksTools('gpg'))('is imported by GnuPG, and taken for revoked once it is', async () => {
    const home = mkdtempSync(join(folder, 'gpg-'));
    const gpg = async (...args: readonly string[]) =>
      (await run('gpg', ['--homedir', home, '--batch', '--with-colons', ...args])).stdout;
    const fetched = async (): Promise<string> => {
      const file = join(home, 'fetched');
      writeFileSync(file, (await web()) ?? '');
      return file;
    };
    await gpg('--import', await fetched());
    expect(await gpg('--list-keys', 'widget@keys.example.org')).toMatch(/^pub:-:3072:/m);
    revoked = [serials.openpgp];
    publish();
    await gpg('--import', await fetched());
    expect(await gpg('--list-keys', 'widget@keys.example.org')).toMatch(/^pub:r:3072:/m);
    await run('gpgconf', ['--homedir', home, '--kill', 'all']).catch(() => undefined);
  });
});
