/** Whether a change can be merged, and what is missing: each condition once, in the order people meet them. Pure. */
import type { ProgramMove } from '#core/policy/plan/index.ts';
import type { SignatureCount } from '#core/policy/acceptance/index.ts';

export type ConditionName = 'valid' | 'current' | 'reviewed' | 'signatures' | 'objections' | 'mergeable';

export interface Condition {
  readonly name: ConditionName;
  readonly met: boolean;
  /** One sentence for people. */
  readonly message: string;
  /** What to do about it; null where it is met. */
  readonly fix: string | null;
}

export interface ReadinessInput {
  readonly problems: number;
  /** Commits of the main branch that the change lacks. */
  readonly behindBy: number;
  /** Whether the main branch is the policy in force: the commits between them would be included unseen. */
  readonly mainInForce: boolean;
  /** Projects that it moves to another program. */
  readonly moves: readonly ProgramMove[];
  /** Those of them that no review for that program has accepted. */
  readonly unreviewed: readonly ProgramMove[];
  readonly signatures: SignatureCount;
  /** Names of people who object. */
  readonly objections: readonly string[];
  /** null: the host hasn't worked it out. */
  readonly mergeable: boolean | null;
}

export function conditionsOf(input: ReadinessInput): readonly Condition[] {
  const { problems, behindBy, signatures } = input;
  const { needed, counted, able } = signatures;
  const missing = needed - counted.length;
  return [
    condition(
      'valid',
      problems === 0,
      'It is a valid policy.',
      `${problems} problems make it no policy.`,
      'Correct what is listed under “Problems”.',
    ),
    condition(
      'current',
      behindBy === 0 && input.mainInForce,
      'It starts from the policy in force.',
      behindBy > 0
        ? `The policy has moved on by ${behindBy === 1 ? 'one commit' : `${behindBy} commits`} since.`
        : 'The main branch holds commits that the signer has not accepted.',
      behindBy > 0
        ? 'Bring it up to date; signatures then have to be given again.'
        : 'Wait for the signer, or see on the page “Service state” why it refuses them.',
    ),
    ...(input.moves.length === 0 ? [] : [reviewed(input.moves, input.unreviewed)]),
    condition(
      'signatures',
      signatures.enough,
      `${counted.length} of ${needed} policy maintainers signed it.`,
      `${counted.length} of ${needed} policy maintainers signed it.`,
      able.length >= needed
        ? `${missing === 1 ? 'One more has' : `${missing} more have`} to sign, and not only whoever wrote it.`
        : `Only ${able.length} of the maintainers could sign it: add policy maintainers first.`,
    ),
    condition(
      'objections',
      input.objections.length === 0,
      'Nobody objects.',
      `${input.objections.join(', ')} ${input.objections.length === 1 ? 'objects' : 'object'}.`,
      'Answer the objection with a change, or ask for it to be withdrawn.',
    ),
    condition(
      'mergeable',
      input.mergeable === true,
      'It can be merged.',
      input.mergeable === null
        ? 'The Git host has not said yet whether it can be merged.'
        : 'It conflicts with what was merged since.',
      input.mergeable === null ? 'Try again in a moment.' : 'Rebase the branch and push it again.',
    ),
  ];
}

function reviewed(moves: readonly ProgramMove[], unreviewed: readonly ProgramMove[]): Condition {
  const named = (some: readonly ProgramMove[]): string =>
    some.map(({ project, to }) => `${project} for ${to}`).join(', ');
  return condition(
    'reviewed',
    unreviewed.length === 0,
    `It was reviewed and accepted: ${named(moves)}.`,
    `It moves a project to another program, and nobody has accepted that: ${named(unreviewed)}.`,
    'Whoever speaks for the project applies again, for the other program; once reviewers have accepted it, the portal proposes the move itself.',
  );
}

function condition(name: ConditionName, met: boolean, yes: string, no: string, fix: string): Condition {
  return { name, met, message: met ? yes : no, fix: met ? null : fix };
}
