/**
 * Whether a ruleset holds, for everybody and since when the policy wants it. Answers describe the moment of asking; what was before
 * is in `created_at`, `updated_at` and, for who may change the ruleset, in its history.
 */
import type { Rulesets } from '../../../generated/index.ts';
import { askAgain, fixOf, problemOf } from '../../host-judge.ts';
import { answerTo, type HostAnswers, type HostQuestion } from '../../host.ts';
import type { Ruleset } from './answers.ts';
import type { Need } from './needs.ts';
import type { Questions } from './questions.ts';
import { covers } from './ref-pattern.ts';

export type Held =
  | { readonly is: 'held' }
  | { readonly is: 'open'; readonly reason: string }
  | { readonly is: 'unknown'; readonly problem: string; readonly fix: string };

const held: Held = { is: 'held' };
const open = (reason: string): Held => ({ is: 'open', reason });

const buildAgain = 'Build again: then the rules are there already.';
const bypassFix =
  'GitHub tells who can bypass a ruleset only to who may change it: let the signer’s App administer the repository, or set allowBypass: true.';

const day = 24 * 3_600_000;

/** From when on the rules must have been in force. */
export function since(
  { enforcedFrom }: Rulesets,
  built: { readonly runStartedAt: string; readonly repositoryCreatedAt: string },
): Date {
  if (enforcedFrom === undefined || enforcedFrom === 'current-build') return new Date(built.runStartedAt);
  // Nobody can protect a repository before it exists.
  if (enforcedFrom === 'earliest') return new Date(Date.parse(built.repositoryCreatedAt) + day);
  return new Date(`${enforcedFrom}T00:00:00Z`);
}

export interface RulesetContext {
  readonly questions: Questions;
  readonly answers: HostAnswers;
  readonly from: Date;
  readonly allowBypass: boolean;
  /** In full, of the branch or tag that must be protected. */
  readonly ref: string;
  /** Of the default branch, as it is now. */
  readonly defaultRef: string;
}

type Version = { readonly [Member in keyof Ruleset]?: Ruleset[Member] | undefined };

/** Which branches a ruleset is about now, the host has matched itself; tags never, and nothing of what was before. */
function isAbout({ ref, defaultRef }: RulesetContext, version: Version, now: Version | null): boolean {
  const target = ref.startsWith('refs/tags/') ? 'tag' : 'branch';
  if (now === null && target === 'branch') return true;
  const named = version.conditions?.ref_name;
  if ((version.target ?? now?.target) !== target || named === undefined) return false;
  const before = now?.conditions?.ref_name;
  const isAsNow =
    target === 'branch' && before !== undefined && JSON.stringify(before) === JSON.stringify(named);
  return isAsNow || covers(named, ref, defaultRef);
}

/** What a version of a ruleset is, for a need. `now`: the ruleset as it is; null: this is it. */
function state(context: RulesetContext, version: Version, need: Need, now: Version | null = null): Held {
  const { allowBypass, ref } = context;
  if (version.enforcement !== 'active') return open('it is not active');
  if (!isAbout(context, version, now)) return open(`it is not about ${ref}`);
  if (!(version.rules ?? []).some((rule) => need.filledBy(rule))) return open('it does not ask for that');
  if (allowBypass) return held;
  const { bypass_actors: actors } = version;
  if (actors === undefined) {
    return { is: 'unknown', problem: 'it does not say who can bypass it', fix: bypassFix };
  }
  if (actors.length === 0) return held;
  return open(`${[...new Set(actors.map(({ actor_type: type }) => type))].join(', ')} can bypass it`);
}

/** Versions that were in force at `from` or after, without today's; null: the history doesn't reach back. */
function earlier(
  history: readonly { readonly version_id: number; readonly updated_at: string }[],
  from: Date,
): readonly number[] | null {
  const ordered = history.toSorted(
    // Within the same second the later version has the higher number.
    (a, b) => Date.parse(a.updated_at) - Date.parse(b.updated_at) || a.version_id - b.version_id,
  );
  const first = ordered.findLastIndex(({ updated_at: at }) => Date.parse(at) <= from.getTime());
  return first === -1 ? null : ordered.slice(first, -1).map(({ version_id: id }) => id);
}

