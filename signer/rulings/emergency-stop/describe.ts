import { factsOf } from './entry.ts';
import { hasRead, aliveSeconds, type Presence } from './presence.ts';
import type { ActiveStop } from './state.ts';

/** What is stopped, and which signers have applied it, for the service state; null: nothing is stopped. */
export function describeActive(
  active: readonly ActiveStop[],
  presences: readonly Presence[] | null,
): string | null {
  if (active.length === 0) return null;
  const lines = active.slice(0, 20).map(({ entry, digest, seq, doubt }) => {
    const { project, reason, at } = factsOf(entry);
    // Isolated (Unicode Bidirectional Algorithm, FSI and PDI): a direction mark in the reason can't affect what follows.
    const what = `${project ?? 'everything'} is stopped since ${at}: \u2068${reason}\u2069`;
    const unproved = doubt === null ? '' : ` (this signer can’t verify it, but stops all the same: ${doubt})`;
    return what + unproved + confirmations({ digest, seq }, presences);
  });
  return lines.join('; ') + (active.length > 20 ? `; and ${active.length - 20} more` : '');
}

function confirmations(
  { digest, seq }: Pick<ActiveStop, 'digest' | 'seq'>,
  presences: readonly Presence[] | null,
): string {
  const living = (presences ?? []).filter((presence) => presence.isAlive);
  const has = (presence: Presence): boolean => presence.stops.some((stop) => stop.digest === digest);
  const say = (words: string, all: readonly Presence[]): string =>
    all.length === 0 ? '' : ` – ${words} ${all.map((presence) => presence.signer).join(', ')}`;
  const without = living.filter((presence) => !has(presence));
  return (
    say('confirmed by', living.filter(has)) +
    say(
      'lifted at',
      without.filter((presence) => hasRead(presence, seq)),
    ) +
    say(
      `not confirmed in the last ${aliveSeconds} s by`,
      without.filter((presence) => !hasRead(presence, seq)),
    )
  );
}
