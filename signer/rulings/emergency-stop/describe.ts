import { factsOf } from './entry.ts';
import { hasRead, livesSeconds, type Presence } from './presence.ts';
import type { HeldStop } from './state.ts';

/** What is stopped, and which signers have it in force, for the service state; null: nothing is stopped. */
export function describeHeld(
  held: readonly HeldStop[],
  presences: readonly Presence[] | null,
): string | null {
  if (held.length === 0) return null;
  const lines = held.slice(0, 20).map(({ entry, digest, seq, doubt }) => {
    const { project, reason, at } = factsOf(entry);
    // Isolated (Unicode Bidirectional Algorithm, FSI and PDI): a mark in the reason turns nothing around behind it.
    const what = `${project ?? 'everything'} is stopped since ${at}: \u2068${reason}\u2069`;
    const unproved = doubt === null ? '' : ` (this signer can’t verify it, and stops all the same: ${doubt})`;
    return what + unproved + confirmations({ digest, seq }, presences);
  });
  return lines.join('; ') + (held.length > 20 ? `; and ${held.length - 20} more` : '');
}

function confirmations(
  { digest, seq }: Pick<HeldStop, 'digest' | 'seq'>,
  presences: readonly Presence[] | null,
): string {
  const living = (presences ?? []).filter((one) => one.lives);
  const has = (one: Presence): boolean => one.stops.some((stop) => stop.digest === digest);
  const say = (words: string, all: readonly Presence[]): string =>
    all.length === 0 ? '' : ` – ${words} ${all.map((one) => one.signer).join(', ')}`;
  const without = living.filter((one) => !has(one));
  return (
    say('confirmed by', living.filter(has)) +
    say(
      'lifted at',
      without.filter((one) => hasRead(one, seq)),
    ) +
    say(
      `not confirmed in the last ${livesSeconds} s by`,
      without.filter((one) => !hasRead(one, seq)),
    )
  );
}
