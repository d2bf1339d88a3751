/** Tells the Git host what the portal found: one comment with the plan, edited in place, and one check run. */
import { createHash } from 'node:crypto';
import type { Diagnostic } from '#core/policy/index.ts';
import { formatPlanMarkdown } from '#core/policy/plan/index.ts';
import type { CheckAnnotation, CheckConclusion } from '../platform/git-host/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { assess } from './assess.ts';
import type { Assessment } from './assess.ts';
import { onHost } from './error.ts';
import { hostFor, policyInForce } from './host.ts';
import { forget } from './recently.ts';

const checkName = 'countersign / policy';
const commentMarker = 'plan';
const annotationsMax = 200;

/** Publishes what holds for the head of an open change now; saying the same twice changes nothing. */
export async function checkChange(call: {
  readonly ctx: Pick<Portal, 'config' | 'db' | 'policies' | 'policyHosts' | 'now'>;
  readonly input: { readonly number: number };
}): Promise<void> {
  const { ctx, input } = call;
  const accepted = await policyInForce(ctx);
  const host = hostFor(ctx);
  const pull = await onHost(() => host.pullRequest(input.number));
  if (pull.state !== 'open') return;
  const head = pull.head.commit;
  const assessment = await assess(ctx, accepted, head);
  const { conclusion, title, summary } = verdictOf(assessment);
  const annotations = annotationsOf(assessment);
  await forget(ctx);
  const result = { commit: head, name: checkName, conclusion, title, summary, annotations };
  const externalId = createHash('sha256').update(JSON.stringify(result)).digest('hex');
  await onHost(async () => {
    await host.publishCheck({ ...result, externalId });
    await host.setStickyComment({ number: pull.number, marker: commentMarker, body: summary });
  });
}

function verdictOf(assessment: Assessment): {
  readonly conclusion: CheckConclusion;
  readonly title: string;
  readonly summary: string;
} {
  const { problems, plan } = assessment;
  if (plan === null) {
    const lines = problems
      .slice(0, 20)
      .map((problem) => `- \`${problem.file.replaceAll('`', '')}\`, line ${problem.line}: ${inert(problem)}`);
    return {
      conclusion: 'failure',
      title: `No valid policy: ${problems.length} problems`,
      summary: ['### Policy plan', '', 'This is no valid policy:', '', ...lines, ''].join('\n'),
    };
  }
  const summary = formatPlanMarkdown(plan);
  if (plan.guards.length > 0) {
    return { conclusion: 'action_required', title: 'A guard asks for a second look', summary };
  }
  const title = {
    loosens: 'Loosens the policy',
    tightens: 'Tightens the policy',
    neutral: 'Decides nothing new',
  };
  return { conclusion: 'success', title: title[plan.effect], summary };
}

/** A message may quote a file's bytes: none of it becomes markup. */
const inert = ({ message, fix }: Diagnostic): string =>
  `${message} ${fix}`
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll(/[\\`*_[\]<>|#@]/g, (character) => `\\${character}`);

function annotationsOf({ problems, notices, plan }: Assessment): readonly CheckAnnotation[] {
  const annotate = (diagnostic: Diagnostic, level: CheckAnnotation['level']): CheckAnnotation => ({
    path: diagnostic.file,
    startLine: diagnostic.line,
    endLine: diagnostic.line,
    startColumn: diagnostic.column,
    endColumn: diagnostic.column,
    level,
    title: diagnostic.rule,
    message: `${diagnostic.message} ${diagnostic.fix}`,
  });
  const levels = { error: 'failure', warning: 'warning', note: 'notice' } as const;
  return [
    ...problems.map((problem) => annotate(problem, 'failure')),
    // A guard applies to the whole repository, but the host needs a file.
    ...(plan?.guards ?? []).map((guard) =>
      annotate(guard.file === '.' ? { ...guard, file: 'foundation.yaml' } : guard, 'warning'),
    ),
    ...notices.map((notice) => annotate(notice, levels[notice.severity])),
  ].slice(0, annotationsMax);
}
