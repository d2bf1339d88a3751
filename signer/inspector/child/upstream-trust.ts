/** Judges the certificates and timestamps of upstream by the roots that the policy pins. Revocation is not looked at: nothing here has a network. */
import { createHash, X509Certificate } from 'node:crypto';
import { Asn1Error } from '#core/pki/asn1/index.ts';
import { CmsError, parseSignedData } from '#core/pki/cms/index.ts';
import { parseTstInfo, TspError, verifyTimestampToken } from '#core/pki/tsp/index.ts';
import { verifyCertificatePath, X509Error, type X509ErrorCode } from '#core/pki/certificate-path/index.ts';
import type { TrustJudgement, UpstreamSigner, UpstreamTrust } from '#core/formats/upstream-trust.ts';

/** szOID_KP_LIFETIME_SIGNING of Microsoft. */
const lifetimeSigning = '1.3.6.1.4.1.311.10.3.13';

const reasons: Partial<Record<X509ErrorCode, 'purpose' | 'expired'>> = {
  USAGE_WRONG: 'purpose',
  NOT_VALID_AT_TIME: 'expired',
};

/** `roots`: DER. */
export function openUpstreamTrust(roots: readonly Uint8Array[], now: Date): UpstreamTrust {
  return {
    now,
    signers: null,
    judgeSigner: (signer) => judgeSigner(roots, signer),
    judgeTimestamp(token, signature) {
      try {
        const { hash } = statedImprint(token);
        const digest = createHash(hash).update(signature).digest();
        const { time } = verifyTimestampToken({
          token,
          imprint: { hash, digest },
          trustedRoots: roots,
          asWindows: true,
        });
        return time > now ? { problem: `it states ${time.toISOString()}, which is still to come` } : { time };
      } catch (error) {
        return { problem: problemOf(error) };
      }
    },
  };
}

/** The authority's clients choose the hash; a token is held to the one that it states, SHA-256 or longer. */
const statedImprint = (token: Uint8Array) =>
  parseTstInfo(parseSignedData(token).encapContent ?? new Uint8Array()).imprint;

function judgeSigner(roots: readonly Uint8Array[], signer: UpstreamSigner): TrustJudgement {
  const { certificate, intermediates, at } = signer;
  try {
    verifyCertificatePath({
      certificate,
      intermediates,
      trustedRoots: roots,
      at,
      usage: 'codeSigning',
      asWindows: true,
    });
    const { subject, issuer, keyUsage } = new X509Certificate(certificate);
    // Node calls the extended key usage so.
    return {
      ok: true,
      subject,
      issuer,
      lifetimeSigning: (keyUsage as readonly string[] | undefined)?.includes(lifetimeSigning) === true,
    };
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return { ok: false, why: reasons[error.code] ?? 'untrusted', problem: error.message };
  }
}

function problemOf(error: unknown): string {
  if ([TspError, CmsError, Asn1Error, X509Error].some((kind) => error instanceof kind))
    return (error as Error).message;
  throw error;
}
