'use client';

import type { ReactNode } from 'react';
import { FieldFrame, GroupFrame, Notes } from './field-frame.tsx';
import { useField } from './form-context.ts';

export interface Choice {
  readonly value: string;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
}

interface GroupProps {
  readonly name: string;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly required?: boolean;
  readonly choices: readonly Choice[];
  /** Beside one another rather than each on a line. */
  readonly inline?: boolean;
  /** Of check boxes: so many that they scroll. */
  readonly scrolls?: boolean;
  /** Each in a box of its own, where a choice is what the page is for. */
  readonly boxed?: boolean;
  /** The page's heading asks already. */
  readonly labelHidden?: boolean;
}

const plainLabel = 'flex min-h-9 cursor-pointer items-start gap-2.5 py-1';
const boxedLabel =
  'flex min-h-11 cursor-pointer items-start gap-3 rounded-lg border border-rule bg-surface p-3 has-checked:border-accent has-checked:bg-accent-soft';
const box = 'mt-0.5 h-5 w-5 shrink-0 accent-[var(--accent)]';

/** One of several. Nothing is preselected unless the page says so, and no page does if the choice is grave. */
export function RadioGroup(props: GroupProps & { readonly value?: string }) {
  return <Group {...props} type="radio" given={props.value === undefined ? [] : [props.value]} />;
}

/** Any of several. */
export function CheckboxGroup(props: GroupProps & { readonly values?: readonly string[] }) {
  return <Group {...props} type="checkbox" given={props.values ?? []} />;
}

function Group(
  props: GroupProps & { readonly type: 'radio' | 'checkbox'; readonly given: readonly string[] },
) {
  const { name, hint, choices, given, inline = false, boxed = false } = props;
  const field = useField({ name, hint: hint !== undefined, given });
  // Of several with one name, the last is what a form's action takes.
  const chosen = props.type === 'radio' ? field.values.slice(-1) : field.values;
  return (
    <GroupFrame
      field={field}
      legend={props.label}
      optional={props.required !== true}
      hint={hint}
      one={props.type === 'radio'}
      {...(props.labelHidden === true ? { legendHidden: true } : {})}
    >
      <div
        className={
          inline
            ? 'mt-1 flex flex-wrap gap-x-6'
            : boxed
              ? `mt-3 grid gap-2.5 ${props.scrolls === true ? 'max-h-96 overflow-y-auto p-1' : ''}`
              : 'mt-2 grid gap-1'
        }
      >
        {choices.map((choice, index) => (
          <label key={choice.value} className={boxed ? boxedLabel : plainLabel}>
            <input
              // The summary's link leads to the first.
              id={index === 0 ? field.id : `${field.id}-${index + 1}`}
              type={props.type}
              name={name}
              value={choice.value}
              required={props.type === 'radio' && props.required === true}
              aria-invalid={props.type === 'checkbox' ? field.around['aria-invalid'] : undefined}
              defaultChecked={chosen.includes(choice.value)}
              className={box}
            />
            <span className="min-w-0 break-words">
              {choice.label}
              {choice.hint === undefined ? null : (
                <span className="block text-sm text-muted">{choice.hint}</span>
              )}
            </span>
          </label>
        ))}
      </div>
    </GroupFrame>
  );
}

/** A statement that somebody makes, or doesn't: sends `yes`. */
export function Checkbox(props: {
  readonly name: string;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly required?: boolean;
  readonly checked?: boolean;
}) {
  const { name, hint } = props;
  const field = useField({ name, hint: hint !== undefined, given: props.checked === true ? ['yes'] : [] });
  return (
    <div className={`min-w-0 ${field.problem === null ? '' : 'border-s-4 border-fail ps-4'}`}>
      <label htmlFor={field.id} className="flex min-h-9 cursor-pointer items-start gap-2.5 py-1">
        <input
          {...field.around}
          id={field.id}
          type="checkbox"
          name={name}
          value="yes"
          required={props.required}
          defaultChecked={field.values.includes('yes')}
          className={box}
        />
        <span className="min-w-0 break-words">{props.label}</span>
      </label>
      <Notes field={field} label={props.label} hint={hint} />
    </div>
  );
}

/** One of many, such as a project. Where the choice is grave and there are few, a RadioGroup shows them all. */
export function Select(props: {
  readonly name: string;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly required?: boolean;
  readonly value?: string;
  /** An empty value first, where none of them is what is meant until somebody says so. */
  readonly options: readonly (readonly [value: string, words: string])[];
}) {
  const { name, hint, value = '', required = false } = props;
  const field = useField({ name, hint: hint !== undefined, given: [value] });
  const [chosen = ''] = field.values;
  return (
    <FieldFrame field={field} label={props.label} optional={!required} hint={hint}>
      <select
        {...field.around}
        id={field.id}
        name={name}
        required={required}
        defaultValue={chosen}
        className="field mt-1.5"
      >
        {props.options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}
