/** Whether a register contains all revocations known elsewhere: nothing is ever removed from it. */
import type { RevocationClaim } from './claim.ts';
import type { Revocations } from './revocations.ts';

export interface Shortfall extends RevocationClaim {
  /** What the register has instead: nothing, a later date, a less severe reason. */
  readonly kind: 'missing' | 'later' | 'milder';
}

/** Times in lists and answers have no fractions of a second. */
const inSeconds = (time: Date): number => Math.floor(time.getTime() / 1000);

/** Claims that the register falls short of, in the order of the claims. */
export function shortfallsOf(register: Revocations, claims: Iterable<RevocationClaim>): readonly Shortfall[] {
  const shortfalls: Shortfall[] = [];
  for (const claim of claims) {
    const known = register.get(claim.serial);
    if (known === undefined) shortfalls.push({ ...claim, kind: 'missing' });
    else if (inSeconds(known.effectiveAt) > inSeconds(claim.effectiveAt))
      shortfalls.push({ ...claim, kind: 'later' });
    else if (claim.keyCompromise && known.reason !== 'keyCompromise')
      shortfalls.push({ ...claim, kind: 'milder' });
  }
  return shortfalls;
}

const namedMax = 5;

/** For an error: the number, the first few by serial number, and their sources. */
export function describeShortfalls(shortfalls: readonly Shortfall[]): string {
  const words = {
    missing: 'isn’t in it',
    later: 'stands in it with a later date',
    milder: 'stands in it without keyCompromise',
  };
  const named = shortfalls.slice(0, namedMax).map(({ serial, kind, source, effectiveAt }) => {
    return `${serial} ${words[kind]} (${source}: revoked as of ${effectiveAt.toISOString()})`;
  });
  const more = shortfalls.length - named.length;
  return named.join('; ') + (more > 0 ? `; and ${more} more` : '');
}
