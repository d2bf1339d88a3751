import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { oids } from '../asn1/index.ts';
import { parseSignedData } from '../cms/index.ts';
import { createTimestampAuthority } from '../cms/timestamp.fixture.ts';
import { certificateToPem, issueCertificate } from '../x509/index.ts';
import {
  buildTimestampResponse,
  buildTimestampToken,
  parseTimestampRequest,
  verifyTimestampToken,
} from './index.ts';

const dir = mkdtempSync(join(tmpdir(), 'countersign-tsp-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const openssl = (...args: string[]): string =>
  execFileSync('openssl', args, { cwd: dir, encoding: 'utf8', stdio: 'pipe' });

const rootKey = generateKeyPairSync('rsa', { modulusLength: 3072 });
const tsaKey = generateKeyPairSync('rsa', { modulusLength: 3072 });
const dayMs = 86_400_000;
const life = { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + dayMs) };
const signWithRoot = (tbs: Uint8Array) => Promise.resolve(sign('sha256', tbs, rootKey.privateKey));
const serial = (last: number) => Uint8Array.from([1, 1, 1, 1, 1, 1, 1, last]);
const rootName = { organization: 'Example', commonName: 'Root' };
const tsaName = { organization: 'Example', commonName: 'Timestamps' };

it.each(['sha256', 'sha384', 'sha512'] as const)(
  'openssl accepts a token for its own %s request',
  async (hash) => {
    const root = await issueCertificate(
      {
        ...life,
        serial: serial(1),
        kind: 'root',
        subject: rootName,
        publicKey: rootKey.publicKey,
        issuer: null,
      },
      signWithRoot,
    );
    const tsaCertificate = await issueCertificate(
      {
        ...life,
        serial: serial(2),
        kind: 'timestamp',
        subject: tsaName,
        publicKey: tsaKey.publicKey,
        issuer: root,
      },
      signWithRoot,
    );
    writeFileSync(join(dir, 'root.pem'), certificateToPem(root));
    writeFileSync(join(dir, 'data'), 'what was signed');
    openssl('ts', '-query', '-data', 'data', `-${hash}`, '-cert', '-out', 'request.tsq');
    const request = parseTimestampRequest(readFileSync(join(dir, 'request.tsq')));
    expect(request.imprint.digest).toEqual(
      new Uint8Array(createHash(hash).update('what was signed').digest()),
    );
    const token = await buildTimestampToken({
      request,
      serial: 1n,
      time: new Date(),
      policyOid: '1.3.6.1.4.1.99999.1',
      accuracySeconds: 1,
      tsaCertificate,
      chain: [root],
      sign: (attributes) => Promise.resolve(sign('sha256', attributes, tsaKey.privateKey)),
    });
    writeFileSync(join(dir, 'answer.tsr'), buildTimestampResponse({ token }));
    const verdict = openssl(
      'ts',
      '-verify',
      '-in',
      'answer.tsr',
      '-queryfile',
      'request.tsq',
      '-CAfile',
      'root.pem',
    );
    expect(verdict).toContain('Verification: OK');
  },
);

describe('a token of openssl’s', () => {
  it.each([
    { naming: 'sha1', chain: false, named: oids.signingCertificate },
    { naming: 'sha1', chain: true, named: oids.signingCertificate },
    { naming: 'sha256', chain: true, named: oids.signingCertificateV2 },
    { naming: 'sha384', chain: false, named: oids.signingCertificateV2 },
    { naming: 'sha512', chain: true, named: oids.signingCertificateV2 },
  ] as const)('that names its certificate by $naming holds (with its chain: $chain)', (how) => {
    const authority = createTimestampAuthority(join(dir, `authority-${how.naming}-${how.chain}`), how);
    const bytes = Buffer.from('what was stamped');
    const token = authority.stamp(bytes);
    const { signedAttributes } = parseSignedData(token).signerInfo;
    const names = [oids.signingCertificate, oids.signingCertificateV2];
    expect(names.filter((type) => signedAttributes.has(type))).toEqual([how.named]);
    const verified = verifyTimestampToken({
      token,
      imprint: { hash: 'sha256', digest: createHash('sha256').update(bytes).digest() },
      trustedRoots: [authority.signer.root],
      freshAt: new Date(),
    });
    expect(verified.tsaCertificate).toEqual(authority.signer.certificate);
  });
});
