/** What the runner is told: outputs for later steps, the summary on the run's page, annotations. */
import { isFinal, stateOf, type FindingView, type RequestView } from '../cli/client/index.ts';
import { findingAnnotations } from './annotations.ts';
import type { Inputs } from './read-inputs.ts';
import { annotation } from './runner/commands.ts';
import { writeOutput, writeSummary } from './runner/environment.ts';
import type { FoundRequest, Step } from './submit-request.ts';
import { summaryOf, type SignedFile } from './summary.ts';

interface Outcome {
  readonly view: RequestView;
  readonly found: FoundRequest;
  readonly reasons: readonly FindingView[];
  readonly total: number;
  readonly signed: SignedFile | null;
}

function made({ environment, say }: Step, { id, url, attached }: FoundRequest): void {
  say(`${attached ? 'Going on with the request' : 'The request'}: ${url}`);
  writeOutput(environment, 'request-id', id);
  writeOutput(environment, 'request-url', url);
}

function outcome(step: Step, inputs: Inputs, { view, found, reasons, total, signed }: Outcome): void {
  const { environment } = step;
  const state = stateOf(view);
  writeOutput(environment, 'state', view.status);
  writeOutput(environment, 'outcome', view.outcome ?? '');
  writeOutput(environment, 'signed-files', signed?.path ?? '');
  writeOutput(environment, 'sha256', signed?.sha256 ?? '');
  const said = view.summary === null || view.summary === '' ? null : view.summary;
  writeSummary(
    environment,
    summaryOf({
      portal: inputs.portal,
      id: view.id,
      url: found.url,
      state,
      said,
      project: textOf(view['project']),
      policy: textOf(view['policy']),
      submitted: found.submitted,
      attached: found.attached,
      steps: newestSteps(view).map(({ step: name, state, counts, findings }) => ({
        step: name,
        state,
        failed: counts?.fail ?? findings.filter((one) => one.outcome === 'fail').length,
      })),
      reasons,
      reasonsTotal: total,
      signed,
      next: nextOf(view, inputs),
    }),
  );
  if (isLost(view) && total === 0)
    step.command(annotation('error', `Countersign: ${state}`, `${said ?? state}\n${found.url}`));
  if (total > 0) step.command('::group::Why');
  for (const line of findingAnnotations(reasons, { kind: 'error', total, url: found.url }))
    step.command(line);
  if (total > 0) step.command('::endgroup::');
}

const isLost = (view: RequestView): boolean => isFinal(view) && view.status !== 'completed';
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const newestSteps = (view: RequestView) =>
  view.trace.passes.toSorted((a, b) => b.number - a.number)[0]?.steps ?? [];

function nextOf(view: RequestView, { wait }: Inputs): string | null {
  if (view.status === 'completed' || isLost(view)) return null;
  if (wait === 'poll') return 'This job waits for the outcome.';
  return wait === 'gate'
    ? 'No runner waits. The job that publishes fetches the signed file by request-id, once its environment lets it through.'
    : 'No runner waits. The request goes on at the portal.';
}

/** Of a refusal before there was a request. */
function findings({ command }: Step, all: readonly FindingView[]): void {
  const failed = all.filter(({ outcome: of }) => of === 'fail');
  // One annotation has said what the refusal is.
  for (const line of findingAnnotations(failed, {
    kind: 'error',
    total: failed.length,
    url: 'the portal',
  }).slice(0, 9))
    command(line);
}

export const tell = { made, outcome, findings };
