import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { X509CertificateGenerator } from '@peculiar/x509';
import { parseCertificateSerial } from '#core/ids/index.ts';
import { encodeStatusRequest, issuerDigests, readStatusRequest } from '#core/pki/ocsp/index.ts';
import { RequestNames } from './request-names.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-names-'));
  mkdirSync(join(folder, 'ocsp'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function issuerCertificate(): Promise<Uint8Array> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=CA',
    keys,
    signingAlgorithm: algorithm,
  });
  return new Uint8Array(made.rawData);
}

it('leads from both requests for a certificate to its answer, also where it is replaced, and names each once', async () => {
  const issuer = await issuerCertificate();
  const names = new RequestNames(issuer, join(folder, 'ocsp'));
  // Of every length that a serial number has: some requests end without padding, a few of these with a slash.
  const serials = Array.from({ length: 300 }, (_, at) =>
    parseCertificateSerial(Buffer.concat([Buffer.of(0x40), randomBytes(1 + (at % 15))]).toString('hex')),
  );
  for (const serial of serials) writeFileSync(join(folder, 'ocsp', `${serial}.ors`), `first ${serial}`);
  await names.add(serials);
  await names.add(serials);
  for (const serial of serials) writeFileSync(join(folder, 'ocsp', `${serial}.ors`), `second ${serial}`);
  let [found, slashes] = [0, 0];
  for (const serial of serials)
    for (const digests of issuerDigests(issuer)) {
      const request = encodeStatusRequest(digests, serial);
      expect(readStatusRequest(request)).toMatchObject([{ serial }]);
      const name = Buffer.from(request).toString('base64');
      const file = join(folder, 'ocsp-requests', name);
      if (name.endsWith('/')) slashes += 1;
      else {
        expect(readFileSync(file, 'utf8')).toBe(`second ${serial}`);
        found += 1;
      }
    }
  expect(found + slashes).toBe(600);
  expect(found).toBeGreaterThan(500);
});

it('names at most five hundred certificates a round, and goes on in the next', async () => {
  const issuer = await issuerCertificate();
  const names = new RequestNames(issuer, join(folder, 'ocsp'));
  const serials = Array.from({ length: 501 }, () =>
    parseCertificateSerial(`40${randomBytes(15).toString('hex')}`),
  );
  const [digests] = issuerDigests(issuer);
  const last = serials[500];
  if (digests === undefined || last === undefined) throw new Error('no digests of the issuer');
  const name = Buffer.from(encodeStatusRequest(digests, last)).toString('base64').replace(/\/$/, '');
  const isNamed = (): boolean => {
    writeFileSync(join(folder, 'ocsp', `${last}.ors`), 'x');
    return existsSync(join(folder, 'ocsp-requests', name));
  };
  await names.add(serials);
  expect(isNamed()).toBe(false);
  await names.add(serials);
  expect(isNamed()).toBe(true);
});
