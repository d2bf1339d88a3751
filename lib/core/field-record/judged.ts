/** What a difference in a policy file does to what gets signed. */
import type { JsonValue } from '../json/index.ts';

/**
 * tightens: everything that is allowed afterwards was allowed before, and the same people decide. loosens: something may
 * be allowed that wasn't, or nobody here can say that it isn't, or others decide. neutral: decides nothing.
 */
export type Effect = 'tightens' | 'loosens' | 'neutral';

export interface Judged {
  readonly effect: Effect;
  /** One plain sentence. */
  readonly reason: string;
}

/** One part of a document that differs. */
export interface Difference {
  /** From the root of the document; a member of a list by its name where it has one. */
  readonly path: readonly (string | number)[];
  /** The same with list indexes, in the document after the change (before it, for what was removed). */
  readonly place: readonly (string | number)[];
  /** item: a member of a list was added or removed; order: the members of a list changed places. */
  readonly nature: 'value' | 'item' | 'order';
  /** undefined: it wasn't there. */
  readonly before: JsonValue | undefined;
  /** undefined: it isn't there any more. */
  readonly after: JsonValue | undefined;
}

const weight: Readonly<Record<Effect, number>> = { neutral: 0, tightens: 1, loosens: 2 };

/** Several effects → the one that counts: a change that does both loosens. */
export function worst(effects: Iterable<Effect>): Effect {
  let found: Effect = 'neutral';
  for (const effect of effects) if (weight[effect] > weight[found]) found = effect;
  return found;
}

/** Fails closed: what isn't known loosens. */
export const unknownField: Judged = {
  effect: 'loosens',
  reason: 'Nobody has told this program what the field means, so the change counts as loosening.',
};
