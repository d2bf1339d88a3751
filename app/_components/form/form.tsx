'use client';

import type { ReactNode } from 'react';
import { ErrorSummary } from './error-summary.tsx';
import { FormContext } from './form-context.ts';
import { nothingSent } from './form-state.ts';
import { useForm } from './use-form.ts';
import type { FormControl } from './use-form.ts';
import type { FormAction, FormState } from './form-state.ts';

interface FrameProps {
  /** Prefix of the fields' ids: unique on the page. */
  readonly id: string;
  readonly hidden?: Readonly<Record<string, string>>;
  /** Hidden fields that keep the value that was sent, even if the page comes back with another. */
  readonly kept?: readonly string[];
  readonly className?: string;
  /** Fields of ./text-fields.tsx, ./choice-fields.tsx and ./file-field.tsx, and buttons. */
  readonly children: ReactNode;
}

/** A form whose errors are shown in one way, and whose fields keep what was entered, with and without JavaScript. */
export function Form(
  props: FrameProps & {
    readonly action: FormAction;
    /** Path of the page, where the answer may be shown on another one than the form was sent from. */
    readonly permalink?: string;
    /** Errors known before anything is sent, for values that were entered earlier. */
    readonly begin?: FormState;
  },
) {
  const { action, permalink, begin = nothingSent, ...frame } = props;
  return <FormFrame {...frame} control={useForm(action, begin, permalink)} />;
}

/** The same, with a state that holds more than errors. */
export function FormFrame(props: FrameProps & { readonly control: FormControl }) {
  const { id, hidden = {}, kept = [], control } = props;
  const { state, submit, onSubmit, pending } = control;
  return (
    <FormContext value={{ id, state, pending, search: false }}>
      {/* What is missing is said in the summary and at the field, not in a bubble of the browser's. */}
      <form
        {...(typeof submit === 'function'
          ? { action: submit }
          : { action: submit.path, method: 'post', encType: 'multipart/form-data' })}
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
