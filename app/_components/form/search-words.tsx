'use client';

import type { ReactNode } from 'react';
import { FieldFrame } from './field-frame.tsx';
import { useField } from './form-context.ts';

/** What to look for, in a form that only looks: neither required nor called optional. */
export function SearchWords(props: {
  readonly name: string;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly value: string;
  readonly placeholder?: string;
}) {
  const { name, hint, value } = props;
  const field = useField({ name, hint: hint !== undefined, given: [value] });
  const [first = ''] = field.values;
  return (
    <FieldFrame field={field} label={props.label} optional={false} hint={hint}>
      <input
        {...field.around}
        id={field.id}
        type="search"
        name={name}
        defaultValue={first}
        autoComplete="off"
        spellCheck={false}
        placeholder={props.placeholder}
        className="field mt-1"
      />
    </FieldFrame>
  );
}
