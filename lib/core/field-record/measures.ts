/** Ways to tell whether a difference asks for more or for less. Each answers for one field. */
import { canonicalJson } from '../json/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { Difference, Judged } from './judged.ts';

/** What both whole documents hold, for fields whose meaning depends on others. */
export interface Documents {
  readonly before: JsonValue;
  readonly after: JsonValue;
}

export type Measure = (difference: Difference, documents: Documents) => Judged;

export const loosens = (reason: string): Judged => ({ effect: 'loosens', reason });
export const tightens = (reason: string): Judged => ({ effect: 'tightens', reason });
export const neutral = (reason: string): Judged => ({ effect: 'neutral', reason });

/** JSON as people read it: texts bare, all else on one line. */
export function shown(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : canonicalJson(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

/** Text for people; the signer never reads it. */
export const text =
  (what: string): Measure =>
  () =>
    neutral(`${what} is for people to read and decides nothing.`);

/** One thing is believed in the place of another; which of them is stricter nobody can say from here. */
export const identity =
  (what: string): Measure =>
  ({ before, after }) => {
    if (before === undefined) return loosens(`${what} ${shown(after)} is believed now.`);
    if (after === undefined) return loosens(`${what} ${shown(before)} is not compared any more.`);
    return loosens(`${what} becomes ${shown(after)}: what comes from there is accepted now.`);
  };

/** Whoever and whatever is on the list may do something; an absent list allows nothing. */
export const allowList =
  (what: string): Measure =>
  ({ nature, before, after }) => {
    if (nature === 'order') return neutral('Only the order changed.');
    if (before === undefined) return loosens(`${what} ${shown(after)} is allowed now.`);
    if (after === undefined) return tightens(`${what} ${shown(before)} is not allowed any more.`);
    return loosens(`${what}: the whole list was replaced.`);
  };

/**
 * Who decides, and by how many: fewer people who may are others who rule alone, so either way takes as many signatures as
 * what loosens. Only the order of a list says nothing.
 */
export const authority =
  (what: string): Measure =>
  ({ nature, before, after }) => {
    if (nature === 'order') return neutral('Only the order changed.');
    if (before === undefined) return loosens(`${what}: ${shown(after)} comes. That changes who decides.`);
    if (after === undefined) return loosens(`${what}: ${shown(before)} goes. That changes who decides.`);
    return loosens(`${what}: ${shown(before)} becomes ${shown(after)}. That changes who decides.`);
  };

/** A role in the foundation. An auditor decides nothing, and is given and taken away as carefully: both are about who watches. */
export const foundationRole: Measure = (change, context) => {
  const given = change.after ?? change.before;
  const role = Array.isArray(given) && given.length === 1 ? (given[0] as unknown) : given;
  if (change.nature === 'order' || role !== 'auditor')
    return authority('Role in the foundation')(change, context);
  return loosens(
    change.after === undefined
      ? 'Role in the foundation: an auditor goes. That changes who watches.'
      : 'Role in the foundation: an auditor comes. That changes who reads what was done and decided.',
  );
};

/** What has to hold; one that is there asks for more than none. */
export const requirement =
  (what: string): Measure =>
  ({ nature, before, after }) => {
    if (nature === 'order') return neutral('Only the order changed.');
    if (before === undefined) return tightens(`${what} is required now.`);
    if (after === undefined) return loosens(`${what} is not required any more.`);
    return loosens(`${what} must be ${shown(after)} now, which allows what it didn't allow before.`);
  };

/** Values from the loosest to the strictest; `absent` is what a missing line means. */
export const steps =
  (what: string, order: readonly JsonValue[], absent: JsonValue): Measure =>
  ({ before = absent, after = absent }) =>
    compareRanks(what, order.indexOf(before), order.indexOf(after), before, after);

/** Numbers: more asks for more. `absent`: the number that a missing line stands for. */
export const atLeast =
  (what: string, absent: number): Measure =>
  ({ before = absent, after = absent }) =>
    compareRanks(what, rank(before), rank(after), before, after);

/** Numbers: fewer asks for more; a missing line and any text stand for no limit. */
export const atMost =
  (what: string): Measure =>
  ({ before = 'unbounded', after = 'unbounded' }) =>
    compareRanks(what, ceilingRank(before), ceilingRank(after), before, after);

const rank = (value: JsonValue): number => (typeof value === 'number' && value >= 0 ? value : -1);
// 0: no limit at all; the smaller the limit, the higher the rank.
const ceilingRank = (value: JsonValue): number => {
  if (typeof value === 'number') return value >= 0 ? 1 / (value + 1) : -1;
  return value === 'unbounded' ? 0 : -1;
};

/** Rank −1: a value that isn't known here. */
function compareRanks(what: string, before: number, after: number, from: JsonValue, to: JsonValue): Judged {
  if (before < 0 || after < 0) return loosens(`${what} has a value that this program can't compare.`);
  if (before === after) return neutral(`${what} says the same as before.`);
  const change = `${what} goes from ${shown(from)} to ${shown(to)}`;
  return after > before
    ? tightens(`${change}, which asks for more.`)
    : loosens(`${change}, which asks for less.`);
}
