'use client';

import { useActionState, useEffect, useRef } from 'react';
import type { EditState } from './edit-state.ts';
import type { EditorDiagnostic } from './editor-diagnostic.ts';
import { fieldId, PolicyForm } from './policy-form.tsx';
import { YamlEditor } from './yaml-editor.tsx';

/** One file being changed: by fields or as text, looked at as often as wanted, then proposed. */
export function EditForm(props: {
  readonly path: string;
  readonly start: EditState;
  readonly hidden: Readonly<Record<string, string>>;
  readonly action: (before: EditState, form: FormData) => Promise<EditState>;
  readonly check: (path: string, content: string) => Promise<readonly EditorDiagnostic[]>;
  readonly schema: object;
  readonly nonce: string;
  /** What the last button says. */
  readonly propose: string;
  /** Adding to a change asks for no reason: the change has one. */
  readonly withDescription: boolean;
}) {
  const [state, submit, pending] = useActionState(props.action, props.start);
  const summary = useRef<HTMLDivElement>(null);
  const preview = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (state.turn === 0) return;
    (state.error === null ? preview : summary).current?.focus();
  }, [state]);
  const problems = Object.entries(state.errors);
  return (
    <form action={submit} className="mt-8 grid gap-8">
      {Object.entries(props.hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {state.error === null ? null : (
        <div
          ref={summary}
          tabIndex={-1}
          role="alert"
          className="max-w-3xl rounded-lg bg-fail-soft p-4 text-fail"
        >
          <p className="font-semibold">{state.error.message}</p>
          <p className="mt-1 text-ink">{state.error.fix}</p>
          {problems.length === 0 ? null : (
            <ul className="mt-2 grid gap-1">
              {problems.map(([name, message]) => (
                <li key={name}>
                  <a className="underline" href={`#${fieldId(name)}`}>
                    {message}
                  </a>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      {state.preview === null ? null : (
        <div ref={preview} tabIndex={-1} className="outline-none">
          {state.preview}
        </div>
      )}
      {state.fields === null ? null : (
        <div key={`fields-${state.turn}`} className="max-w-3xl">
          <PolicyForm fields={state.fields} errors={state.errors} />
        </div>
      )}
      {state.text === null ? null : (
        <YamlEditor
          key={`text-${state.turn}`}
          name="content"
          path={props.path}
          initial={state.text}
          schema={props.schema}
          nonce={props.nonce}
          check={props.check}
        />
      )}
      <div key={`why-${state.turn}`} className="grid max-w-3xl gap-5 border-t border-rule pt-6">
        <div>
          <label htmlFor="title" className="block font-medium">
            What changes, in one line
          </label>
          <input
            id="title"
            name="title"
            type="text"
            maxLength={120}
            defaultValue={state.title}
            autoComplete="off"
            className="field mt-2"
          />
        </div>
        {props.withDescription ? (
          <div>
            <label htmlFor="description" className="block font-medium">
              Why <span className="font-normal text-muted">(optional)</span>
            </label>
            <p id="description-hint" className="text-sm text-muted">
              For the policy maintainers who have to accept it, and for everybody who reads it later.
            </p>
            <textarea
              id="description"
              name="description"
              rows={4}
              maxLength={10_000}
              defaultValue={state.description}
              aria-describedby="description-hint"
              className="field mt-2"
            />
          </div>
        ) : null}
        <div className="flex flex-wrap gap-3">
          <button type="submit" name="intent" value="look" disabled={pending} className="button button-quiet">
            {pending ? 'Working…' : 'See what it means'}
          </button>
          <button type="submit" name="intent" value="propose" disabled={pending} className="button">
            {pending ? 'Working…' : props.propose}
          </button>
        </div>
      </div>
    </form>
  );
}
