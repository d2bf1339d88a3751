import { oids } from '../asn1/index.ts';
import { parseSignedData, verifySignerInfo, type SignedData } from '../cms/index.ts';
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
  checkFresh(info.time, query.freshAt);
  const path = checkPath(query, signedData, tsaCertificate, info.time);
  const { time, policyOid, serial, accuracySeconds } = info;
  return { time, policyOid, serial, accuracySeconds, tsaCertificate, path };
}

function checkImprint(expected: MessageImprint, found: MessageImprint): void {
  const same = expected.hash === found.hash && Buffer.compare(expected.digest, found.digest) === 0;
  if (!same) throw new TspError('IMPRINT_MISMATCH', 'the token timestamps another digest');
}

/** A token has to name its certificate, by either version of the attribute: RFC 5816 §2.2.1, RFC 2634 §5.4. */
function checkSignature(signedData: SignedData): Uint8Array {
  const { ok, certificate, certificateNaming, problems } = reading('SignerInfo', () =>
    verifySignerInfo({ signedData }),
  );
  if (certificateNaming === 'other')
    throw new TspError('CERTIFICATE_MISMATCH', `the token's signature: ${problems.join('; ')}`);
  if (!ok || certificate === null)
    throw new TspError('SIGNATURE_INVALID', `the token's signature: ${problems.join('; ')}`);
  if (certificateNaming === 'none')
    throw new TspError('CERTIFICATE_MISMATCH', 'the token has no signing-certificate attribute');
  return certificate;
}

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
