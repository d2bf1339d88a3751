'use client';

import { useActionState, useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

export interface ActionFormState {
  readonly error: { readonly message: string; readonly fix: string } | null;
  /** What was typed: an error never loses it. */
  readonly values: Readonly<Record<string, string>>;
}

export interface ActionFormField {
  readonly kind: 'text' | 'textarea' | 'checkbox' | 'select';
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly value?: string;
  readonly required?: boolean;
  readonly rows?: number;
  readonly charactersMax?: number;
  /** Of a select: value and words. */
  readonly options?: readonly (readonly [value: string, words: string])[];
  /** Code is typed and read in a typeface of equal widths, and nobody corrects its spelling. */
  readonly code?: boolean;
}

export interface ActionFormButton {
  readonly label: string;
  readonly pending: string;
  /** Sent as `intent`. */
  readonly intent: string;
  readonly quiet?: boolean;
}

const nothing: ActionFormState = { error: null, values: {} };

/** A form that works before, and without, JavaScript: errors come back with everything that was typed. */
export function ActionForm(props: {
  /** Prefix of the fields' ids: unique on the page. */
  readonly id: string;
  readonly action: (before: ActionFormState, form: FormData) => Promise<ActionFormState>;
  readonly hidden: Readonly<Record<string, string>>;
  readonly fields: readonly ActionFormField[];
  readonly buttons: readonly ActionFormButton[];
  readonly children?: ReactNode;
}) {
  const [state, submit, pending] = useActionState(props.action, nothing);
  const summary = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (state.error !== null) summary.current?.focus();
  }, [state]);
  return (
    <form action={submit} className="mt-4 grid gap-4">
      {Object.entries(props.hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {state.error === null ? null : (
        <div ref={summary} tabIndex={-1} role="alert" className="rounded-lg bg-fail-soft p-4 text-fail">
          <p className="font-semibold">{state.error.message}</p>
          <p className="mt-1 text-ink">{state.error.fix}</p>
        </div>
      )}
      {props.children}
      {props.fields.map((field) => (
        <Field
          key={field.name}
          id={`${props.id}-${field.name}`}
          field={field}
          value={state.values[field.name] ?? field.value ?? ''}
        />
      ))}
      <div className="flex flex-wrap gap-3">
        {props.buttons.map((button) => (
          <button
            key={button.intent}
            type="submit"
            name="intent"
            value={button.intent}
            disabled={pending}
            className={button.quiet === true ? 'button button-quiet' : 'button'}
          >
            {pending ? button.pending : button.label}
          </button>
        ))}
      </div>
    </form>
  );
}

function Field(props: { readonly id: string; readonly field: ActionFormField; readonly value: string }) {
  const { id, field, value } = props;
  const hintId = field.hint === undefined ? undefined : `${id}-hint`;
  const hint =
    field.hint === undefined ? null : (
      <p id={hintId} className="text-sm text-muted">
        {field.hint}
      </p>
    );
  if (field.kind === 'checkbox') {
    return (
      <div>
        <label htmlFor={id} className="inline-flex min-h-9 items-start gap-2.5">
          <input
            id={id}
            type="checkbox"
            name={field.name}
            value="yes"
            required={field.required}
            defaultChecked={value === 'yes'}
            aria-describedby={hintId}
            className="mt-0.5 h-5 w-5 shrink-0 accent-[var(--accent)]"
          />
          <span>{field.label}</span>
        </label>
        {hint}
      </div>
    );
  }
  const shared = {
    id,
    name: field.name,
    required: field.required,
    maxLength: field.charactersMax,
    defaultValue: value,
    'aria-describedby': hintId,
    ...(field.code === true ? { spellCheck: false, autoComplete: 'off' } : {}),
    className: `field mt-2 ${field.code === true ? 'font-mono text-[0.8125rem]' : ''}`,
  };
  return (
    <div>
      <label htmlFor={id} className="block font-medium">
        {field.label}
        {field.required === true ? null : <span className="font-normal text-muted"> (optional)</span>}
      </label>
      {hint}
      {field.kind === 'textarea' ? (
        <textarea {...shared} rows={field.rows ?? 4} />
      ) : field.kind === 'select' ? (
        <select
          id={id}
          name={field.name}
          defaultValue={value}
          aria-describedby={hintId}
          className={shared.className}
        >
          {field.options?.map(([option, words]) => (
            <option key={option} value={option}>
              {words}
            </option>
          ))}
        </select>
      ) : (
        <input type="text" {...shared} />
      )}
    </div>
  );
}
