/** Who made a signature that fits its file, and whether that was somebody whom the foundation trusts, then. */
import { createHash, X509Certificate } from 'node:crypto';
import { oids } from '../../pki/asn1/index.ts';
import type { UpstreamTrust } from '../upstream-trust.ts';
import type { Judged, Refusal } from './findings.ts';
import { isPinned } from './pinned-signer.ts';

interface FittingSignature {
  /** As a sentence calls it: `signature 1 (nested)`. */
  readonly name: string;
  /** DER of the one that signed. */
  readonly certificate: Uint8Array;
  /** DER of what came along. */
  readonly intermediates: readonly Uint8Array[];
  /** What a timestamp is about. */
  readonly signature: Uint8Array;
  /** DER RFC 3161 token; null: none. */
  readonly timestampToken: Uint8Array | null;
  /** What else states a time, and proves none: a sentence's end. */
  readonly unproven?: string;
}

/** `what`: the file, as a sentence calls it. Certificates are judged at the time of the timestamp, or without one today. */
export function judgeSignature(what: string, trust: UpstreamTrust, fitting: FittingSignature): Judged {
  const { name, certificate, intermediates, timestampToken } = fitting;
  const stamp = timestampToken === null ? null : trust.judgeTimestamp(timestampToken, fitting.signature);
  if (stamp !== null && 'problem' in stamp) {
    const fix =
      'Add the root of the timestamp authority to upstreamRoots in trust/root.yaml, or take a file with another timestamp.';
    return { rule: 'timestamp', problem: `the timestamp of ${name} does not hold: ${stamp.problem}`, fix };
  }
  const judgeAt = (at: Date) => trust.judgeSigner({ certificate, intermediates, at });
  const signer = judgeAt(stamp?.time ?? trust.now);
  const judgement = signer.ok && signer.lifetimeSigning && stamp !== null ? judgeAt(trust.now) : signer;
  if (!judgement.ok) {
    const unstamped = stamp === null ? (fitting.unproven ?? '; it has no timestamp') : '';
    const problem = `${name}, of ${nameOf(certificate)}: ${judgement.problem}${unstamped}`;
    return { rule: judgement.why, problem, fix: fixes[judgement.why] };
  }
  const when = stamp === null ? 'without a timestamp' : `timestamped ${stamp.time.toISOString()}`;
  return {
    named: trust.signers?.some((pin) => isPinned(certificate, pin)) ?? false,
    text: `The ${what} carries a valid signature of ${nameOf(certificate)}, issued by ${commonName(judgement.issuer)}, ${when}; whether the certificate was revoked was not checked.`,
    found: `${name}: ${oneLine(judgement.subject)}; certificate SHA-256 ${createHash('sha256').update(certificate).digest('hex')}`,
  };
}

const strongHashes: readonly string[] = [oids.sha256, oids.sha384, oids.sha512];

/** `hash`: OID. null: it proves something. */
export function weak(name: string, hash: string): Refusal | null {
  if (strongHashes.includes(hash)) return null;
  return {
    rule: 'weak',
    problem: `${name} was made with SHA-1 or another hash that proves nothing`,
    fix: 'Take a version of the file that upstream signed with SHA-256, or declare it without `verify`, as a file that is only scanned.',
  };
}

const fixes = {
  purpose: 'Take a file that was signed with a certificate for code signing.',
  expired: 'Take a version of the file that upstream timestamped (RFC 3161) while its certificate was valid.',
  untrusted:
    'If this is who should have signed it, add the root to upstreamRoots in trust/root.yaml; otherwise don’t use the file.',
} as const;

const nameOf = (certificate: Uint8Array): string => commonName(new X509Certificate(certificate).subject);
const commonName = (name: string): string =>
  `“${oneLine(/^CN=(.*)$/m.exec(name)?.[1] ?? name)
    .slice(0, 80)
    .toWellFormed()}”`;
const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, 300)
    .toWellFormed();
