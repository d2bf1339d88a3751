// The x509 room brings the metadata functions that @peculiar/x509 needs to load; it must come first.
import '#core/pki/x509/index.ts';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import peculiar from '@peculiar/x509';
import { readDer } from '#core/pki/asn1/index.ts';
import type { BuildExtension } from './extensions.ts';
import { certificateTimestampExtension, sctListOid } from './certificate-log.ts';
import { keepKey, keepText } from './keys.ts';
import type { SigningKey } from './keys.ts';

const { KeyUsageFlags } = peculiar;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const codeSigning = '1.3.6.1.5.5.7.3.3';
const leafLifetimeMs = 10 * 60 * 1000;

/** Development authorities are valid for any time for which certificates may be minted. */
export const validFrom = new Date('2020-01-01T00:00:00Z');
const validUntil = new Date('2049-12-31T00:00:00Z');

export interface LeafRequest {
  /** DER SubjectPublicKeyInfo of the build's key. */
  readonly spki: Uint8Array;
  readonly subjectUri: string;
  readonly extensions: readonly BuildExtension[];
  readonly at: Date;
  /** Whether the certificate names code signing; true for every honest one. */
  readonly forCodeSigning: boolean;
  /** Whether the certificate log vouches for it, with an SCT in the certificate. */
  readonly logged: boolean;
}

export interface CertificateAuthority {
  /** DER: intermediate, root. */
  readonly chain: readonly Uint8Array[];
  /** Request → DER certificate of ten minutes. */
  issue(request: LeafRequest): Promise<Uint8Array>;
}

const importKey = (key: SigningKey): Promise<CryptoKey> =>
  globalThis.crypto.subtle.importKey(
    'pkcs8',
    Uint8Array.from(key.privateKey.export({ type: 'pkcs8', format: 'der' })),
    algorithm,
    false,
    ['sign'],
  );

const publicKey = (spki: Uint8Array): peculiar.PublicKey => new peculiar.PublicKey(Uint8Array.from(spki));

/** Folder → a root and an intermediate like Fulcio's, made once and kept. */
export async function openCertificateAuthority(
  dir: string,
  certificateLog: SigningKey,
): Promise<CertificateAuthority> {
  const rootKey = await keepKey(join(dir, 'root.key.pem'));
  const intermediateKey = await keepKey(join(dir, 'intermediate.key.pem'));
  const rootName = 'O=Development build system, CN=Development root, OU=DEVELOPMENT ONLY';
  const intermediateName = 'O=Development build system, CN=Development intermediate, OU=DEVELOPMENT ONLY';
  const authority = async (subject: string, key: SigningKey, pathLength: number): Promise<string> => {
    const certificate = await peculiar.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject,
      issuer: rootName,
      notBefore: validFrom,
      notAfter: validUntil,
      publicKey: publicKey(key.spki),
      signingKey: await importKey(rootKey),
      signingAlgorithm: algorithm,
      extensions: [
        new peculiar.BasicConstraintsExtension(true, pathLength, true),
        new peculiar.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await peculiar.SubjectKeyIdentifierExtension.create(publicKey(key.spki)),
        await peculiar.AuthorityKeyIdentifierExtension.create(publicKey(rootKey.spki)),
      ],
    });
    return certificate.toString('pem');
  };
  const root = new peculiar.X509Certificate(
    await keepText(join(dir, 'root.pem'), () => authority(rootName, rootKey, 1)),
  );
  const intermediate = new peculiar.X509Certificate(
    await keepText(join(dir, 'intermediate.pem'), () => authority(intermediateName, intermediateKey, 0)),
  );
  return {
    chain: [new Uint8Array(intermediate.rawData), new Uint8Array(root.rawData)],
    issue: (request) => issueLeaf(request, intermediateKey, intermediate, certificateLog),
  };
}

/**
 * RFC 6962 §3.1: the log signs the certificate without its SCT extension, then the same certificate is issued
 * with it. Both have one serial number, validity and order of extensions.
 */
async function issueLeaf(
  request: LeafRequest,
  issuerKey: SigningKey,
  issuer: peculiar.X509Certificate,
  certificateLog: SigningKey,
): Promise<Uint8Array> {
  const notBefore = new Date(Math.floor(request.at.getTime() / 1000) * 1000);
  const usages = request.forCodeSigning ? [codeSigning] : [peculiar.ExtendedKeyUsage.serverAuth];
  const extensions = [
    new peculiar.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new peculiar.ExtendedKeyUsageExtension(usages),
    await peculiar.SubjectKeyIdentifierExtension.create(publicKey(request.spki)),
    await peculiar.AuthorityKeyIdentifierExtension.create(publicKey(issuerKey.spki)),
    new peculiar.SubjectAlternativeNameExtension([{ type: 'url', value: request.subjectUri }], true),
    ...request.extensions.map(
      (extension) => new peculiar.Extension(extension.oid, false, Uint8Array.from(extension.value)),
    ),
  ];
  const template = {
    serialNumber: serial(),
    issuer: issuer.subjectName,
    notBefore,
    notAfter: new Date(notBefore.getTime() + leafLifetimeMs),
    publicKey: publicKey(request.spki),
    signingKey: await importKey(issuerKey),
    signingAlgorithm: algorithm,
  };
  const draft = await peculiar.X509CertificateGenerator.create({ ...template, extensions });
  if (!request.logged) return new Uint8Array(draft.rawData);
  const tbs = readDer(new Uint8Array(draft.rawData)).children[0]?.bytes ?? new Uint8Array();
  const sct = certificateTimestampExtension(certificateLog, issuerKey.id, tbs, request.at);
  const certificate = await peculiar.X509CertificateGenerator.create({
    ...template,
    extensions: [...extensions, new peculiar.Extension(sctListOid, false, Uint8Array.from(sct))],
  });
  return new Uint8Array(certificate.rawData);
}

/** 16 random octets, positive, without a leading zero. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
