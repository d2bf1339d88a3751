import { createHash } from 'node:crypto';
import { asOctetString, asOid, Fields, isUniversal, oids, universalTag } from '../asn1/index.ts';
import { parseSignedData, singleValue, verifySignerInfo, type SignedData } from '../cms/index.ts';
import { verifyCertificatePath, X509Error } from '../certificate-path/index.ts';
import { reading, TspError } from './errors.ts';
import type { MessageImprint } from './message-imprint.ts';
import { parseTstInfo } from './tst-info.ts';

export interface TimestampQuery {
  /** DER TimeStampToken. */
  readonly token: Uint8Array;
  readonly imprint: MessageImprint;
  /** The nonce sent, if the token answers a request of ours. */
  readonly nonce?: bigint;
  /** DER of the only certificates that are trusted without a path. */
  readonly trustedRoots: readonly Uint8Array[];
  /** For a fresh token: now, and how far the authority's clock may be from it (5 minutes). */
  readonly freshAt?: Date;
  /** As of verifyCertificatePath. */
  readonly asWindows?: boolean;
}

export interface VerifiedTimestamp {
  readonly time: Date;
  readonly policyOid: string;
  readonly serial: bigint;
  readonly accuracySeconds: number | null;
  /** DER of the authority's certificate. */
  readonly tsaCertificate: Uint8Array;
  /** DER from the authority's certificate to the trusted root. */
  readonly path: readonly Uint8Array[];
}

export const timestampSkewMsMax = 5 * 60_000;

/**
 * Token → the time it proves, RFC 3161 §2.2: it is a TSTInfo signed by one signer, for this imprint (and
 * nonce); the signing certificate is the one its signed attributes name, is for timestamping only, and leads
 * to a trusted root, all valid at the time stated. Throws TspError. Revocation is not checked.
 */
export function verifyTimestampToken(query: TimestampQuery): VerifiedTimestamp {
  const signedData = reading('TimeStampToken', () => parseSignedData(query.token));
  if (signedData.encapContentType !== oids.tstInfo || signedData.encapContentForm !== 'octet-string') {
    throw new TspError('NOT_A_TIMESTAMP', `the token contains ${signedData.encapContentType}, not a TSTInfo`);
  }
  const info = parseTstInfo(signedData.encapContent ?? new Uint8Array());
  checkImprint(query.imprint, info.imprint);
  if (query.nonce !== undefined && query.nonce !== info.nonce) {
    throw new TspError('NONCE_MISMATCH', 'the nonce is not the one sent: an answer to another request');
  }
  const tsaCertificate = checkSignature(signedData);
  checkSigningCertificate(signedData, tsaCertificate);
  checkFresh(info.time, query.freshAt);
  const path = checkPath(query, signedData, tsaCertificate, info.time);
  const { time, policyOid, serial, accuracySeconds } = info;
  return { time, policyOid, serial, accuracySeconds, tsaCertificate, path };
}

function checkImprint(expected: MessageImprint, found: MessageImprint): void {
  const same = expected.hash === found.hash && Buffer.compare(expected.digest, found.digest) === 0;
  if (!same) throw new TspError('IMPRINT_MISMATCH', 'the token timestamps another digest');
}

function checkSignature(signedData: SignedData): Uint8Array {
  const verification = reading('SignerInfo', () => verifySignerInfo({ signedData }));
  if (verification.ok && verification.certificate !== null) return verification.certificate;
  throw new TspError('SIGNATURE_INVALID', `the token's signature: ${verification.problems.join('; ')}`);
}

/**
 * RFC 5816 §2.2.1 and RFC 2634 §5.4: without the signing-certificate attribute, another certificate for
 * the same key could be substituted for the one that signed.
 */
function checkSigningCertificate(signedData: SignedData, certificate: Uint8Array): void {
  const named = reading('signing-certificate attribute', () => readCertificateHash(signedData));
  if (named === null) {
    throw new TspError('CERTIFICATE_MISMATCH', 'the token has no signing-certificate attribute');
  }
  const found = createHash(named.hash).update(certificate).digest();
  if (!found.equals(named.digest)) {
    throw new TspError(
      'CERTIFICATE_MISMATCH',
      'the signed attributes name another certificate than the signer',
    );
  }
}

function readCertificateHash(signedData: SignedData): { hash: string; digest: Uint8Array } | null {
  const { signedAttributes } = signedData.signerInfo;
  const version2 = singleValue(signedAttributes, oids.signingCertificateV2);
  const value = version2 ?? singleValue(signedAttributes, oids.signingCertificate);
  if (value === null) return null;
  const certificates = new Fields(value, 'SigningCertificate').next('certs');
  const members = new Fields(new Fields(certificates, 'certs').next('ESSCertID'), 'ESSCertID');
  const head = members.next('hashAlgorithm or certHash');
  // Version 1 is always SHA-1, without stating it; in version 2 an absent algorithm means SHA-256.
  if (version2 === null) return { hash: 'sha1', digest: asOctetString(head) };
  if (isUniversal(head, universalTag.octetString)) return { hash: 'sha256', digest: asOctetString(head) };
  const hash = hashNames.get(asOid(new Fields(head, 'AlgorithmIdentifier').next('algorithm')));
  return hash === undefined ? null : { hash, digest: asOctetString(members.next('certHash')) };
}

const hashNames = new Map<string, string>([
  [oids.sha256, 'sha256'],
  [oids.sha384, 'sha384'],
  [oids.sha512, 'sha512'],
]);

function checkFresh(time: Date, freshAt: Date | undefined): void {
  if (freshAt === undefined) return;
  const skewMs = Math.abs(time.getTime() - freshAt.getTime());
  if (skewMs <= timestampSkewMsMax) return;
  throw new TspError(
    'TIME_IMPLAUSIBLE',
    `the authority says ${time.toISOString()}, this machine ${freshAt.toISOString()}: correct the clock that is wrong`,
  );
}

function checkPath(
  query: TimestampQuery,
  signedData: SignedData,
  certificate: Uint8Array,
  at: Date,
): readonly Uint8Array[] {
  try {
    return verifyCertificatePath({
      certificate,
      intermediates: signedData.certificates,
      trustedRoots: query.trustedRoots,
      at,
      usage: 'timeStamping',
      asWindows: query.asWindows ?? false,
    });
  } catch (cause) {
    if (!(cause instanceof X509Error)) throw cause;
    throw new TspError('CERTIFICATE_UNTRUSTED', `the authority's certificate: ${cause.message}`, { cause });
  }
}
