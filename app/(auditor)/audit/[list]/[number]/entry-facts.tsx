import Link from 'next/link';
import type {
  AuditRecordLine,
  JournalEntryView,
  ReviewDecisionView,
} from '../../../../../lib/audit-records/index.ts';
import { Time } from '../../../../_components/time.tsx';
import { Subject } from '../record-table.tsx';

export function EventFacts({ event }: { readonly event: AuditRecordLine }) {
  return (
    <dl className="facts mt-8">
      <dt>When</dt>
      <dd>
        <Time value={event.at} />
      </dd>
      <dt>What</dt>
      <dd className="wrap-anywhere">{event.kind}</dd>
      <dt>By whom</dt>
      <dd className="wrap-anywhere">{event.actor ?? 'Not shown'}</dd>
      <dt>About</dt>
      <dd className="wrap-anywhere">
        <Subject subject={event.subject} />
      </dd>
      {event.facts.map(([name, value]) => (
        <Fact key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="wrap-anywhere">{value}</dd>
    </>
  );
}

export function JournalEntryFacts({ entry }: { readonly entry: JournalEntryView }) {
  const before = BigInt(entry.seq) - 1n;
  return (
    <>
      <dl className="facts mt-8">
        <dt>When</dt>
        <dd>
          <Time value={entry.at} />
        </dd>
        <dt>What</dt>
        <dd className="wrap-anywhere">{entry.kind}</dd>
        <dt>About</dt>
        <dd className="wrap-anywhere">
          <Subject subject={entry.requestId === null ? null : `request:${entry.requestId}`} />
        </dd>
        <dt>Its hash</dt>
        <dd className="hash">{entry.entryHash}</dd>
        <dt>Hash of the one before</dt>
        <dd className="hash">
          {before === 0n ? (
            entry.previousHash
          ) : (
            <Link className="link" href={`/audit/journal/${before}`}>
              {entry.previousHash}
            </Link>
          )}
        </dd>
        <dt>Chain</dt>
        <dd className={entry.linked ? '' : 'text-fail'}>
          {entry.linked
            ? 'The portal computed this hash again and found the one before.'
            : 'Broken here: the hash is not that of this entry, or the one before has another.'}
        </dd>
      </dl>
      <section aria-labelledby="body" className="pt-8">
        <h2 id="body" className="text-2xl">
          What it says
        </h2>
        {entry.body === null ? (
          <p className="mt-2 text-muted">Entries of this kind are not shown.</p>
        ) : (
          <pre
            tabIndex={0}
            role="group"
            aria-label="The entry’s JSON"
            className="mt-4 overflow-x-auto rounded-lg bg-sunken p-4 text-[0.8125rem]"
          >
            {entry.body}
            {entry.isCut ? '\n…' : ''}
          </pre>
        )}
        {entry.isCut ? <p className="mt-2 text-muted">Cut here; an export has it whole.</p> : null}
      </section>
    </>
  );
}

export function ReviewDecisionFacts({ decision }: { readonly decision: ReviewDecisionView }) {
  return (
    <>
      <dl className="facts mt-8">
        <dt>When</dt>
        <dd>
          <Time value={decision.at} />
        </dd>
        <dt>By whom</dt>
        <dd className="wrap-anywhere">{decision.reviewer}</dd>
        <dt>Outcome</dt>
        <dd>{decision.outcome}</dd>
        <dt>Application</dt>
        <dd>
          {decision.application}, for {decision.program}
        </dd>
        <dt>Review</dt>
        <dd>
          {decision.review}, {decision.round}
        </dd>
      </dl>
      <section aria-labelledby="criteria" className="pt-8">
        <h2 id="criteria" className="text-2xl">
          Criteria
        </h2>
        <div className="card mt-4">
          <table className="rows">
            <caption className="sr-only">Criteria, verdicts and evidence</caption>
            <thead>
              <tr>
                <th scope="col">Criterion</th>
                <th scope="col">Verdict</th>
                <th scope="col">Evidence</th>
              </tr>
            </thead>
            <tbody>
              {decision.criteria.map((criterion) => (
                <tr key={criterion.id}>
                  <td className="wrap-anywhere">{criterion.id}</td>
                  <td>{criterion.verdict}</td>
                  <td>{criterion.evidence.length === 0 ? 'none' : criterion.evidence.join(', ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <p className="mt-2 text-muted">What the reviewer wrote about it is not shown.</p>
      </section>
    </>
  );
}
