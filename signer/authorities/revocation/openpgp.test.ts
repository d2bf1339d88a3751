/** Which revocations of OpenPGP keys get published, and when. */
import { createHash, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseCertificateSerial } from '#core/ids/index.ts';
import { openPgpCertificate, openPgpRevocation } from '#core/pki/openpgp/index.ts';
import { issueCertificate } from '#core/pki/x509/index.ts';
import { openPgpRevocations, type IssuedOpenPgpKey } from './openpgp.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-openpgp-revocations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const notBefore = new Date('2026-11-01T00:00:00Z');

async function keyOf(label: string): Promise<{ key: IssuedOpenPgpKey; revocation: string }> {
  const pair = generateKeyPairSync('rsa', { modulusLength: 3072 });
  const serial = createHash('sha256').update(label).digest().subarray(0, 8);
  serial[0] = 0x40;
  const der = await issueCertificate(
    {
      kind: 'openpgp',
      subject: { organization: 'Example', commonName: label },
      publicKey: pair.publicKey,
      issuer: null,
      serial: Uint8Array.from(serial),
      notBefore,
      notAfter: new Date('2029-10-01T00:00:00Z'),
    },
    (tbs, _, hash) => Promise.resolve(sign(hash, tbs, pair.privateKey)),
  );
  const own = { publicKey: pair.publicKey, created: notBefore };
  const signAbout = (bytes: Uint8Array) =>
    Promise.resolve(new Uint8Array(sign('sha512', bytes, pair.privateKey)));
  const userId = { name: label, address: `${label}@example.org` };
  const expires = new Date('2029-10-01T00:00:00Z');
  const key = {
    label: `${label}.openpgp`,
    serial: parseCertificateSerial(serial.toString('hex')),
    record: new X509Certificate(der),
    certificate: await openPgpCertificate({ key: own, userId, expires }, signAbout),
  };
  return { key, revocation: await openPgpRevocation(own, signAbout) };
}

const [widget, gadget] = [await keyOf('widget'), await keyOf('gadget')];
const write = (text: string): void => writeFileSync(join(folder, 'widget.openpgp.revocation.asc'), text);
const due = (...revoked: readonly string[]) =>
  openPgpRevocations([widget.key, gadget.key], new Map(revoked.map((serial) => [serial, {}])), folder);

test('nothing is published of a key that isn’t revoked, though its revocation lies there', async () => {
  write(widget.revocation);
  expect([...(await due())]).toEqual([]);
});

test('a key that the register has is published as revoked, and no other', async () => {
  write(widget.revocation);
  expect([...(await due(widget.key.serial))]).toEqual([['widget.openpgp.revocation.asc', widget.revocation]]);
});

test('a revocation that is missing, or another key’s, is a failure that names the file', async () => {
  write(gadget.revocation);
  for (const { serial } of [widget.key, gadget.key])
    await expect(due(serial)).rejects.toMatchObject({
      code: 'REVOCATION_MISSING',
      message: expect.stringContaining('.revocation.asc') as string,
    });
});
