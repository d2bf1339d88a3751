'use client';

import { use } from 'react';
import { FormContext } from './form-context.ts';

export function SubmitButton(props: {
  readonly label: string;
  /** What it says while the form is under way. */
  readonly pending: string;
  readonly name?: string;
  readonly value?: string;
  readonly quiet?: boolean;
}) {
  const { pending } = use(FormContext);
  return (
    <button
      type="submit"
      name={props.name}
      value={props.value}
      disabled={pending}
      className={props.quiet === true ? 'button button-quiet' : 'button'}
    >
      {pending ? props.pending : props.label}
    </button>
  );
}
