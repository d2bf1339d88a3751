import type { KnownRevocation } from './revoked.ts';
import { signatureStates, worstOf } from './states.ts';
import type { Publisher, ReleaseStanding, SignatureStanding, SignatureState } from './states.ts';

/**
 * A signature → how it stands. `certificate` null: the foundation's list has none of that number. A revocation counts before all
 * else: what is revoked isn't excused by being unlisted or for tests. Its date decides, and only a timestamp is believed about when
 * something was signed.
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

/** Signatures, each kind with how many there are → the release. One without any is `unlisted`: nothing speaks for it. */
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

/** Of two alike, the one whose revocation reaches back farther says more. */
function isWorse(one: SignatureStanding, other: SignatureStanding): boolean {
  if (one.state !== other.state) return worstOf(one.state, other.state) === one.state;
  if (one.revocation === null || other.revocation === null) return false;
  return one.revocation.effectiveAt < other.revocation.effectiveAt;
}
