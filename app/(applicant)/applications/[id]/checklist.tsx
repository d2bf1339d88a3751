import Link from 'next/link';
import type { Checklist, ChecklistState } from '../../../../lib/onboarding/index.ts';
import type { StepState } from '../../../../lib/requests/index.ts';
import { ActionForm } from '../../../_components/action-form.tsx';
import { CodeBlock } from '../../../_components/code-block.tsx';
import { StateIcon } from '../../../_components/state-icon.tsx';
import { toneOf } from '../../../_components/status-badge.tsx';
import { Time } from '../../../_components/time.tsx';
import { checkLinksForm, factorForm } from '../actions.ts';

const states: Readonly<Record<ChecklistState, StepState>> = {
  done: 'passed',
  'to-do': 'waiting',
  waiting: 'not-reached',
};
const words: Readonly<Record<ChecklistState, string>> = {
  done: 'Done',
  'to-do': 'For you',
  waiting: 'Later',
};

/** What is left until the first signed release. */
export function ChecklistView(props: {
  readonly id: string;
  readonly checklist: Checklist;
  readonly policyPage: string;
}) {
  const { id, checklist, policyPage } = props;
  const linked = checklist.items.some(
    (item) => item.name.startsWith('policy-link-') && item.state !== 'done',
  );
  const attested = checklist.items.some((item) => item.name === 'second-factor' && item.state === 'done');
  return (
    <section aria-labelledby="checklist">
      <h2 id="checklist" className="text-2xl">
        What comes next
      </h2>
      <p id="checklist-words" className="mt-2 text-muted">
        {checklist.done} of {checklist.items.length} done
      </p>
      <progress
        className="meter mt-2"
        value={checklist.done}
        max={checklist.items.length}
        aria-labelledby="checklist-words"
      />
      <ol className="card mt-4 divide-y divide-rule">
        {checklist.items.map((item) => (
          <li key={item.name} className="flex gap-4 p-4">
            <span
              className={`inline-flex h-7 w-7 shrink-0 items-center justify-center rounded-full ${toneOf[states[item.state]]}`}
            >
              <StateIcon state={states[item.state]} size={18} />
            </span>
            <div className="min-w-0 flex-1">
              <p className="flex flex-wrap items-baseline justify-between gap-x-4">
                <span className="font-medium">
                  {item.href === null ? (
                    item.title
                  ) : (
                    <Link className="link" href={item.href}>
                      {item.title}
                    </Link>
                  )}
                </span>
                <span className="text-sm text-muted">{words[item.state]}</span>
              </p>
              <p className="mt-0.5 break-words text-muted">{item.detail}</p>
              {item.at === null ? null : (
                <p className="text-sm text-muted">
                  <Time value={item.at} />
                </p>
              )}
            </div>
          </li>
        ))}
      </ol>
      {checklist.inForce ? (
        <p className="mt-4">
          <Link className="button" href={`/projects/${checklist.slug}/first-release`}>
            Steps to a release
          </Link>
          <span className="mt-2 block text-muted">
            Step by step, with what to copy: key, token, workflow, first test signature, first release.
          </span>
        </p>
      ) : null}
      {linked ? (
        <div className="card mt-4 p-5">
          <h3 className="text-lg">Link your code-signing policy</h3>
          <p className="mt-1 text-muted">
            On the home page and the download page, under the words “Code signing policy”:
          </p>
          <CodeBlock className="mt-2">{`<a href="${policyPage}">Code signing policy</a>`}</CodeBlock>
          <ActionForm
            id="links"
            action={checkLinksForm}
            hidden={{ id }}
            fields={[]}
            buttons={[{ label: 'Check the pages now', pending: 'Looking…', intent: 'look', quiet: true }]}
          />
        </div>
      ) : null}
      {attested ? null : (
        <div className="card mt-4 p-5">
          <h3 className="text-lg">Second factor</h3>
          <ActionForm
            id="factor"
            action={factorForm}
            hidden={{ id }}
            fields={[
              {
                kind: 'checkbox',
                name: 'sure',
                label: 'Everybody on the team uses a second factor, for the code host and for this portal.',
                required: true,
              },
            ]}
            buttons={[{ label: 'Attest it', pending: 'Recording…', intent: 'attest', quiet: true }]}
          />
        </div>
      )}
    </section>
  );
}
