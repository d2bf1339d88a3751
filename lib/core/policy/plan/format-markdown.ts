/** A plan as a comment on a pull request. Every value from a file is shown as code, so that none of it is markup. */
import { type Effect, shown } from '../../field-record/index.ts';
import type { Change } from './change.ts';
import { conclusion, counted, grouped, sentenceChanges, signaturesOf } from './format-plan.ts';
import type { Plan, ReplayReport } from './plan.ts';

const signs: Readonly<Record<Effect, string>> = {
  loosens: '🔴 loosens',
  tightens: '🟢 tightens',
  neutral: '⚪ neutral',
};

/** Comments on GitHub have at most 65,536 characters; what follows has to fit, too. */
const charactersMax = 60_000;
const shownMax = 50;

/** Marks the comment, so that the next plan replaces it. */
export const planMarker = '<!-- countersign-plan -->';

export function formatPlanMarkdown(plan: Plan): string {
  const head = [
    planMarker,
    '### Policy plan',
    '',
    plan.changes.length === 0 ? 'Nothing changes.' : `**${conclusion(plan)}**`,
    '',
    plain(signaturesOf(plan)),
    '',
    ...plan.guards.map((guard) => `- ⛔ ${code(guard.rule)} ${plain(`${guard.message} ${guard.fix}`)}`),
    ...(plan.guards.length === 0 ? [] : ['']),
    `From ${code(plan.base.slice(0, 12))} to ${code(plan.head.slice(0, 12))}.`,
    '',
  ];
  const blocks = [
    ...[...grouped(plan.changes)].map(([where, changes]) => changeTable(where, changes)),
    ...(plan.replay === null ? [] : [replayTable(plan.replay)]),
    ...plan.affected.policies
      .slice(0, shownMax)
      .map((policy) =>
        details(`Policy ${code(`${policy.project}/${policy.policy}`)}, in sentences`, [
          '```diff',
          ...sentenceChanges(policy).map((line) => line.replaceAll('`', 'ˋ')),
          '```',
        ]),
      ),
  ];
  let text = head.join('\n');
  for (const [index, block] of blocks.entries()) {
    if (text.length + block.length > charactersMax) {
      return `${text}\n_${counted(blocks.length - index, 'more section')}: run \`countersign plan\` for all of it._\n`;
    }
    text += `${block}\n`;
  }
  return text;
}

function changeTable(where: string, changes: readonly Change[]): string {
  const rows = changes.slice(0, shownMax).map(({ effect, field, before, after, reason, line }) => {
    const name = field === '' ? 'whole file' : field;
    return `| ${signs[effect]} | ${code(name)} (line ${line}) | ${side(before)} | ${side(after)} | ${plain(reason)} |`;
  });
  const left = changes.length - rows.length;
  return [
    `#### ${code(where)}`,
    '',
    '| Effect | Field | Before | After | Why |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    ...(left > 0 ? [`| | … and ${left} more | | | |`] : []),
    '',
  ].join('\n');
}

const side = (value: Change['before']): string => (value === null ? '–' : code(shown(value)));

function replayTable({ requests, changed, outcomes }: ReplayReport): string {
  const rows = changed
    .slice(0, shownMax)
    .map(
      ({ id, project, policy, before, after }) =>
        `| ${code(id)} | ${code(`${project}/${policy}`)} | ${before.outcome} | ${after.outcome} | ${code(after.rule ?? before.rule ?? '–')} |`,
    );
  const table =
    rows.length === 0
      ? []
      : ['| Request | Policy | Before | After | Rule |', '| --- | --- | --- | --- | --- |', ...rows];
  const left = changed.length - rows.length;
  return [
    '#### Replay',
    '',
    `${counted(requests, 'past request')}: ${changed.length} decided otherwise. Afterwards ${outcomes.allowed} are allowed, ` +
      `${outcomes.denied} denied, ${outcomes.waiting} wait for approval, ${outcomes.unknown} can't be told.`,
    '',
    ...table,
    ...(left > 0 ? ['', `… and ${left} more.`] : []),
    '',
  ].join('\n');
}

function details(summary: string, lines: readonly string[]): string {
  return [
    '<details>',
    `<summary>${summary.replaceAll('`', '')}</summary>`,
    '',
    ...lines,
    '',
    '</details>',
    '',
  ].join('\n');
}

/** Text → a safe code span: no backticks, pipes, line ends or tags can break out of it. */
function code(text: string): string {
  const safe = text
    .replaceAll(/[`\p{Cc}]/gu, ' ')
    .replaceAll('|', '\\|')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .trim();
  return safe === '' ? '` `' : `\`${safe}\``;
}

/** A sentence of ours that may quote a value. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ').replaceAll(/[\\`*_[\]<>|#@]/g, (character) => `\\${character}`);
}
