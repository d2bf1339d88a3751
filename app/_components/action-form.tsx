import type { ReactNode } from 'react';
import { Checkbox, RadioGroup, Select } from './form/choice-fields.tsx';
import { Form } from './form/form.tsx';
import type { FormAction, FormState } from './form/form-state.ts';
import { SubmitButton } from './form/submit-button.tsx';
import { TextArea, TextField } from './form/text-fields.tsx';

export type ActionFormState = FormState;

export interface ActionFormField {
  readonly kind: 'text' | 'textarea' | 'checkbox' | 'select' | 'radio';
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** The initial value; none if the choice is grave. */
  readonly value?: string;
  readonly required?: boolean;
  readonly rows?: number;
  readonly charactersMax?: number;
  /** Of a select or of radio buttons: value and words. */
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

/** A form of fields one below the other: errors come back at the fields, with everything that was entered. */
export function ActionForm(props: {
  /** Prefix of the fields' ids: unique on the page. */
  readonly id: string;
  readonly action: FormAction;
  readonly hidden: Readonly<Record<string, string>>;
  readonly fields: readonly ActionFormField[];
  readonly buttons: readonly ActionFormButton[];
  /** Above the fields. */
  readonly children?: ReactNode;
}) {
  return (
    <Form id={props.id} action={props.action} hidden={props.hidden}>
      {props.children}
      {props.fields.map((field) => (
        <Field key={field.name} field={field} />
      ))}
      <div className="flex flex-wrap gap-3">
        {props.buttons.map((button) => (
          <SubmitButton
            key={button.intent}
            name="intent"
            value={button.intent}
            label={button.label}
            pending={button.pending}
            {...(button.quiet === true ? { quiet: true } : {})}
          />
        ))}
      </div>
    </Form>
  );
}

function Field({ field }: { readonly field: ActionFormField }) {
  const { kind, options = [], rows, code, charactersMax, ...shared } = field;
  const text = {
    ...shared,
    ...(code === undefined ? {} : { code }),
    ...(charactersMax === undefined ? {} : { charactersMax }),
  };
  switch (kind) {
    case 'text':
      return <TextField {...text} />;
    case 'textarea':
      return <TextArea {...text} {...(rows === undefined ? {} : { rows })} />;
    case 'checkbox':
      return <Checkbox {...shared} checked={field.value === 'yes'} />;
    case 'select':
      return <Select {...shared} options={options} />;
    case 'radio':
      return <RadioGroup {...shared} choices={options.map(([value, label]) => ({ value, label }))} />;
  }
}
