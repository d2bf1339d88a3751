/** Signatures that a file brings along, as reports name them: who made them, and when. What `verify` asks, each format's `inspect` answers. */
import { createHash, X509Certificate } from 'node:crypto';
import { parseSha256Hex, type Sha256Hex } from '../ids/index.ts';
import { oids } from '../pki/asn1/index.ts';
import { findCertificate, findSignatures } from '../pki/cms/index.ts';

export interface ExistingSignature {
  /** `Authenticode`. */
  readonly method: string;
  /** Common name in the signer’s certificate; null: it can’t be read. */
  readonly signer: string | null;
  readonly issuer: string | null;
  /** Of the signer’s certificate (DER); null: it isn’t there. */
  readonly certificateSha256: Sha256Hex | null;
  /** When it was made, as its timestamp or countersignature states, ISO 8601; null: nothing says. */
  readonly signedAt: string | null;
  /**
   * `verified`: about this file, and leads to a root that the foundation pins. `refused`: that was asked, and doesn’t hold.
   * `unverified`: nobody asked, so what is said here is what the signature says.
   */
  readonly standing: 'verified' | 'refused' | 'unverified';
}

export const existingSignaturesMax = 32;
export const signerNameMax = 200;

/** DER ContentInfos → what they say of themselves, nested ones too. What can't be read has no signer. */
export function readExistingSignatures(
  method: string,
  signatures: readonly Uint8Array[],
  standing: ExistingSignature['standing'],
): readonly ExistingSignature[] {
  const { signatures: found, problems } = findSignatures(signatures);
  const read = found.map(({ signedData, countersignatures }): ExistingSignature => {
    const certificate = attempt(() => findCertificate(signedData.signerInfo, signedData.certificates));
    const parsed = certificate === null ? null : attempt(() => new X509Certificate(certificate));
    const time = countersignatures.find((countersignature) => countersignature.time !== null)?.time ?? null;
    return {
      method,
      signer: parsed === null ? null : commonName(parsed.subject),
      issuer: parsed === null ? null : commonName(parsed.issuer),
      certificateSha256: certificate === null ? null : digestOf(certificate),
      signedAt: time?.toISOString() ?? null,
      // `verify` passes over SHA-1 beside a stronger one: it proves nothing.
      standing:
        standing === 'verified' && !strongHashes.includes(signedData.signerInfo.digestAlgorithm)
          ? 'unverified'
          : standing,
    };
  });
  const unreadable = problems.map((): ExistingSignature => ({ ...nobody, method, standing }));
  return [...read, ...unreadable].slice(0, existingSignaturesMax);
}

const strongHashes: readonly string[] = [oids.sha256, oids.sha384, oids.sha512];

const nobody = { signer: null, issuer: null, certificateSha256: null, signedAt: null } as const;

const digestOf = (bytes: Uint8Array): Sha256Hex =>
  parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));

/** Strangers' certificates make OpenSSL throw all kinds of errors. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** Names of one line each, as Node has them. */
function commonName(name: string): string | null {
  const text = (/^CN=(.*)$/m.exec(name)?.[1] ?? name)
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, signerNameMax)
    .toWellFormed();
  return text === '' ? null : text;
}
