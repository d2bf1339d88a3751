'use client';

import type { ReactNode } from 'react';
import { ErrorSummary } from './error-summary.tsx';
import { FormContext } from './form-context.ts';
import { useForm } from './use-form.ts';
import type { FormAction } from './form-state.ts';

/** A form whose errors are shown in one way, and whose fields keep what was entered, with and without JavaScript. */
export function Form(props: {
  /** Prefix of the fields' ids: unique on the page. */
  readonly id: string;
  readonly action: FormAction;
  readonly hidden?: Readonly<Record<string, string>>;
  /** Those of the hidden that stay as they were sent, though the page came back with others. */
  readonly kept?: readonly string[];
  /** Path of the page, where the answer may be shown on another one than the form was sent from. */
  readonly permalink?: string;
  readonly className?: string;
  /** Fields of ./fields.tsx, and buttons. */
  readonly children: ReactNode;
}) {
  const { id, hidden = {}, kept = [] } = props;
  const { state, submit, onSubmit, pending } = useForm(props.action, props.permalink);
  return (
    <FormContext value={{ id, state, pending }}>
      {/* What is missing is said in the summary and at the field, not in a bubble of the browser's. */}
      <form
        action={submit}
        onSubmit={onSubmit}
        noValidate
        aria-busy={pending}
        className={props.className ?? 'mt-5 grid min-w-0 gap-5'}
      >
        {Object.entries(hidden).map(([name, value]) => (
          <input
            key={name}
            type="hidden"
            name={name}
            value={state.hidden?.[name] ?? (kept.includes(name) ? state.values[name]?.at(-1) : null) ?? value}
          />
        ))}
        {state.error === null ? null : (
          <ErrorSummary form={id} error={state.error} hidden={Object.keys(hidden)} />
        )}
        {props.children}
      </form>
    </FormContext>
  );
}