const versionsMax = 3;

/** What is still to be asked about a ruleset that would fill one of the needs. */
export function toAsk(context: RulesetContext, id: number, needs: readonly Need[]): readonly HostQuestion[] {
  const { questions, answers, from } = context;
  const details = answerTo(answers, questions.ruleset(id));
  if (details === null) return [questions.ruleset(id)];
  if (details.kind !== 'told') return [];
  const { created_at: created, updated_at: updated } = details.said;
  if (!needs.some((need) => state(context, details.said, need).is === 'held')) return [];
  if (created === undefined || updated === undefined) return [];
  if (Date.parse(updated) <= from.getTime() || Date.parse(created) > from.getTime()) return [];
  if ((details.said.source_type ?? 'Repository') !== 'Repository') return [];
  const history = answerTo(answers, questions.history(id));
  if (history === null) return [questions.history(id)];
  if (history.kind !== 'told') return [];
  const versions = earlier(history.said, from) ?? [];
  if (versions.length > versionsMax) return [];
  return versions
    .map((version) => questions.version(id, version))
    .filter((question) => answerTo(answers, question) === null);
}

export function judgeRuleset(context: RulesetContext, id: number, need: Need): Held {
  const { questions, answers, from } = context;
  const details = answerTo(answers, questions.ruleset(id));
  if (details?.kind !== 'told') {
    return { is: 'unknown', problem: problemOf(details), fix: fixOf(details) };
  }
  const ruleset = details.said;
  if (ruleset.id !== id)
    return { is: 'unknown', problem: 'the answer is about another ruleset', fix: askAgain };
  const now = state(context, ruleset, need);
  if (now.is !== 'held') return now;
  const { created_at: created, updated_at: updated } = ruleset;
  if (created === undefined || updated === undefined) {
    return { is: 'unknown', problem: 'it does not say since when it is there', fix: askAgain };
  }
  if (Date.parse(updated) <= from.getTime()) return held;
  if (Date.parse(created) > from.getTime()) {
    return open(`it is there only since ${created}, and has to be since ${from.toISOString()}`);
  }
  return before(context, ruleset, need);
}

/** It was changed since: whether it held all the time is in its history. */
function before(context: RulesetContext, ruleset: Ruleset, need: Need): Held {
  const { id, updated_at: updated } = ruleset;
  const { questions, answers, from } = context;
  const changed = `it was changed at ${updated ?? '?'}, after ${from.toISOString()}`;
  if ((ruleset.source_type ?? 'Repository') !== 'Repository') {
    const problem = `${changed}, and which repositories an organization’s was about before is not told`;
    return { is: 'unknown', problem, fix: buildAgain };
  }
  const history = answerTo(answers, questions.history(id));
  if (history?.kind !== 'told') {
    return { is: 'unknown', problem: `${changed}, and ${problemOf(history)}`, fix: fixOf(history) };
  }
  const versions = earlier(history.said, from);
  if (versions === null || versions.length > versionsMax) {
    const why = versions === null ? 'its history does not reach back' : 'that often that it is not followed';
    return {
      is: 'unknown',
      problem: `${changed}, ${why}`,
      fix: buildAgain,
    };
  }
  for (const version of versions) {
    const answer = answerTo(answers, questions.version(id, version));
    if (answer?.kind !== 'told') {
      return { is: 'unknown', problem: `${changed}, and ${problemOf(answer)}`, fix: fixOf(answer) };
    }
    const then = state(context, answer.said.state, need, ruleset);
    if (then.is !== 'held') {
      return then.is === 'open' ? open(`before it was changed at ${updated ?? '?'}, ${then.reason}`) : then;
    }
  }
  return held;
}
