import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bitString, integer, readDer, sequence } from '../asn1/index.ts';
import { certificateToPem } from '../x509/index.ts';
import { daysLater, openAuthority, signWith, start, type TestAuthority } from './authority.fixture.ts';
import { issueRevocationList, readRevocationList, RevocationError } from './index.ts';
import type { RevocationListRequest } from './index.ts';

const run = promisify(execFile);
let authority: TestAuthority;
let folder = '';

beforeAll(async () => {
  authority = await openAuthority();
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-crl-'));
  await writeFile(path.join(folder, 'root.pem'), certificateToPem(authority.root));
  await writeFile(path.join(folder, 'issuing.pem'), certificateToPem(authority.issuing));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const file = (name: string): string => path.join(folder, name);

const revokedOf = (count: number): RevocationListRequest['revoked'] =>
  Array.from({ length: count }, (_, index) => ({
    serial: authority.serialOf(1000 - index),
    revokedAt: daysLater(index % 30),
    reason: index % 2 === 0 ? 'keyCompromise' : 'privilegeWithdrawn',
  }));

function issue(changes: Partial<RevocationListRequest> = {}): Promise<Uint8Array> {
  return issueRevocationList(
    {
      issuer: authority.issuing,
      number: 7,
      thisUpdate: daysLater(40),
      nextUpdate: daysLater(47),
      revoked: revokedOf(3),
      distributionPoint: null,
      ...changes,
    },
    signWith(authority.issuingKeys),
  );
}

async function openssl(args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run('openssl', [...args]).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  );
  return `${stdout}${stderr}`;
}

/** What openssl verify says of a release certificate at a day, with a list. */
async function verify(index: number, list: Uint8Array, day: number): Promise<string> {
  await writeFile(file('leaf.pem'), certificateToPem(await authority.release(index)));
  await writeFile(file('list.crl'), list);
  await openssl(['crl', '-inform', 'DER', '-in', file('list.crl'), '-out', file('list.pem')]);
  const at = String(Math.floor(daysLater(day).getTime() / 1000));
  return openssl([
    'verify',
    '-CAfile',
    file('root.pem'),
    '-untrusted',
    file('issuing.pem'),
    '-CRLfile',
    file('list.pem'),
    '-crl_check',
    '-purpose',
    'any',
    '-attime',
    at,
    file('leaf.pem'),
  ]);
}

describe('a revocation list', () => {
  it('is read by openssl as requested, sorted, with its number and reasons', async () => {
    await writeFile(file('list.crl'), await issue());
    const text = await openssl(['crl', '-inform', 'DER', '-in', file('list.crl'), '-noout', '-text']);
    expect(text).toContain('Version 2 (0x1)');
    expect(text).toMatch(/X509v3 CRL Number:\s+7/);
    expect(text).toMatch(/X509v3 CRL Reason Code:\s+Key Compromise/);
    expect(text).toMatch(/Invalidity Date:\s+Nov {2}1 00:00:00 2026 GMT/);
    const serials = Array.from(text.matchAll(/Serial Number: ([0-9A-F]+)/g), (match) => match[1]);
    expect(serials).toHaveLength(3);
    expect([...serials].sort()).toEqual(serials);
    const signed = await openssl(
      ['crl', '-inform', 'DER', '-in', file('list.crl'), '-CAfile', file('issuing.pem'), '-noout'].concat(
        '-verify',
      ),
    );
    expect(signed).toContain('verify OK');
  });

  it('makes openssl refuse the certificates in it and no others', async () => {
    const list = await issue();
    expect(await verify(1000, list, 41)).toContain('certificate revoked');
    expect(await verify(5, list, 41)).toContain('leaf.pem: OK');
  });

  it('counts no more once the next is due', async () => {
    expect(await verify(5, await issue(), 48)).toContain('CRL has expired');
  });

  it('may be empty, or a part with an address of its own that verifiers must understand', async () => {
    expect(await verify(5, await issue({ revoked: [] }), 41)).toContain('leaf.pem: OK');
    const url = 'http://crl.example.org/issuing-03.crl';
    await writeFile(file('list.crl'), await issue({ distributionPoint: url }));
    const text = await openssl(['crl', '-inform', 'DER', '-in', file('list.crl'), '-noout', '-text']);
    expect(text).toMatch(/Issuing Distribution Point: critical/);
    expect(text).toContain(`URI:${url}`);
    expect(text).toContain('Only User Certificates');
  });

  it('is read back by its own reader, which refuses other issuers and every changed byte that is signed', async () => {
    const list = await issue({ revoked: revokedOf(200) });
    const read = readRevocationList(list, authority.issuing);
    expect(read).toMatchObject({ number: 7, thisUpdate: daysLater(40), nextUpdate: daysLater(47) });
    expect(read.revoked.size).toBe(200);
    expect(read.revoked.get(authority.serialOf(1000))).toEqual({ revokedAt: start, reason: 1 });
    expect(() => readRevocationList(list, authority.root)).toThrow(RevocationError);
    for (const at of [40, 200, Math.floor(list.length / 2)]) {
      const changed = Uint8Array.from(list);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => readRevocationList(changed, authority.issuing)).toThrow(RevocationError);
    }
    for (const length of [0, 1, 30, list.length - 1]) {
      expect(() => readRevocationList(list.subarray(0, length), authority.issuing)).toThrow(RevocationError);
    }
  });

  it('is read only in version 2 and with its number, whoever signed it', async () => {
    const [tbs, algorithm] = readDer(await issue()).children;
    const members = (tbs?.children ?? []).map((child) => child.bytes);
    const signed = (changed: readonly Uint8Array[]): Uint8Array => {
      const bytes = sequence(...changed);
      const signature = sign('sha256', bytes, authority.issuingKeys.privateKey);
      return sequence(bytes, algorithm?.bytes ?? bytes, bitString(signature));
    };
    expect(readRevocationList(signed(members), authority.issuing)).toMatchObject({ number: 7 });
    for (const other of [[integer(2), ...members.slice(1)], members.slice(0, -1), members.slice(0, 4)]) {
      expect(() => readRevocationList(signed(other), authority.issuing)).toThrow(
        expect.objectContaining({ code: 'MALFORMED' }),
      );
    }
  });

  it('is read to 64 MiB', () => {
    expect(() => readRevocationList(new Uint8Array(64 * 1024 * 1024 + 1), authority.issuing)).toThrow(
      /not a revocation list: .*over the limit/,
    );
  });

  it.each<[string, () => Partial<RevocationListRequest>]>([
    ['lasts longer than ten days', () => ({ nextUpdate: daysLater(51) })],
    ['ends before it begins', () => ({ nextUpdate: daysLater(39) })],
    ['has no number', () => ({ number: 0 })],
    ['names a certificate twice', () => ({ revoked: [...revokedOf(2), ...revokedOf(1)] })],
  ])('is not made where it %s', async (_what, changes) => {
    await expect(issue(changes())).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('is not made by a key that isn’t its issuer’s, nor for an issuer that isn’t a CA', async () => {
    const request = {
      issuer: authority.issuing,
      number: 1,
      thisUpdate: daysLater(1),
      nextUpdate: daysLater(2),
      revoked: [],
      distributionPoint: null,
    };
    await expect(issueRevocationList(request, signWith(authority.otherKeys))).rejects.toMatchObject({
      code: 'SIGNATURE_WRONG',
    });
    const leaf = await authority.release(9);
    await expect(
      issueRevocationList({ ...request, issuer: leaf }, signWith(authority.otherKeys)),
    ).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});
