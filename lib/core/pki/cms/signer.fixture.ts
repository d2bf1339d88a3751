/** A certification authority and a code-signing key that really sign, for tests. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import * as asn1 from '../asn1/index.ts';
import { authenticodeSignedAttributes, buildAuthenticode, contentDigest } from './index.ts';

const { oids } = asn1;

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface TestSigner {
  /** DER, self-signed. */
  readonly root: Uint8Array;
  /** DER, issued by the root. */
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
}

const day = 86_400_000;

const rsa = (modulusLength: number): KeyPair => generateKeyPairSync('rsa', { modulusLength });
export const p256 = (): KeyPair => generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const p384 = (): KeyPair => generateKeyPairSync('ec', { namedCurve: 'P-384' });

/** A root and one certificate under it; the key is RSA-3072 unless another is given. */
export function createTestSigner(
  name: string,
  options: { readonly purpose?: string; readonly purposes?: readonly string[]; readonly keys?: KeyPair } = {},
): TestSigner {
  const rootKeys = rsa(2048);
  const keys = options.keys ?? rsa(3072);
  const rootName = distinguishedName(`${name} root`);
  const authority = [
    extension(oids.basicConstraints, true, asn1.sequence(asn1.boolean(true))),
    extension(oids.keyUsage, true, asn1.bitString(Uint8Array.of(0x06), 1)),
  ];
  const root = certificate(rootKeys, {
    issuer: rootName,
    subject: rootName,
    serial: 1n,
    key: rootKeys,
    extensions: authority,
  });
  const { purpose = oids.codeSigning } = options;
  const purposes = asn1.sequence(...(options.purposes ?? [purpose]).map(asn1.oid));
  const end = [
    extension(oids.keyUsage, true, asn1.bitString(Uint8Array.of(0x80), 7)),
    extension(oids.extendedKeyUsage, true, purposes),
    extension(oids.subjectKeyIdentifier, false, asn1.octetString(new Uint8Array(20).fill(7))),
  ];
  const subject = distinguishedName(name);
  const issued = { issuer: rootName, subject, serial: 0xf1e2d3c4b5a6978n, key: keys, extensions: end };
  return { root, certificate: certificate(rootKeys, issued), key: keys.privateKey };
}

function distinguishedName(commonName: string): Uint8Array {
  const part = (type: string, text: string) => asn1.set(asn1.sequence(asn1.oid(type), asn1.utf8String(text)));
  return asn1.sequence(part('2.5.4.10', 'Countersign test'), part('2.5.4.3', commonName));
}

const extension = (type: string, critical: boolean, value: Uint8Array): Uint8Array =>
  asn1.sequence(asn1.oid(type), ...(critical ? [asn1.boolean(true)] : []), asn1.octetString(value));

interface CertificateInput {
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly serial: bigint;
  readonly key: KeyPair;
  readonly extensions: readonly Uint8Array[];
}

function certificate(issuer: KeyPair, input: CertificateInput): Uint8Array {
  const algorithm = asn1.sequence(asn1.oid(oids.sha256WithRsaEncryption), asn1.nullValue());
  const tbsCertificate = asn1.sequence(
    asn1.explicit(0, asn1.integer(2)),
    asn1.integer(input.serial),
    algorithm,
    input.issuer,
    asn1.sequence(asn1.utcTime(new Date(Date.now() - day)), asn1.utcTime(new Date(Date.now() + 30 * day))),
    input.subject,
    input.key.publicKey.export({ type: 'spki', format: 'der' }),
    asn1.explicit(3, asn1.sequence(...input.extensions)),
  );
  const signature = sign('sha256', tbsCertificate, issuer.privateKey);
  return asn1.sequence(tbsCertificate, algorithm, asn1.bitString(signature));
}

/** DER SpcIndirectDataContent → the parts of a signature over it, and the DER ContentInfo made of them. */
export function signContent(
  signer: TestSigner,
  spcIndirectData: Uint8Array,
  options: { readonly description?: string; readonly descriptionUrl?: string } = {},
) {
  const signedAttributes = authenticodeSignedAttributes({
    contentDigest: contentDigest(spcIndirectData),
    ...options,
  });
  const signature = Uint8Array.from(sign('sha256', signedAttributes, signer.key));
  const parts = {
    content: spcIndirectData,
    signedAttributes,
    signature,
    signerCertificate: signer.certificate,
    chain: [signer.root],
  };
  return { parts, signature, pkcs7: buildAuthenticode(parts) };
}

export function toPem(certificates: readonly Uint8Array[]): string {
  return certificates
    .map((der) =>
      Buffer.from(der)
        .toString('base64')
        .replace(/.{1,64}/g, '$&\n'),
    )
    .map((text) => `-----BEGIN CERTIFICATE-----\n${text}-----END CERTIFICATE-----\n`)
    .join('');
}
