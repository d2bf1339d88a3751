import type { CollectedEvidence } from '../../../../lib/evidence/index.ts';
import { manualKinds } from '../../../../lib/reviews/index.ts';
import type { EvidenceItem, ReviewDetail } from '../../../../lib/reviews/index.ts';
import { ActionForm } from '../../../_components/action-form.tsx';
import { AutoRefresh } from '../../../_components/auto-refresh.tsx';
import { Empty } from '../../../_components/empty.tsx';
import { StateIcon } from '../../../_components/state-icon.tsx';
import { toneOf } from '../../../_components/status-badge.tsx';
import { Time } from '../../../_components/time.tsx';
import { attestForm } from '../actions.ts';
import { EvidenceChartsView } from './charts.tsx';

const groups: readonly (readonly [group: string, title: string])[] = [
  ['repository', 'Repository'],
  ['activity', 'Activity'],
  ['people', 'People'],
  ['licence', 'Licence'],
  ['dual-licensing', 'Dual licensing'],
  ['sponsorship', 'Sponsorship'],
  ['practices', 'Practices'],
  ['popularity', 'Popularity'],
  ['attested', 'Found by reviewers'],
];
const gamingWords = { low: 'hard to game', medium: 'can be gamed', high: 'easily gamed' } as const;
const noteStates = { good: 'passed', neutral: 'not-reached', look: 'waiting' } as const;
const noteWords = { good: 'speaks for it', neutral: 'for information', look: 'look closer' } as const;

/** One row a signal: value, source, age, how easily it is gamed, what it means. No sum of them all. */
export function EvidenceView(props: {
  readonly detail: ReviewDetail;
  readonly collected: CollectedEvidence;
}) {
  const { detail, collected } = props;
  const { evidence, review, disqualification } = detail;
  // Without it, who opens the page sooner than the code host answers has nothing to cite, and isn't told when there is.
  const awaited = collected.confirmedAt === null && review.state !== 'closed';
  return (
    <section aria-labelledby="evidence">
      {awaited ? <AutoRefresh seconds={5} /> : null}
      <h2 id="evidence" className="text-2xl">
        Evidence
      </h2>
      {collected.confirmedAt === null ? null : (
        <p className="mt-1 text-sm text-muted">
          The code host and the project’s pages were last asked <Time value={collected.confirmedAt} />.
        </p>
      )}
      <EvidenceChartsView charts={collected.charts} />
      {evidence.length === 0 ? (
        <Empty title="Nothing is collected yet">
          What the code host says is being collected, and appears here by itself; add what you find below.
        </Empty>
      ) : (
        groups.map(([group, title]) => (
          <Group key={group} title={title} items={evidence.filter((item) => item.group === group)} />
        ))
      )}
      {disqualification === null && review.state !== 'closed' ? (
        <details className="card mt-6 p-5">
          <summary className="flex min-h-6 items-center font-medium">Add what you found</summary>
          <ActionForm
            id="attest"
            action={attestForm}
            hidden={{ id: String(review.id) }}
            fields={[
              {
                kind: 'select',
                name: 'kind',
                label: 'Kind',
                required: true,
                options: Object.entries(manualKinds),
              },
              { kind: 'text', name: 'title', label: 'What it is', required: true, charactersMax: 120 },
              { kind: 'text', name: 'url', label: 'Address', charactersMax: 500 },
              {
                kind: 'textarea',
                name: 'text',
                label: 'What it shows',
                required: true,
                rows: 3,
                charactersMax: 4_000,
              },
            ]}
            buttons={[{ label: 'Add, in my name', pending: 'Adding…', intent: 'attest', quiet: true }]}
          />
        </details>
      ) : null}
    </section>
  );
}

function Group({ title, items }: { readonly title: string; readonly items: readonly EvidenceItem[] }) {
  if (items.length === 0) return null;
  return (
    <section className="mt-5">
      <h3 className="text-sm font-medium text-muted">{title}</h3>
      <ul className="card mt-2 divide-y divide-rule">
        {items.map((item) => (
          <li key={item.id}>
            <Item item={item} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Item({ item }: { readonly item: EvidenceItem }) {
  const state = item.state === 'unverified' ? 'not-reached' : noteStates[item.note];
  return (
    <details className="group">
      <summary className="flex items-start gap-3 p-3.5">
        <span
          className={`mt-0.5 inline-flex h-6 w-6 shrink-0 items-center justify-center rounded-full ${toneOf[state]}`}
        >
          <StateIcon state={state} size={16} />
        </span>
        <span className="min-w-0 flex-1">
          <span className="font-medium">{item.title}</span>{' '}
          <span className="break-words">{item.state === 'unverified' ? 'not verified' : item.value}</span>
          <span className="block text-xs text-muted">
            {item.state === 'unverified' ? 'could not be checked: no fault' : noteWords[item.note]} ·{' '}
            {gamingWords[item.gaming]} ·{' '}
            {item.attestedBy === null ? 'collected' : `attested by ${item.attestedBy}`}{' '}
            <Time value={item.at} />
          </span>
        </span>
        <span aria-hidden="true" className="text-muted group-open:rotate-90">
          ›
        </span>
      </summary>
      {/* Here, not around it: a browser opens what a link leads into. */}
      <div id={`evidence-${item.id}`} className="evidence grid gap-2 px-3.5 pb-4 ps-12 text-sm">
        {item.state === 'unverified' ? <p>{item.value}</p> : null}
        <p>{item.explanation}</p>
        {item.url === null ? null : (
          <p>
            <a className="link wrap-anywhere" href={item.url} rel="noreferrer nofollow">
              {item.url}
            </a>
          </p>
        )}
        {item.details.length === 0 ? null : (
          <ul className="list-disc ps-5">
            {item.details.map((detail) => (
              <li key={detail} className="break-words">
                {detail}
              </li>
            ))}
          </ul>
        )}
        <p className="text-muted">
          Source: {item.source}
          {item.sha256 === null ? null : (
            <>
              {' '}
              · answer <code className="hash">{item.sha256.slice(0, 16)}</code>
            </>
          )}
        </p>
      </div>
    </details>
  );
}
