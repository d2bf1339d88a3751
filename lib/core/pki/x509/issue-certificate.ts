import 'reflect-metadata';
import { X509Certificate, type KeyObject } from 'node:crypto';
import peculiar from '@peculiar/x509';
import { bitString, readDer, sequence } from '../asn1/index.ts';
import { keyIdentifier, parseCertificate } from './certificate.ts';
import { X509Error } from '../certificate-path/index.ts';
import { keyTypeOf } from '../key-kind/index.ts';
import { issuerAlgorithm } from './issuer-algorithm.ts';
import { lintTbsCertificate, type LintResult } from './lint/index.ts';
import { checkValidity, profiles, subjectName, urlExtensions } from './profiles.ts';
import type { CertificateKind, CertificateUrls, SubjectName } from './profiles.ts';

/** DER TBSCertificate, its lint results and the hash → RSASSA-PKCS1-v1_5 or ECDSA signature by the issuer's key. */
export type SignTbsCertificate = (
  tbsCertificate: Uint8Array,
  lint: readonly LintResult[],
  hash: 'sha256' | 'sha384',
) => Promise<Uint8Array>;

export interface CertificateRequest {
  readonly kind: CertificateKind;
  readonly subject: SubjectName;
  readonly publicKey: KeyObject;
  /** DER of the issuer's certificate; null for the self-signed kinds. */
  readonly issuer: Uint8Array | null;
  /** 8 to 20 random octets with the top bit clear (RFC 5280 §4.1.2.2, BR §7.1: at least 64 bits). */
  readonly serial: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly urls?: CertificateUrls;
}

/**
 * Request and signing port → DER Certificate, signed by RSA with SHA-256 or ECDSA with the hash of its curve. Key identifiers, key usages, basic constraints
 * and lifetime follow the kind's profile. Rejects (PROFILE_INVALID) a lifetime over the profile's or outside
 * the issuer's, keys under RSA-3072 or on other curves than P-256 and P-384, short or negative serials, and whatever else breaks a rule of the profile, before anything
 * is signed; SIGNATURE_WRONG if the port signed with another key.
 */
export async function issueCertificate(
  request: CertificateRequest,
  sign: SignTbsCertificate,
): Promise<Uint8Array> {
  const { kind, publicKey } = request;
  const notBefore = wholeSeconds(request.notBefore);
  const notAfter = wholeSeconds(request.notAfter);
  checkValidity(kind, notBefore, notAfter);
  checkSerial(request.serial);
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  const isLong = publicKey.asymmetricKeyType === 'rsa' ? bits >= 3072 : keyTypeOf(publicKey) === 'ec';
  if (!isLong) {
    throw new X509Error('PROFILE_INVALID', 'RSA-3072 or larger, P-256 or P-384 (Code Signing BR §6.1.5)');
  }
  const issuer = checkIssuer(request, notBefore, notAfter);
  const subject = subjectName(request.subject);
  const issuerKey = issuer?.node.publicKey ?? publicKey;
  const { generator, hash } = issuerAlgorithm(issuerKey);

  const draft = await peculiar.X509CertificateGenerator.create({
    serialNumber: Buffer.from(request.serial).toString('hex'),
    subject,
    issuer: issuer === null ? subject : issuer.extensions.subjectName,
    notBefore,
    notAfter,
    publicKey: new peculiar.PublicKey(publicKey.export({ type: 'spki', format: 'der' })),
    signingAlgorithm: generator,
    // A placeholder: the TBSCertificate is taken out of the draft and signed by the port below.
    signature: new Uint8Array(1),
    extensions: [
      ...profiles[kind].extensions(),
      new peculiar.SubjectKeyIdentifierExtension(keyIdentifier(publicKey)),
      ...(issuer === null ? [] : [new peculiar.AuthorityKeyIdentifierExtension(keyIdentifier(issuerKey))]),
      ...urlExtensions(request.urls ?? {}),
    ],
  });
  const [tbsCertificate, signatureAlgorithm] = readDer(new Uint8Array(draft.rawData)).children;
  if (tbsCertificate === undefined || signatureAlgorithm === undefined) {
    throw new X509Error('MALFORMED', 'the draft contains no TBSCertificate');
  }
  const lint = lintTbsCertificate(tbsCertificate.bytes, { kind, issuer: request.issuer });
  refuseBroken(kind, lint);
  const signature = await sign(tbsCertificate.bytes, lint, hash);
  const der = sequence(tbsCertificate.bytes, signatureAlgorithm.bytes, bitString(signature));
  if (!new X509Certificate(der).verify(issuerKey)) {
    throw new X509Error(
      'SIGNATURE_WRONG',
      `the ${kind} certificate was signed with another key than its issuer's`,
    );
  }
  return der;
}

function refuseBroken(kind: CertificateKind, lint: readonly LintResult[]): void {
  const broken = lint.filter((result) => result.broken !== null);
  if (broken.length === 0) return;
  const list = broken
    .map((result) => `${result.rule}: ${result.broken ?? ''} (${result.requirement})`)
    .join('; ');
  throw new X509Error(
    'PROFILE_INVALID',
    `a ${kind} certificate that breaks its rules is not signed: ${list}`,
  );
}

/** Certificates carry no fractions of a second (RFC 5280 §4.1.2.5). */
function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}

function checkSerial(serial: Uint8Array): void {
  const first = serial[0];
  if (serial.length >= 8 && serial.length <= 20 && first !== undefined && first > 0 && first < 0x80) return;
  throw new X509Error('PROFILE_INVALID', 'serial: 8 to 20 octets, the first between 0x01 and 0x7f');
}

function checkIssuer(request: CertificateRequest, notBefore: Date, notAfter: Date) {
  const { selfSigned } = profiles[request.kind];
  if (selfSigned !== (request.issuer === null)) {
    throw new X509Error(
      'PROFILE_INVALID',
      `a ${request.kind} certificate is ${selfSigned ? 'self-signed' : 'issued by a CA'}`,
    );
  }
  if (request.issuer === null) return null;
  const issuer = parseCertificate(request.issuer);
  if (!issuer.node.ca) throw new X509Error('PROFILE_INVALID', 'the issuer is not a CA certificate');
  const { validFromDate, validToDate } = issuer.node;
  if (notBefore < validFromDate || notAfter > validToDate) {
    throw new X509Error(
      'PROFILE_INVALID',
      `the certificate would outlive its issuer (${validFromDate.toISOString()} to ${validToDate.toISOString()})`,
    );
  }
  return issuer;
}
