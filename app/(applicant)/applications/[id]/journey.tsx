import type { Application, ApplicationEvent } from '../../../../lib/applications/index.ts';
import type { StepState } from '../../../../lib/requests/index.ts';
import { StateIcon } from '../../../_components/state-icon.tsx';
import { toneOf } from '../../../_components/status-badge.tsx';
import { Time } from '../../../_components/time.tsx';

interface Step {
  readonly name: string;
  readonly state: StepState;
  readonly at: Date | null;
}

/** The progress of an application at a glance: which steps are done, and when. */
export function Journey(props: {
  readonly application: Application;
  readonly events: readonly ApplicationEvent[];
}) {
  return (
    <section aria-labelledby="journey" className="card p-6">
      <h2 id="journey" className="text-lg">
        Steps
      </h2>
      <ol className="mt-4 grid gap-3">
        {stepsOf(props.application, props.events).map((step) => (
          <li key={step.name} className="flex items-start gap-3">
            <span
              className={`inline-flex h-7 w-7 shrink-0 items-center justify-center rounded-full ${toneOf[step.state]}`}
            >
              <StateIcon state={step.state} size={18} />
            </span>
            <span className="min-w-0">
              <span className={step.state === 'not-reached' ? 'text-muted' : 'font-medium'}>{step.name}</span>
              {step.at === null ? null : (
                <span className="block text-sm text-muted">
                  <Time value={step.at} />
                </span>
              )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function stepsOf(application: Application, events: readonly ApplicationEvent[]): readonly Step[] {
  const { status } = application;
  const last = (kind: ApplicationEvent['kind']): Date | null =>
    events.findLast((event) => event.kind === kind)?.at ?? null;
  const appealed = last('appealed');
  const claimed = last('claimed');
  const decided = last('accepted') ?? last('rejected');
  const reviewing: StepState =
    status === 'in-review'
      ? 'running'
      : status === 'information-requested'
        ? 'waiting'
        : status === 'submitted'
          ? 'not-reached'
          : claimed === null
            ? 'not-reached'
            : 'passed';
  const steps: Step[] = [
    { name: 'Sent', state: 'passed', at: application.submittedAt },
    { name: 'Under review', state: reviewing, at: claimed },
  ];
  if (status === 'information-requested') {
    steps.push({ name: 'A question for you', state: 'waiting', at: last('information-requested') });
  }
  if (status === 'withdrawn')
    return [...steps, { name: 'Withdrawn', state: 'failed', at: last('withdrawn') }];
  if (appealed !== null) {
    steps.push({ name: 'First decision', state: 'failed', at: last('rejected') });
    steps.push({ name: 'Appealed', state: 'passed', at: appealed });
  }
  if (status === 'accepted') return [...steps, { name: 'Accepted', state: 'passed', at: decided }];
  if (status === 'rejected') return [...steps, { name: 'Rejected', state: 'failed', at: decided }];
  return [...steps, { name: 'Decision', state: 'not-reached', at: null }];
}
