'use client';

import { use } from 'react';
import type { ReactNode } from 'react';
import { FormContext } from './form-context.ts';
import type { FieldUse } from './form-context.ts';

const marked = 'border-s-4 border-fail ps-4';

/** A message as it stands below its field's label: the summary names the field, here the label does. */
export function atItsLabel(message: string, label: ReactNode): string {
  if (typeof label !== 'string') return message;
  const named = [`${label}: `, `“${label}”: `].find((prefix) => message.startsWith(prefix));
  if (named === undefined) return message;
  const rest = message.slice(named.length);
  return `${rest.slice(0, 1).toUpperCase()}${rest.slice(1)}`;
}

/** Hint and message of a field, which its input names with aria-describedby. */
export function Notes(props: {
  readonly field: FieldUse;
  readonly label: ReactNode;
  readonly hint: ReactNode;
}) {
  const { field, hint } = props;
  return (
    <>
      {field.hintId === undefined ? null : (
        <div id={field.hintId} className="mt-0.5 text-sm break-words text-muted">
          {hint}
        </div>
      )}
      {field.problemId === undefined ? null : (
        <p id={field.problemId} className="mt-1 font-medium break-words text-fail">
          <span className="sr-only">Error: </span>
          {field.problem === null ? null : atItsLabel(field.problem, props.label)}
        </p>
      )}
    </>
  );
}

function Optional({ optional }: { readonly optional: boolean }) {
  const { search } = use(FormContext);
  return optional && !search ? <span className="font-normal text-muted"> (optional)</span> : null;
}

/** Label, hint, message, and then the one input. */
export function FieldFrame(props: {
  readonly field: FieldUse;
  readonly label: ReactNode;
  readonly optional: boolean;
  readonly hint: ReactNode;
  readonly children: ReactNode;
}) {
  const { field } = props;
  return (
    <div className={`min-w-0 ${field.problem === null ? '' : marked}`}>
      <label htmlFor={field.id} className="block font-medium">
        {props.label}
        <Optional optional={props.optional} />
      </label>
      <Notes field={field} label={props.label} hint={props.hint} />
      {props.children}
    </div>
  );
}

/** Legend, hint, message, and then the choices. */
export function GroupFrame(props: {
  readonly field: FieldUse;
  readonly legend: ReactNode;
  readonly optional: boolean;
  readonly hint: ReactNode;
  /** The page's heading asks already. */
  readonly legendHidden?: boolean;
  /** One of them, and not any: then the group as a whole can be wrong (ARIA allows it of no other group). */
  readonly one: boolean;
  readonly children: ReactNode;
}) {
  const { field, one } = props;
  return (
    <fieldset
      role={one ? 'radiogroup' : undefined}
      aria-describedby={field.around['aria-describedby']}
      aria-invalid={one ? field.around['aria-invalid'] : undefined}
      aria-required={one && !props.optional ? true : undefined}
      className={`min-w-0 ${field.problem === null ? '' : marked}`}
    >
      <legend className={props.legendHidden === true ? 'sr-only' : 'font-medium'}>
        {props.legend}
        <Optional optional={props.optional} />
      </legend>
      <Notes field={field} label={props.legend} hint={props.hint} />
      {props.children}
    </fieldset>
  );
}
