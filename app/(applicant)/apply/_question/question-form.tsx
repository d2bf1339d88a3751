'use client';

import { useActionState, useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import type { Question } from '../../../../lib/core/application/index.ts';
import { QuestionInput } from './question-input.tsx';

export interface QuestionFormState {
  /** Field → what is wrong with it. */
  readonly errors: Readonly<Record<string, string>>;
  /** What isn't about one field. */
  readonly error: { readonly message: string; readonly fix: string } | null;
  /** As typed: an error never loses it. */
  readonly values: Readonly<Record<string, string>>;
  /** Which answer the writer has seen. */
  readonly seen: string | null;
}

const nothing: QuestionFormState = { errors: {}, error: null, values: {}, seen: null };

export function QuestionForm(props: {
  readonly action: (before: QuestionFormState, form: FormData) => Promise<QuestionFormState>;
  readonly hidden: Readonly<Record<string, string>>;
  readonly question: Question;
  readonly values: Readonly<Record<string, string>>;
  readonly seen: string;
  /** Above the fields. */
  readonly children?: ReactNode;
}) {
  const { question } = props;
  // The address stands for the form: without scripts, what was typed finds its way back into whichever page has it.
  const [state, submit, pending] = useActionState(
    props.action,
    nothing,
    `/apply/${props.hidden['id'] ?? ''}/${question.id}`,
  );
  const summary = useRef<HTMLDivElement>(null);
  const failed = state.error !== null || Object.keys(state.errors).length > 0;
  useEffect(() => {
    if (!failed) return;
    summary.current?.focus();
    if (!document.title.startsWith('Error: ')) document.title = `Error: ${document.title}`;
  }, [state, failed]);
  return (
    <form action={submit} className="mt-6 grid gap-6" noValidate>
      {Object.entries(props.hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <input type="hidden" name="seen" value={state.seen ?? props.seen} />
      {failed ? (
        <div
          ref={summary}
          tabIndex={-1}
          role="alert"
          aria-labelledby="error-summary"
          className="rounded-lg border-2 border-fail bg-fail-soft p-4"
        >
          <h2 id="error-summary" className="text-lg text-fail">
            There is a problem
          </h2>
          {state.error === null ? null : (
            <p className="mt-2">
              {state.error.message} {state.error.fix}
            </p>
          )}
          <ul className="mt-2 grid gap-1">
            {question.fields
              .filter((field) => state.errors[field.name] !== undefined)
              .map((field) => (
                <li key={field.name}>
                  <a className="link font-medium" href={`#${field.name}`}>
                    {state.errors[field.name]}
                  </a>
                </li>
              ))}
          </ul>
        </div>
      ) : null}
      {props.children}
      {question.fields.map((field) => (
        <QuestionInput
          key={field.name}
          field={field}
          alone={question.fields.length === 1}
          value={state.values[field.name] ?? props.values[field.name] ?? ''}
          error={state.errors[field.name] ?? null}
        />
      ))}
      <div className="flex flex-wrap gap-3">
        <button type="submit" name="intent" value="next" disabled={pending} className="button">
          {pending ? 'Saving…' : 'Save and continue'}
        </button>
        <button type="submit" name="intent" value="later" disabled={pending} className="button button-quiet">
          Save and come back later
        </button>
      </div>
    </form>
  );
}
