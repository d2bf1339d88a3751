/** CMS as openssl writes it: the other form, with the content in an OCTET STRING. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { oids } from '../asn1/index.ts';
import { parseSignedData, verifySignerInfo } from './index.ts';
import { createTestSigner, p256, toPem, type TestSigner } from './signer.fixture.ts';
import { createTimestampAuthority } from './timestamp.fixture.ts';

const dir = mkdtempSync(join(tmpdir(), 'countersign-cms-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

const rsa = createTestSigner('CMS');
const elliptic = createTestSigner('CMS EC', { keys: p256() });
const message = Buffer.from('what is signed');

function opensslSign(signer: TestSigner, ...options: readonly string[]): Uint8Array {
  const [certificate, key, input, output] = ['cert.pem', 'key.pem', 'in', 'out'].map((name) =>
    join(dir, name),
  );
  writeFileSync(String(certificate), toPem([signer.certificate]));
  writeFileSync(String(key), signer.key.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(String(input), message);
  const files = ['-signer', certificate, '-inkey', key, '-in', input, '-out', output, '-outform', 'DER'];
  execFileSync('openssl', ['cms', '-sign', '-binary', ...files.map(String), ...options], { stdio: 'pipe' });
  return Uint8Array.from(readFileSync(String(output)));
}

test.each([
  ['RSA with SHA-256', rsa, ['-nodetach', '-md', 'sha256'], 1],
  ['RSA with SHA-512', rsa, ['-nodetach', '-md', 'sha512'], 1],
  ['ECDSA with SHA-384', elliptic, ['-nodetach', '-md', 'sha384'], 1],
  ['a signer named by key identifier', rsa, ['-nodetach', '-md', 'sha256', '-keyid'], 3],
] as const)('accepts %s', (_name, signer, options, version) => {
  const signedData = parseSignedData(opensslSign(signer, ...options));
  expect(signedData).toMatchObject({
    version,
    encapContentType: oids.data,
    encapContentForm: 'octet-string',
  });
  expect(signedData.encapContent).toEqual(Uint8Array.from(message));
  expect(verifySignerInfo({ signedData })).toEqual({
    ok: true,
    certificate: signer.certificate,
    contentTypeEqual: true,
    messageDigestEqual: true,
    signatureValid: true,
    certificateNaming: 'none',
    problems: [],
  });
});

test('accepts a timestamp token, CMS version 3 around a TSTInfo', () => {
  const tsa = createTimestampAuthority(join(dir, 'tsa'));
  const signedData = parseSignedData(tsa.stamp(message));
  expect(signedData).toMatchObject({
    version: 3,
    encapContentType: oids.tstInfo,
    encapContentForm: 'octet-string',
  });
  expect(verifySignerInfo({ signedData })).toMatchObject({ ok: true, certificate: tsa.signer.certificate });
});

test('wants detached content, and a certificate that is not inside, from the caller', () => {
  const signedData = parseSignedData(opensslSign(rsa, '-md', 'sha256', '-nocerts'));
  expect(verifySignerInfo({ signedData })).toMatchObject({ ok: false, certificate: null });
  const certificates = [elliptic.certificate, rsa.certificate];
  expect(verifySignerInfo({ signedData, content: message, certificates })).toMatchObject({ ok: true });
  const content = Buffer.from('other content');
  expect(verifySignerInfo({ signedData, content, certificates })).toMatchObject({
    ok: false,
    messageDigestEqual: false,
    signatureValid: true,
  });
});

test('refuses SHA-1, and signatures without signed attributes', () => {
  const sha1 = parseSignedData(opensslSign(rsa, '-nodetach', '-md', 'sha1'));
  expect(verifySignerInfo({ signedData: sha1 })).toMatchObject({ ok: false });
  const bare = parseSignedData(opensslSign(rsa, '-nodetach', '-md', 'sha256', '-noattr'));
  expect(verifySignerInfo({ signedData: bare })).toMatchObject({ ok: false, signatureValid: false });
});

test('refuses BER: streamed CMS has indefinite lengths', () => {
  const streamed = opensslSign(rsa, '-nodetach', '-md', 'sha256', '-stream');
  expect(() => parseSignedData(streamed)).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
});
