/** A plan as plain text, for a terminal. */
import { formatDiagnostic } from '../index.ts';
import type { AffectedPolicy, PolicyView } from './affected-policies.ts';
import { type Effect, shown } from '../../field-record/index.ts';
import type { Change } from './change.ts';
import type { Plan, ReplayReport } from './plan.ts';

const effectMark: Readonly<Record<Effect, string>> = { loosens: '!', tightens: '+', neutral: '·' };

const conclusions: Readonly<Record<Effect, string>> = {
  loosens: 'This change LOOSENS: something may be signed that could not be signed before, or others decide.',
  tightens: 'This change tightens: nothing more can be signed than before.',
  neutral: 'This change decides nothing.',
};

/** Maximum length of lists for people. */
const shownMax = 200;
const movesMax = 10;

export function formatPlan(plan: Plan): string {
  const { changes, affected, replay } = plan;
  if (changes.length === 0 && plan.guards.length === 0) return 'Nothing changes.\n';
  const lines = [
    `${counted(changes.length, 'change')} from ${plan.base.slice(0, 12)} to ${plan.head.slice(0, 12)}`,
    '',
  ];
  for (const [where, group] of grouped(changes)) {
    lines.push(where, ...group.flatMap(formatChange), '');
  }
  if (changes.length > shownMax) lines.push(`… and ${changes.length - shownMax} more changes`, '');
  for (const policy of affected.policies.slice(0, shownMax)) lines.push(...formatAffected(policy), '');
  const hidden = affected.leftOut + Math.max(0, affected.policies.length - shownMax);
  if (hidden > 0) lines.push(`… and ${hidden} more policies`, '');
  if (replay !== null) lines.push(...formatReplay(replay), '');
  lines.push(...plan.guards.map((guard) => `GUARD ${formatDiagnostic(guard)}`));
  lines.push(conclusion(plan), signaturesOf(plan), '');
  return lines.join('\n');
}

export function conclusion(plan: Plan): string {
  const count = (effect: Effect): number => plan.changes.filter((change) => change.effect === effect).length;
  const counts = `${count('loosens')} loosen, ${count('tightens')} tighten, ${count('neutral')} are neutral`;
  return `${conclusions[plan.effect]} (${counts})`;
}

/** The signatures that the signer requires, if the change says who wrote it. */
export function signaturesOf({ required: { needed, leaving } }: Plan): string {
  const who =
    needed === 1
      ? 'It takes the signature of one policy maintainer who did not write it.'
      : `It takes the signatures of ${needed} policy maintainers, and not only of whoever wrote it.`;
  return leaving.length === 0 ? who : `${who} That of ${leaving.join(', ')} does not count.`;
}

/**
 * What two commits alone don't show but the portal and the signer take into account. Sentences; none where nothing changes.
 */
export function unknownToPlan({ changes, guards, moves }: Plan): readonly string[] {
  if (changes.length === 0 && guards.length === 0) return [];
  return [
    'What was removed in the week before: removals that are each small are counted together, and may strike guard.removal.',
    'Who wrote the commits: where a commit doesn’t say, or nobody of the policy is named, it takes two signatures.',
    'Whether somebody objects, and whether the policy in force is still the one compared with.',
    ...moves
      .slice(0, movesMax)
      .map(
        ({ project, to }) =>
          `Whether ${project} was reviewed for the program ${to}: the portal merges nothing before it was.`,
      ),
    ...(moves.length > movesMax ? [`The same of ${counted(moves.length - movesMax, 'more project')}.`] : []),
  ];
}

/** Changes by where they are, in the order of the plan. */
export function grouped(changes: readonly Change[]): ReadonlyMap<string, readonly Change[]> {
  const groups = new Map<string, Change[]>();
  for (const change of changes.slice(0, shownMax)) {
    const where = change.project === null ? change.file : ownerName(change);
    const group = groups.get(where);
    if (group === undefined) groups.set(where, [change]);
    else group.push(change);
  }
  return groups;
}

function ownerName({ project, policy, file }: Change): string {
  return policy === null ? `${project ?? ''} (${file})` : `${project ?? ''}/${policy} (${file})`;
}

function formatChange(change: Change): readonly string[] {
  const { effect, field, reason, before, after } = change;
  const name = field === '' ? 'the whole file' : field;
  const values = field === '' ? (before === null ? 'added' : 'removed') : `${side(before)} → ${side(after)}`;
  return [`  ${effectMark[effect]} ${effect.padEnd(8)} ${name}: ${values}`, `             ${reason}`];
}

const side = (value: Change['before']): string => (value === null ? 'nothing' : shown(value));

/** A policy before and after → the removed and the added sentences, each after its section's title. */
export function changedSentences({ before, after }: Pick<AffectedPolicy, 'before' | 'after'>): {
  readonly gone: readonly string[];
  readonly come: readonly string[];
} {
  const earlier = sentences(before);
  const later = sentences(after);
  return {
    gone: earlier.filter((one) => !later.includes(one)),
    come: later.filter((one) => !earlier.includes(one)),
  };
}

/** Only the sentences that differ. */
export function sentenceChanges(affected: AffectedPolicy): readonly string[] {
  const { gone, come } = changedSentences(affected);
  return [...gone.map((one) => `- ${one}`), ...come.map((one) => `+ ${one}`)];
}

function sentences(view: PolicyView | null): readonly string[] {
  return (view?.sections ?? []).flatMap((section) =>
    section.sentences.map((sentence) => `${section.title}: ${sentence}`),
  );
}

function formatAffected(affected: AffectedPolicy): readonly string[] {
  const { project, policy, before, after } = affected;
  const state = before === null ? ' (new)' : after === null ? ' (gone)' : '';
  const changed = sentenceChanges(affected);
  const none = 'The same sentences; a key or a line that no sentence shows changed.';
  return [
    `Policy ${project}/${policy}${state}`,
    ...(changed.length === 0 ? [none] : changed).map((one) => `    ${one}`),
  ];
}

function formatReplay(replay: ReplayReport): readonly string[] {
  const { requests, changed, outcomes } = replay;
  const lines = [
    `Replay of ${counted(requests, 'past request')}: ${outcomes.allowed} allowed, ${outcomes.denied} denied, ` +
      `${outcomes.waiting} waiting for approval, ${outcomes.unknown} unknown; ${changed.length} change.`,
  ];
  for (const { id, project, policy, before, after } of changed.slice(0, shownMax)) {
    const rule = after.rule ?? before.rule ?? '';
    lines.push(`    ${project}/${policy} ${id}: ${before.outcome} → ${after.outcome} by ${rule}`);
    const message = after.message ?? before.message;
    if (message !== null) lines.push(`        ${message}`);
  }
  if (changed.length > shownMax) lines.push(`    … and ${changed.length - shownMax} more`);
  return lines;
}

export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
