'use client';

import type { ReactNode } from 'react';
import { ErrorSummary } from './error-summary.tsx';
import { FormContext } from './form-context.ts';
import type { FormError, FormState } from './form-state.ts';

/** A form that only asks for another view of its page: what was asked is in the address, and the page says what is wrong. */
export function GetForm(props: {
  readonly id: string;
  /** Path of the page. */
  readonly to: string;
  readonly hidden?: Readonly<Record<string, string>>;
  /** null: nothing is wrong, or nothing was asked yet. */
  readonly error: FormError | null;
  /** What was asked; fields begin with what the page gives them where nothing is wrong. */
  readonly values: FormState['values'];
  /** A landmark: what is looked for on this page. */
  readonly search?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  const { id, hidden = {}, error, values } = props;
  return (
    <FormContext value={{ id, state: { error, values }, pending: false, search: props.search === true }}>
      <form
        method="get"
        action={props.to}
        noValidate
        role={props.search === true ? 'search' : undefined}
        className={props.className ?? 'mt-4 grid min-w-0 gap-5'}
      >
        {Object.entries(hidden).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        {error === null ? null : <ErrorSummary form={id} error={error} hidden={Object.keys(hidden)} />}
        {props.children}
      </form>
    </FormContext>
  );
}
