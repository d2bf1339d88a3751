import { changedSentences, shownValue } from '#core/policy/plan/index.ts';
import type { Change, Plan, ReplayReport } from '#core/policy/plan/index.ts';
import { EffectMark } from '../../../_components/effect-mark.tsx';
import { plural } from '../../../_components/format.ts';
import { Notice } from '../../../_components/notice.tsx';

const changesShownMax = 200;
const replayedShownMax = 50;

const conclusions = {
  loosens: 'It loosens: something may be signed that could not be signed before, or others decide',
  tightens: 'It tightens: nothing more can be signed than before',
  neutral: 'It decides nothing: the same is signed as before',
} as const;

/** What a change means: guards, each difference with its effect, the sentences removed and added. */
export function PlanView({ plan }: { readonly plan: Plan }) {
  const { changes, guards, affected } = plan;
  if (changes.length === 0 && guards.length === 0) return <p className="mt-4">Nothing changes.</p>;
  return (
    <>
      <p className="mt-4 flex flex-wrap items-center gap-x-3 gap-y-2 text-lg">
        <EffectMark effect={plan.effect} />
        <span>{conclusions[plan.effect]}.</span>
      </p>
      {guards.map((guard) => (
        <Notice key={`${guard.rule}${guard.message}`} tone="failed" title={guard.message}>
          {guard.fix} <code className="text-sm">{guard.rule}</code>
        </Notice>
      ))}
      {affected.policies.map((policy) => {
        const { gone, come } = changedSentences(policy);
        return (
          <div key={`${policy.project}/${policy.policy}`} className="mt-6">
            <h3 className="text-lg break-words">
              {policy.project} · {policy.policy}
              {policy.before === null ? ' (new)' : policy.after === null ? ' (gone)' : ''}
            </h3>
            {gone.length + come.length === 0 ? (
              <p className="mt-2 text-muted">
                The same sentences: only a key or a line that no sentence shows has changed.
              </p>
            ) : (
              <ul className="mt-2 grid gap-1.5">
                <Sentences sign="−" word="No longer" tone="bg-fail-soft" sentences={gone} />
                <Sentences sign="+" word="From now on" tone="bg-pass-soft" sentences={come} />
              </ul>
            )}
          </div>
        );
      })}
      <details className="mt-6" open={affected.policies.length === 0}>
        <summary className="inline-flex min-h-8 items-center">
          <span className="link">{plural(changes.length, 'difference')}, one by one</span>
        </summary>
        <ul className="card mt-3 divide-y divide-rule">
          {changes.slice(0, changesShownMax).map((change) => (
            <ChangeItem key={`${change.file} ${change.field}`} change={change} />
          ))}
        </ul>
        {changes.length > changesShownMax ? (
          <p className="mt-2 text-muted">… and {changes.length - changesShownMax} more.</p>
        ) : null}
      </details>
    </>
  );
}

function Sentences(props: {
  readonly sign: string;
  readonly word: string;
  readonly tone: string;
  readonly sentences: readonly string[];
}) {
  return props.sentences.map((sentence) => (
    <li key={sentence} className={`flex gap-2 rounded-md px-3 py-1.5 ${props.tone}`}>
      <span aria-hidden="true" className="font-mono font-semibold">
        {props.sign}
      </span>
      <span className="min-w-0 break-words">
        <span className="sr-only">{props.word}: </span>
        {sentence}
      </span>
    </li>
  ));
}

function ChangeItem({ change }: { readonly change: Change }) {
  const { before, after, field } = change;
  return (
    <li className="px-5 py-4">
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <EffectMark effect={change.effect} />
        <code className="min-w-0 text-[0.8125rem] wrap-anywhere">
          {field === '' ? 'the whole file' : field}
        </code>
        <span className="text-sm wrap-anywhere text-muted">
          {change.file}, line {change.line}
        </span>
      </p>
      <p className="mt-1.5">{change.reason}</p>
      {field === '' ? null : (
        <p className="mt-1 text-sm">
          <span className="sr-only">Before: </span>
          <code className="wrap-anywhere">{before === null ? 'nothing' : shownValue(before)}</code>{' '}
          <span aria-hidden="true">→</span>
          <span className="sr-only">; after: </span>{' '}
          <code className="wrap-anywhere">{after === null ? 'nothing' : shownValue(after)}</code>
        </p>
      )}
    </li>
  );
}

const words = {
  allowed: 'allowed',
  denied: 'denied',
  waiting: 'waiting for approval',
  unknown: 'can’t be told',
} as const;

/** Past requests that would have had another outcome, with the rule that decides. */
export function ReplayView({ replay }: { readonly replay: ReplayReport }) {
  const { requests, changed, outcomes } = replay;
  if (requests === 0) return <p className="mt-4 text-muted">Nobody has asked for a signature yet.</p>;
  return (
    <>
      <p className="mt-4">
        {changed.length === 0
          ? `None of the ${plural(requests, 'past request')} would have had another outcome.`
          : `${changed.length} of ${plural(requests, 'past request')} would have had another outcome.`}{' '}
        <span className="text-muted">
          Under the proposal: {outcomes.allowed} allowed, {outcomes.denied} denied, {outcomes.waiting} waiting
          for approval
          {outcomes.unknown === 0 ? '' : `, ${outcomes.unknown} with too little on record to tell`}.
        </span>
      </p>
      {changed.length === 0 ? null : (
        <div className="card mt-4">
          <table className="rows">
            <caption className="sr-only">Past requests that would have had another outcome</caption>
            <thead>
              <tr>
                <th scope="col">Request</th>
                <th scope="col">Before</th>
                <th scope="col">After</th>
                <th scope="col">Rule that decides</th>
              </tr>
            </thead>
            <tbody>
              {changed.slice(0, replayedShownMax).map((request) => (
                <tr key={request.id}>
                  <td>
                    <a className="link inline-block min-h-6" href={`/requests/${request.id}`}>
                      {request.project}/{request.policy}{' '}
                      <code className="hash">{request.id.slice(0, 8)}</code>
                    </a>
                  </td>
                  <td>{words[request.before.outcome]}</td>
                  <td>{words[request.after.outcome]}</td>
                  <td>
                    <code className="text-[0.8125rem]">
                      {request.after.rule ?? request.before.rule ?? 'none'}
                    </code>
                    <span className="block text-sm text-muted">
                      {request.after.message ?? request.before.message}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {changed.length > replayedShownMax ? (
        <p className="mt-2 text-muted">… and {changed.length - replayedShownMax} more.</p>
      ) : null}
    </>
  );
}
