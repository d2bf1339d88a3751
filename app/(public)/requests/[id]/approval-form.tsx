'use client';

import { useActionState, useEffect, useRef } from 'react';
import { handInApproval } from './actions.ts';
import type { ApprovalFormState } from './actions.ts';

/** A form that works before, and without, JavaScript: errors come back with everything that was typed. */
export function ApprovalForm(props: {
  readonly requestId: string;
  readonly statements: Readonly<Record<'approve' | 'deny', string>>;
}) {
  const [state, submit, pending] = useActionState<ApprovalFormState, FormData>(handInApproval, {
    error: null,
    signature: '',
    decision: 'approve',
  });
  const summary = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (state.error !== null) summary.current?.focus();
  }, [state]);
  const statements = state.statements ?? props.statements;
  return (
    <form action={submit} className="mt-3">
      <input type="hidden" name="request" value={props.requestId} />
      <input type="hidden" name="approve" value={statements.approve} />
      <input type="hidden" name="deny" value={statements.deny} />
      {state.error === null ? null : (
        <div ref={summary} tabIndex={-1} role="alert" className="mb-4 rounded-lg bg-fail-soft p-4 text-fail">
          <p className="font-semibold">{state.error.message}</p>
          <p className="mt-1 text-ink">{state.error.fix}</p>
          <p className="mt-1">
            <a href="#signature" className="underline">
              Go to the signature
            </a>
          </p>
        </div>
      )}
      <fieldset>
        <legend className="font-medium">Your decision</legend>
        <div className="mt-1 flex flex-wrap gap-x-6">
          {(['approve', 'deny'] as const).map((decision) => (
            <label key={decision} className="inline-flex min-h-9 items-center gap-2.5">
              <input
                type="radio"
                name="decision"
                value={decision}
                defaultChecked={state.decision === decision}
                className="h-5 w-5 accent-[var(--accent)]"
              />
              {decision === 'approve' ? 'Approve' : 'Deny'}
            </label>
          ))}
        </div>
      </fieldset>
      <label htmlFor="signature" className="mt-4 block font-medium">
        Signature
      </label>
      <p id="signature-hint" className="text-sm text-muted">
        What the command printed, from BEGIN to END.
      </p>
      <textarea
        id="signature"
        name="signature"
        required
        rows={7}
        maxLength={16_384}
        spellCheck={false}
        autoComplete="off"
        defaultValue={state.signature}
        placeholder="-----BEGIN SSH SIGNATURE-----"
        aria-describedby="signature-hint"
        aria-invalid={state.error !== null}
        className="field mt-2 font-mono text-[0.8125rem]"
      />
      <button type="submit" disabled={pending} className="button mt-4">
        {pending ? 'Handing in…' : 'Hand in decision'}
      </button>
    </form>
  );
}
