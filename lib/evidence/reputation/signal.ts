import type { HostQuestionName } from '../../platform/code-host/index.ts';
import type { HostWords } from './answers.ts';

/** One thing that is known of a project. It says what it means and what it doesn't; it is never a verdict. */

export type SignalGroup =
  | 'repository'
  | 'activity'
  | 'people'
  | 'licence'
  | 'dual-licensing'
  | 'sponsorship'
  | 'practices'
  | 'popularity';

/** What was asked, before the host's words for it are known. */
type Cited = readonly (
  string | { readonly asks: HostQuestionName | 'star-accounts' } | { readonly file: string }
)[];

export interface Signal {
  readonly id: string;
  readonly group: SignalGroup;
  readonly title: string;
  /** unverified: couldn't be fetched or read. Never a fault. */
  readonly state: 'verified' | 'unverified';
  /** For people; of an unverified one, why. */
  readonly value: string;
  /** look: a reviewer should look closer. */
  readonly note: 'good' | 'neutral' | 'look';
  /** Where it comes from: what was asked of the code host. */
  readonly source: string | Cited;
  /** How easily somebody could make it look better than it is. */
  readonly gaming: 'low' | 'medium' | 'high';
  readonly explanation: string;
  readonly details: readonly string[];
}

export type SignalFrame = Pick<Signal, 'id' | 'group' | 'title' | 'source' | 'gaming' | 'explanation'>;

export const asks = (name: HostQuestionName | 'star-accounts'): Cited => [{ asks: name }];
export const asksFile = (path: string): Cited => [{ file: path }];

/** A signal as it is kept and shown. */
export interface CitedSignal extends Signal {
  /** The questions that were asked of the code host, in its words. */
  readonly source: string;
}

export function citedFrom(signal: Signal, host: HostWords): CitedSignal {
  const { source } = signal;
  const say = (part: Cited[number]): string => {
    if (typeof part === 'string') return part;
    if ('file' in part) return host.fileAsked(part.file);
    return part.asks === 'star-accounts' ? host.starAccounts.asked : host.questions[part.asks].asked;
  };
  return { ...signal, source: typeof source === 'string' ? source : source.map(say).join('') };
}

const detailsMax = 20;
const valueCharactersMax = 300;

export function verified(
  frame: SignalFrame,
  value: string,
  note: Signal['note'],
  details: readonly string[] = [],
): Signal {
  const shown = details.slice(0, detailsMax).map((detail) => clean(detail));
  const more = details.length - shown.length;
  return {
    ...frame,
    state: 'verified',
    value: clean(value, valueCharactersMax),
    note,
    details: more > 0 ? [...shown, `… and ${more} more`] : shown,
  };
}

export const unverified = (frame: SignalFrame, reason: string): Signal => ({
  ...frame,
  state: 'unverified',
  value: clean(reason),
  note: 'neutral',
  details: [],
});

/** Names and paths are whatever somebody wrote: no control characters, no direction marks, no end. */
export function clean(text: string, charactersMax = 200): string {
  return (
    text
      .slice(0, charactersMax * 2)
      .replaceAll(/\p{C}/gu, ' ')
      .slice(0, charactersMax)
      // Half a character at the end is none, and no database takes it.
      .replace(/\p{Cs}$/u, '')
      .trim()
  );
}

const dayMilliseconds = 24 * 3600 * 1000;
export const daysBetween = (from: number, to: number): number =>
  Math.max(0, Math.floor((to - from) / dayMilliseconds));

/** '12 days', '5 months', '3 years'. */
export function span(days: number): string {
  const say = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
  if (days < 60) return say(days, 'day');
  return days < 730 ? say(Math.floor(days / 30), 'month') : say(Math.floor(days / 365), 'year');
}

export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

export function medianOf(numbers: readonly number[]): number | null {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
