import type { KnownRevocation } from './revoked.ts';
import { signatureStates, worstOf } from './states.ts';
import type { Publisher, ReleaseStanding, SignatureStanding, SignatureState } from './states.ts';

/**
 * A signature → its standing. `certificate` null: the foundation's list has none with that serial number. A revocation takes
 * precedence: a revoked signature isn't excused by being unlisted or for tests. The revocation's date decides, and only a timestamp
 * is evidence of when something was signed.
 */
export function judgeSignature(
  signature: { readonly timestampedAt: Date | null },
  certificate: { readonly purpose: string; readonly validTo: Date; readonly publisher: Publisher } | null,
  revocation: KnownRevocation | null,
  now: Date,
): SignatureStanding {
  const state = stateOf(signature.timestampedAt, certificate, revocation, now);
  return { state, revocation, publisher: certificate?.publisher ?? null };
}

function stateOf(
  timestampedAt: Date | null,
  certificate: { readonly purpose: string; readonly validTo: Date } | null,
  revocation: KnownRevocation | null,
  now: Date,
): SignatureState {
  if (revocation !== null && (timestampedAt === null || timestampedAt >= revocation.effectiveAt))
    return 'revoked';
  if (certificate === null) return 'unlisted';
  if (certificate.purpose === 'test') return 'test-certificate';
  if (timestampedAt === null && certificate.validTo < now) return 'expired';
  return revocation === null ? 'good' : 'good-before-revocation';
}

/** Signatures by standing, with counts → the standing of the release. A release without signatures is `unlisted`. */
export function standingOfRelease(
  signatures: Iterable<{ readonly standing: SignatureStanding; readonly count: number }>,
): ReleaseStanding {
  const counts = Object.fromEntries(signatureStates.map((state) => [state, 0])) as Record<
    SignatureState,
    number
  >;
  let worst: SignatureStanding | null = null;
  let publisher: Publisher | null = null;
  for (const { standing, count } of signatures) {
    counts[standing.state] += count;
    if (publisher !== 'project') publisher = standing.publisher ?? publisher;
    if (worst === null || isWorse(standing, worst)) worst = standing;
  }
  return { ...(worst ?? { state: 'unlisted', revocation: null }), publisher, counts };
}

/** Of two in the same state, the one with the earlier revocation date is worse. */
function isWorse(standing: SignatureStanding, other: SignatureStanding): boolean {
  if (standing.state !== other.state) return worstOf(standing.state, other.state) === standing.state;
  if (standing.revocation === null || other.revocation === null) return false;
  return standing.revocation.effectiveAt < other.revocation.effectiveAt;
}
