'use client';

import { createContext, use } from 'react';
import { nothingSent } from './form-state.ts';
import type { FormState } from './form-state.ts';

/** The form that a field is in. */
export const FormContext = createContext<{
  readonly id: string;
  readonly state: FormState;
  readonly pending: boolean;
  /** It only looks for something: nothing in it has to be filled in, and no label says so. */
  readonly search: boolean;
}>({ id: 'form', state: nothingSent, pending: false, search: false });

/** Id of a field's input; of the first one of a group. Where the summary's links lead. */
export const fieldId = (form: string, name: string): string =>
  `${form}-${name.replaceAll(/[^A-Za-z0-9_-]/g, '-')}`;

export interface FieldUse {
  readonly id: string;
  /** As it was sent; what the page gave where nothing was. */
  readonly values: readonly string[];
  readonly problem: string | null;
  readonly hintId: string | undefined;
  readonly problemId: string | undefined;
  /** Attributes that tie an input, or a group, to its hint and its message. */
  readonly around: {
    readonly 'aria-describedby': string | undefined;
    readonly 'aria-invalid': true | undefined;
  };
}

export function useField(input: {
  readonly name: string;
  readonly hint: boolean;
  readonly given: readonly string[];
}): FieldUse {
  const { id: form, state } = use(FormContext);
  const { name, hint, given } = input;
  const id = fieldId(form, name);
  const problem = state.error?.fields?.find((field) => field.field === name)?.message ?? null;
  const hintId = hint ? `${id}-hint` : undefined;
  const problemId = problem === null ? undefined : `${id}-error`;
  const described = [hintId, problemId].filter((id) => id !== undefined).join(' ');
  return {
    id,
    problem,
    hintId,
    problemId,
    // A group with no choice isn't sent at all: it counts as sent empty.
    values: state.error === null ? given : (state.values[name] ?? []),
    around: {
      'aria-describedby': described === '' ? undefined : described,
      'aria-invalid': problem === null ? undefined : true,
    },
  };
}
