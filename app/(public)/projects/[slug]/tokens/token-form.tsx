'use client';

import { useActionState, useEffect, useRef } from 'react';
import { makeTokenForm } from './actions.ts';
import type { TokenFormState } from './actions.ts';

const nothing: TokenFormState = { error: null, values: {}, policies: [], made: null };
const lengths: readonly (readonly [days: number, words: string])[] = [
  [7, 'a week'],
  [30, '30 days'],
  [90, '90 days'],
  [180, 'half a year'],
  [366, 'a year'],
];

/** Makes a token and shows it, once. Works before, and without, JavaScript. */
export function TokenForm(props: {
  readonly project: string;
  /** UUID of this form: sent twice, it makes one token. */
  readonly once: string;
  readonly policies: readonly string[];
  readonly daysUsual: number;
}) {
  const [state, submit, pending] = useActionState(makeTokenForm, nothing);
  const told = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (state.error !== null || state.made !== null) told.current?.focus();
  }, [state]);
  const { made, error } = state;
  return (
    <>
      {made === null ? null : (
        <div ref={told} tabIndex={-1} role="status" className="mt-4 rounded-xl bg-pass-soft p-4 sm:p-5">
          <p className="font-semibold text-pass">“{made.name}” is made. Copy it now: it is not shown again</p>
          <p className="mt-1">
            Keep it as a secret of the build, for example <code>COUNTERSIGN_TOKEN</code> in the secrets of the
            repository. It expires on {made.expiresAt.slice(0, 10)}.
          </p>
          <pre className="code-block mt-3 select-all" tabIndex={0} aria-label="The new API token">
            <code id="new-token">{made.token}</code>
          </pre>
        </div>
      )}
      <form action={submit} className="mt-4 grid gap-4">
        <input type="hidden" name="project" value={props.project} />
        <input type="hidden" name="once" value={props.once} />
        {error === null ? null : (
          <div ref={told} tabIndex={-1} role="alert" className="rounded-lg bg-fail-soft p-4 text-fail">
            <p className="font-semibold">{error.message}</p>
            <p className="mt-1 text-ink">{error.fix}</p>
          </div>
        )}
        <div>
          <label htmlFor="token-name" className="block font-medium">
            Name
          </label>
          <p id="token-name-hint" className="text-sm text-muted">
            Where it is used, for example “release workflow”. A policy can name the tokens it takes requests
            of.
          </p>
          <input
            id="token-name"
            name="name"
            type="text"
            required
            maxLength={80}
            autoComplete="off"
            defaultValue={state.values['name']?.at(-1) ?? ''}
            aria-describedby="token-name-hint"
            className="field mt-2"
          />
        </div>
        <fieldset>
          <legend className="font-medium">
            Policies it may submit under <span className="font-normal text-muted">(optional)</span>
          </legend>
          <p id="token-policies-hint" className="text-sm text-muted">
            None ticked: all that take requests of the project’s tokens.
          </p>
          <div className="mt-1 flex flex-wrap gap-x-6" aria-describedby="token-policies-hint">
            {props.policies.map((policy) => (
              <label key={policy} className="inline-flex min-h-9 items-center gap-2.5">
                <input
                  type="checkbox"
                  name="policies"
                  value={policy}
                  defaultChecked={state.policies.includes(policy)}
                  className="h-5 w-5 shrink-0 accent-[var(--accent)]"
                />
                <span className="break-all">{policy}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <div>
          <label htmlFor="token-days" className="block font-medium">
            It expires after
          </label>
          <select
            id="token-days"
            name="days"
            defaultValue={state.values['days']?.at(-1) ?? String(props.daysUsual)}
            className="field mt-2"
          >
            {lengths.map(([days, words]) => (
              <option key={days} value={days}>
                {words}
              </option>
            ))}
          </select>
        </div>
        <div>
          <button type="submit" disabled={pending} className="button">
            {pending ? 'Making…' : 'Make the token'}
          </button>
        </div>
      </form>
    </>
  );
}
