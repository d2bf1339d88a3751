/** What signed attributes say of the signer's certificate, in both versions of the attribute; openssl judges the same signatures. */
import { spawnSync } from 'node:child_process';
import { createHash, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as asn1 from '../asn1/index.ts';
import { certificateIdentity } from './certificate-identity.ts';
import {
  attribute,
  namesSigner,
  parseSignedData,
  signingCertificateV2,
  verifyCountersignature,
  verifySignerInfo,
} from './index.ts';
import { createTestSigner, p256, toPem } from './signer.fixture.ts';

const { oids } = asn1;
const signer = createTestSigner('Named', { keys: p256() });
const other = createTestSigner('Other', { keys: p256() });
const content = Buffer.from('what is signed');

const folder = mkdtempSync(join(tmpdir(), 'countersign-ess-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'root.pem'), toPem([signer.root]));

const hashed = (hash: string, certificate: Uint8Array) =>
  asn1.octetString(createHash(hash).update(certificate).digest());
const issuerSerial = (issuer: Uint8Array, serial: bigint) =>
  asn1.sequence(asn1.sequence(asn1.explicit(4, issuer)), asn1.integer(serial));
const own = certificateIdentity(signer.certificate);
const foreign = certificateIdentity(signer.root);
const placeOf = issuerSerial(own.issuer, own.serialNumber);
const elsewhere = issuerSerial(foreign.issuer, foreign.serialNumber);
const byOther = issuerSerial(certificateIdentity(other.certificate).issuer, own.serialNumber);
const algorithm = (hash: 'sha384' | 'sha512') => asn1.sequence(asn1.oid(oids[hash]));

const id = (certificate: Uint8Array, ...more: readonly Uint8Array[]) =>
  asn1.sequence(hashed('sha1', certificate), ...more);
const id2 = (certificate: Uint8Array, ...more: readonly Uint8Array[]) =>
  asn1.sequence(hashed('sha256', certificate), ...more);
const list = (...ids: readonly Uint8Array[]) => asn1.sequence(asn1.sequence(...ids));
const v1 = (...ids: readonly Uint8Array[]) => attribute(oids.signingCertificate, list(...ids));
const v2 = (...ids: readonly Uint8Array[]) => attribute(oids.signingCertificateV2, list(...ids));

function signerInfo(
  names: readonly Uint8Array[],
  signed: Uint8Array = content,
  type: Uint8Array = attribute(oids.contentType, asn1.oid(oids.data)),
) {
  const attributes = asn1.setOf(type, attribute(oids.messageDigest, hashed('sha256', signed)), ...names);
  return asn1.sequence(
    asn1.integer(1),
    asn1.sequence(own.issuer, own.serialNumberDer),
    asn1.sequence(asn1.oid(oids.sha256)),
    Uint8Array.from([0xa0, ...attributes.subarray(1)]),
    asn1.sequence(asn1.oid(oids.ecdsaWithSha256)),
    asn1.octetString(sign('sha256', attributes, signer.key)),
  );
}

const signedWith = (names: readonly Uint8Array[]) =>
  asn1.sequence(
    asn1.oid(oids.signedData),
    asn1.explicit(
      0,
      asn1.sequence(
        asn1.integer(1),
        asn1.set(asn1.sequence(asn1.oid(oids.sha256))),
        asn1.sequence(asn1.oid(oids.data), asn1.explicit(0, asn1.octetString(content))),
        asn1.implicitConstructed(0, signer.certificate, signer.root),
        asn1.set(signerInfo(names)),
      ),
    ),
  );

/** With -cades it wants the attribute, and judges both versions of it. */
function opensslAccepts(signature: Uint8Array): boolean {
  writeFileSync(join(folder, 'signature'), signature);
  const { status, stderr } = spawnSync(
    'openssl',
    [
      ...['cms', '-verify', '-cades', '-inform', 'DER', '-in', 'signature', '-out', 'content'],
      ...['-CAfile', 'root.pem', '-purpose', 'any'],
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status !== 0) expect(stderr).toMatch(/ess|attribute|signing.?cert|asn1|nested|wrong tag/i);
  return status === 0;
}

const right: readonly (readonly [string, readonly Uint8Array[]])[] = [
  ['version 1', [v1(id(signer.certificate))]],
  ['version 1 with issuer and serial number', [v1(id(signer.certificate, placeOf))]],
  ['version 1, and that above it', [v1(id(signer.certificate, placeOf), id(signer.root))]],
  ['version 2', [v2(id2(signer.certificate))]],
  [
    'version 2 as it is written here',
    [attribute(oids.signingCertificateV2, signingCertificateV2(signer.certificate))],
  ],
  [
    'version 2 by SHA-384',
    [v2(asn1.sequence(algorithm('sha384'), hashed('sha384', signer.certificate), placeOf))],
  ],
  ['version 2 by SHA-512', [v2(asn1.sequence(algorithm('sha512'), hashed('sha512', signer.certificate)))]],
  ['both versions', [v1(id(signer.certificate)), v2(id2(signer.certificate, placeOf))]],
];

const wrong: readonly (readonly [string, readonly Uint8Array[]])[] = [
  ['another certificate in version 1', [v1(id(other.certificate))]],
  ['another certificate in version 2', [v2(id2(other.certificate))]],
  ['another in version 1 beside its own in 2', [v1(id(other.certificate)), v2(id2(signer.certificate))]],
  ['another in version 2 beside its own in 1', [v1(id(signer.certificate)), v2(id2(other.certificate))]],
  ['that above it first', [v1(id(signer.root), id(signer.certificate))]],
  ['itself with another serial number in version 1', [v1(id(signer.certificate, elsewhere))]],
  ['itself with another serial number in version 2', [v2(id2(signer.certificate, elsewhere))]],
  ['itself with another issuer in version 1', [v1(id(signer.certificate, byOther))]],
  ['itself with another issuer in version 2', [v2(id2(signer.certificate, byOther))]],
  ['itself by SHA-256 in version 1', [v1(id2(signer.certificate))]],
  [
    'itself by SHA-256 for SHA-384',
    [v2(asn1.sequence(algorithm('sha384'), hashed('sha256', signer.certificate)))],
  ],
  ['nobody', [v1()]],
  ['nobody in a list of lists', [attribute(oids.signingCertificate, asn1.sequence())]],
  [
    'two values',
    [attribute(oids.signingCertificateV2, list(id2(signer.certificate)), list(id2(other.certificate)))],
  ],
  ['itself with more behind', [v2(id2(signer.certificate, placeOf, placeOf))]],
];

describe('a signature that names the signer’s certificate', () => {
  it.each(right)('by %s holds, as for openssl', (_name, names) => {
    const signature = signedWith(names);
    const verified = verifySignerInfo({ signedData: parseSignedData(signature) });
    expect(verified).toMatchObject({ ok: true, certificateNaming: 'same', problems: [] });
    expect(opensslAccepts(signature)).toBe(true);
  });

  it('by version 1 alone is no author’s of a package, which has version 2', () => {
    const named = (...names: readonly Uint8Array[]) =>
      namesSigner(parseSignedData(signedWith(names)).signerInfo, signer.certificate);
    expect(named(v1(id(signer.certificate)))).toBe(false);
    expect(named(v2(id2(signer.certificate)))).toBe(true);
    expect(named(v1(id(other.certificate)), v2(id2(signer.certificate)))).toBe(false);
  });
});

describe('a signature that names', () => {
  it.each(wrong)('%s does not hold, nor for openssl', (_name, names) => {
    const signature = signedWith(names);
    const { ok, signatureValid, certificateNaming, problems } = verifySignerInfo({
      signedData: parseSignedData(signature),
    });
    expect({ ok, signatureValid, certificateNaming }).toEqual({
      ok: false,
      signatureValid: true,
      certificateNaming: 'other',
    });
    expect(problems).toHaveLength(1);
    expect(opensslAccepts(signature)).toBe(false);
  });

  it('no certificate holds: most name none', () => {
    expect(verifySignerInfo({ signedData: parseSignedData(signedWith([])) })).toMatchObject({
      ok: true,
      certificateNaming: 'none',
    });
  });
});

describe('a countersignature', () => {
  it.each([
    ['holds that names its certificate', v1(id(signer.certificate)), []],
    [
      'does not hold that names another',
      v1(id(other.certificate)),
      ['the signed attributes name another certificate than the one that signed'],
    ],
  ])('%s', (_name, name, problems) => {
    const signedData = parseSignedData(signedWith([]));
    const made = signerInfo([name], signedData.signerInfo.signature, new Uint8Array(0));
    expect(verifyCountersignature(asn1.readDer(made), signedData).problems).toEqual(problems);
  });
});
