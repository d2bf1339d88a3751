import type { ChangeDetail } from '../../../../lib/policy-changes/index.ts';
import { StateIcon } from '../../../_components/state-icon.tsx';

/** What has to be true before a change can be merged, met or not, and what to do about the rest. */
export function Conditions({ change }: { readonly change: ChangeDetail }) {
  const { conditions, signatures } = change;
  const { reasons } = signatures;
  const progress = Math.min(signatures.counted.length, signatures.needed);
  return (
    <section aria-labelledby="conditions" className="card min-w-0 p-6 wrap-anywhere">
      <h2 id="conditions" className="text-lg">
        Before it can be merged
      </h2>
      <label className="mt-4 block text-sm text-muted">
        Signatures: {signatures.counted.length} of {signatures.needed}
        <progress className="meter mt-1" value={progress} max={signatures.needed} />
      </label>
      {reasons.length === 0 ? null : (
        <ul className="mt-2 grid gap-1 text-sm text-muted">
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <ul className="mt-4 grid gap-3">
        {conditions.map((condition) => (
          <li key={condition.name} className="flex gap-2.5">
            <span className={`mt-0.5 shrink-0 ${condition.met ? 'text-pass' : 'text-wait'}`}>
              <StateIcon state={condition.met ? 'passed' : 'waiting'} size={20} />
            </span>
            <div className="min-w-0">
              <p>
                <span className="sr-only">{condition.met ? 'Met: ' : 'Missing: '}</span>
                {condition.message}
              </p>
              {condition.fix === null ? null : <p className="text-sm text-muted">{condition.fix}</p>}
            </div>
          </li>
        ))}
      </ul>
      {signatures.counted.length === 0 ? null : (
        <p className="mt-4 border-t border-rule pt-3 text-sm">Signed by {change.signedBy.join(', ')}.</p>
      )}
      {signatures.own.length === 0 ? null : (
        <p className="mt-2 text-sm text-muted">
          {signatures.own.join(', ')} wrote some of it: their signature counts only together with one of
          somebody who did not.
        </p>
      )}
      {signatures.leaving.length === 0 ? null : (
        <p className="mt-2 text-sm text-muted">
          {signatures.leaving.join(', ')} signed too, but the change removes them: their signature does not
          count.
        </p>
      )}
    </section>
  );
}
