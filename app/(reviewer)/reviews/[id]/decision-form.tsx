'use client';

import { useActionState, useEffect, useRef } from 'react';
import { decideForm } from './decide-action.ts';
import type { DecisionFormState } from './decide-action.ts';

interface Props {
  readonly id: number;
  readonly criteria: readonly { readonly id: string; readonly title: string; readonly text: string }[];
  readonly evidence: readonly { readonly id: number; readonly title: string; readonly value: string }[];
}

const nothing: DecisionFormState = { error: null, values: {} };
const verdicts = [
  ['met', 'Met'],
  ['not-met', 'Not met'],
  ['not-applicable', 'Doesn’t apply'],
] as const;

/** Every criterion on its own, each citing what it rests on; then the outcome and its reasons, for the applicant. */
export function DecisionForm({ id, criteria, evidence }: Props) {
  const [state, submit, pending] = useActionState(decideForm, nothing);
  const alert = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (state.error !== null) alert.current?.focus();
  }, [state]);
  const value = (name: string): string => state.values[name]?.[0] ?? '';
  const has = (name: string, one: string): boolean => state.values[name]?.includes(one) ?? false;
  return (
    <section aria-labelledby="decide" className="card p-5 sm:p-6">
      <h2 id="decide" className="text-2xl">
        Decide
      </h2>
      <p className="mt-1 text-muted">The applicant gets all of it, without your name.</p>
      <form action={submit} className="mt-5 grid gap-6">
        <input type="hidden" name="id" value={id} />
        {state.error === null ? null : (
          <div ref={alert} tabIndex={-1} role="alert" className="rounded-lg bg-fail-soft p-4 text-fail">
            <p className="font-semibold">{state.error.message}</p>
            <p className="mt-1 text-ink">{state.error.fix}</p>
          </div>
        )}
        {criteria.map((criterion) => (
          <fieldset key={criterion.id} className="rounded-lg border border-rule p-4">
            <legend className="px-1 font-semibold">{criterion.title}</legend>
            <p className="text-sm text-muted">{criterion.text}</p>
            <div className="mt-3 flex flex-wrap gap-x-5 gap-y-1">
              {verdicts.map(([verdict, words]) => (
                <label key={verdict} className="inline-flex min-h-9 cursor-pointer items-center gap-2">
                  <input
                    type="radio"
                    name={`verdict.${criterion.id}`}
                    value={verdict}
                    defaultChecked={value(`verdict.${criterion.id}`) === verdict}
                    className="h-5 w-5 accent-[var(--accent)]"
                  />
                  {words}
                </label>
              ))}
            </div>
            <details className="mt-2" open={(state.values[`evidence.${criterion.id}`]?.length ?? 0) > 0}>
              <summary className="link inline-flex min-h-6 items-center text-sm">
                Evidence that it rests on<span className="sr-only"> ({criterion.title})</span>
              </summary>
              <div
                className="mt-2 grid max-h-64 gap-1 overflow-y-auto rounded-lg border border-rule p-3"
                tabIndex={0}
                role="group"
                aria-label={`Evidence for ${criterion.title}`}
              >
                {evidence.map((one) => (
                  <label key={one.id} className="flex min-h-6 cursor-pointer items-start gap-2 text-sm">
                    <input
                      type="checkbox"
                      name={`evidence.${criterion.id}`}
                      value={one.id}
                      defaultChecked={has(`evidence.${criterion.id}`, String(one.id))}
                      className="mt-0.5 h-4 w-4 shrink-0 accent-[var(--accent)]"
                    />
                    <span className="min-w-0 break-words">
                      {one.title}: <span className="text-muted">{one.value}</span>
                    </span>
                  </label>
                ))}
              </div>
            </details>
            <label htmlFor={`comment-${criterion.id}`} className="mt-3 block text-sm font-medium">
              Comment <span className="font-normal text-muted">(optional)</span>
            </label>
            <input
              id={`comment-${criterion.id}`}
              type="text"
              name={`comment.${criterion.id}`}
              maxLength={1_000}
              defaultValue={value(`comment.${criterion.id}`)}
              className="field mt-1"
            />
          </fieldset>
        ))}
        <fieldset>
          <legend className="font-semibold">Outcome</legend>
          <div className="mt-2 flex flex-wrap gap-x-6">
            {(['accepted', 'rejected'] as const).map((outcome) => (
              <label key={outcome} className="inline-flex min-h-9 cursor-pointer items-center gap-2">
                <input
                  id={`decision-${outcome}`}
                  type="radio"
                  name="outcome"
                  value={outcome}
                  required
                  defaultChecked={value('outcome') === outcome}
                  className="h-5 w-5 accent-[var(--accent)]"
                />
                {outcome === 'accepted' ? 'Accept' : 'Reject'}
              </label>
            ))}
          </div>
        </fieldset>
        <div>
          <label htmlFor="decision-reasons" className="font-semibold">
            Reasons
          </label>
          <textarea
            id="decision-reasons"
            name="reasons"
            rows={4}
            required
            maxLength={4_000}
            defaultValue={value('reasons')}
            className="field mt-1"
          />
        </div>
        <div>
          <label htmlFor="decision-conditions" className="font-semibold">
            Before applying again <span className="font-normal text-muted">(of a rejection)</span>
          </label>
          <p id="decision-conditions-hint" className="text-sm text-muted">
            What has to change, so that the project knows what to work on.
          </p>
          <textarea
            id="decision-conditions"
            name="conditions"
            rows={3}
            maxLength={4_000}
            defaultValue={value('conditions')}
            aria-describedby="decision-conditions-hint"
            className="field mt-1"
          />
        </div>
        <div>
          <label htmlFor="decision-reapply" className="font-semibold">
            Not before <span className="font-normal text-muted">(optional)</span>
          </label>
          <input
            id="decision-reapply"
            type="date"
            name="reapplyFrom"
            defaultValue={value('reapplyFrom')}
            className="field mt-1 w-auto"
          />
        </div>
        <div>
          <button type="submit" disabled={pending} className="button">
            {pending ? 'Recording…' : 'Record my decision'}
          </button>
        </div>
      </form>
    </section>
  );
}
