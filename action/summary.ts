/** What the run's page says of the request, as Markdown. Pure. */
import { plain } from '../cli/plain.ts';
import { findingText, type FindingShown } from './annotations.ts';
import { cut } from './runner/commands.ts';

export interface StepShown {
  readonly step: string;
  readonly state: string;
  readonly failed: number;
}

export interface SignedFile {
  /** Where it was downloaded to; null: it wasn't. */
  readonly path: string | null;
  readonly name: string;
  readonly sha256: string;
}

export interface SummaryFacts {
  readonly portal: string;
  readonly id: string;
  readonly url: string;
  readonly state: string;
  /** The signer's sentence about the state. */
  readonly said: string | null;
  readonly project: string | null;
  readonly policy: string | null;
  readonly submitted: { readonly name: string; readonly sha256: string } | null;
  /** Whether an earlier attempt or run had made the request already. */
  readonly attached: boolean;
  readonly steps: readonly StepShown[];
  readonly reasons: readonly FindingShown[];
  readonly reasonsTotal: number;
  readonly signed: SignedFile | null;
  /** What comes next, as a sentence of ours. */
  readonly next: string | null;
}

const textCharactersMax = 1000;
const reasonsMax = 50;

/** Somebody's text → the same text in Markdown: each sign that means something there is escaped, and it stays on its line. */
export const escapeMarkdown = (text: string): string =>
  cut(plain(text), textCharactersMax)
    .replaceAll(/[\s]+/g, ' ')
    .replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`);

const states: Readonly<Record<string, string>> = {
  completed: '✅ Signed',
  denied: '❌ Denied',
  failed: '⚠️ Given up',
  cancelled: '⏹️ Cancelled',
  superseded: '⏹️ Replaced by a newer build',
  'waiting-for-approval': '⏳ Waiting for approval',
};

export function summaryOf(facts: SummaryFacts): string {
  const { id, state, said, project, policy, submitted, signed, next } = facts;
  const e = escapeMarkdown;
  const rows: readonly (readonly [string, string | null])[] = [
    ['Request', `${link(id, facts)}${facts.attached ? ' (made before; this run goes on with it)' : ''}`],
    ['Project and policy', project === null ? null : `${e(project)} / ${e(policy ?? '')}`],
    ['Submitted', submitted === null ? null : `${e(submitted.name)}, SHA-256 ${e(submitted.sha256)}`],
    ['Signed file', signed === null ? null : `${e(signed.path ?? signed.name)}, SHA-256 ${e(signed.sha256)}`],
  ];
  return [
    `### Countersign: ${states[state] ?? e(state)}`,
    '',
    ...(said === null || said === '' ? [] : [e(said), '']),
    '| | |',
    '| --- | --- |',
    ...rows.flatMap(([name, value]) => (value === null ? [] : [`| ${name} | ${value} |`])),
    '',
    ...stepLines(facts.steps),
    ...reasonLines(facts),
    ...(next === null ? [] : [e(next), '']),
  ].join('\n');
}

/** The address leads to the portal that was named, whatever an answer says. */
function link(text: string, { portal, url }: SummaryFacts): string {
  const target = URL.parse(url);
  if (target?.origin !== portal) return escapeMarkdown(text);
  return `[${escapeMarkdown(text)}](${target.href.replaceAll(/[()<>\s\\]/g, encodeURIComponent)})`;
}

function stepLines(steps: readonly StepShown[]): readonly string[] {
  if (steps.length === 0) return [];
  return [
    '| Step | |',
    '| --- | --- |',
    ...steps.map(
      ({ step, state, failed }) =>
        `| ${escapeMarkdown(step)} | ${escapeMarkdown(state)}${failed > 0 ? `, ${failed} failed` : ''} |`,
    ),
    '',
  ];
}

function reasonLines({ reasons, reasonsTotal, url }: SummaryFacts): readonly string[] {
  if (reasonsTotal === 0) return [];
  const shown = reasons.slice(0, reasonsMax);
  const rest = reasonsTotal - shown.length;
  return [
    '#### Why',
    '',
    ...shown.flatMap((finding) => {
      const [first = '', ...lines] = findingText(finding).split('\n');
      return [
        `- ${escapeMarkdown(first)} ${escapeMarkdown(`[${finding.rule}]`)}`,
        ...lines.map((line) => `  - ${escapeMarkdown(line)}`),
      ];
    }),
    ...(rest > 0 ? [`- ${rest} more: ${escapeMarkdown(url)}`] : []),
    '',
  ];
}
