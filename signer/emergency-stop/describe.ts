import { factsOf } from './entry.ts';
import { livesSeconds, type Presence } from './presence.ts';
import type { HeldStop } from './state.ts';

/** What is stopped, and which signers have it in force, for the service state; null: nothing is stopped. */
export function describeHeld(
  held: readonly HeldStop[],
  presences: readonly Presence[] | null,
): string | null {
  if (held.length === 0) return null;
  const lines = held.slice(0, 20).map(({ entry, digest, doubt }) => {
    const { project, reason, at } = factsOf(entry);
    const what = `${project ?? 'everything'} is stopped since ${at}: ${reason}`;
    const unproved = doubt === null ? '' : ` (this signer can’t verify it, and stops all the same: ${doubt})`;
    return what + unproved + confirmations(digest, presences);
  });
  return lines.join('; ') + (held.length > 20 ? `; and ${held.length - 20} more` : '');
}

function confirmations(digest: string, presences: readonly Presence[] | null): string {
  if (presences === null) return '';
  const living = presences.filter((one) => one.lives);
  const has = (one: Presence): boolean => one.stops.some((stop) => stop.digest === digest);
  const [with_, without] = [living.filter(has), living.filter((one) => !has(one))];
  const names = (all: readonly Presence[]) => all.map((one) => one.signer).join(', ');
  const yes = with_.length === 0 ? '' : ` – confirmed by ${names(with_)}`;
  const no =
    without.length === 0 ? '' : ` – not confirmed by ${names(without)} in the last ${livesSeconds} s`;
  return yes + no;
}
