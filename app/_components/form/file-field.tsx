'use client';

import type { ReactNode } from 'react';
import { FieldFrame } from './field-frame.tsx';
import { useField } from './form-context.ts';

/** A file to send. Browsers can't restore the choice: without JavaScript it has to be chosen again after an error. */
export function FileField(props: {
  readonly name: string;
  readonly label: string;
  readonly hint?: ReactNode;
  /** When it is needed, in words beside the label; else it is always. */
  readonly when?: string;
  readonly accept?: string;
}) {
  const { name, label, hint, when } = props;
  const field = useField({ name, hint: hint !== undefined, given: [] });
  const words =
    when === undefined ? (
      label
    ) : (
      <>
        {label} <span className="font-normal text-muted">({when})</span>
      </>
    );
  return (
    <FieldFrame field={field} label={words} optional={false} hint={hint}>
      <input
        {...field.around}
        id={field.id}
        type="file"
        name={name}
        required={when === undefined}
        accept={props.accept}
        className="field mt-1.5"
      />
    </FieldFrame>
  );
}
