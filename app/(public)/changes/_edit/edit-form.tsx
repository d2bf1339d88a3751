import type { ReactNode } from 'react';
import type { FormField } from '../../../../lib/policy-tools/edit/index.ts';
import { proposalLimits } from '../../../../lib/policy-changes/index.ts';
import { Form } from '../../../_components/form/form.tsx';
import type { FormAction, FormState } from '../../../_components/form/form-state.ts';
import { SubmitButton } from '../../../_components/form/submit-button.tsx';
import { TextArea, TextField } from '../../../_components/form/text-fields.tsx';
import { FocusHere } from './focus-here.tsx';
import { PolicyForm } from './policy-form.tsx';

export interface EditValues {
  readonly title: string;
  readonly description: string;
  /** The guided form's fields; null where the text is edited. */
  readonly fields: readonly FormField[] | null;
}

/** One file being edited, by fields or as text: previewed as often as needed, then proposed. */
export function EditForm(props: {
  readonly values: EditValues;
  /** What is wrong with what was entered, and all of that. */
  readonly begin: FormState;
  readonly hidden: Readonly<Record<string, string>>;
  /** Of the page. */
  readonly address: string;
  readonly action: FormAction;
  /** The editor of the text; null in the guided form. */
  readonly editor: ReactNode;
  /** What it would mean; null until somebody asked. */
  readonly preview: ReactNode;
  /** What the last button says. */
  readonly propose: string;
  /** Adding to a change asks for no reason: the change has one. */
  readonly withDescription: boolean;
}) {
  const { values, begin, preview } = props;
  return (
    <Form
      id="edit"
      action={props.action}
      hidden={props.hidden}
      begin={begin}
      permalink={props.address}
      className="mt-8 grid min-w-0 grid-cols-[minmax(0,1fr)] gap-8"
    >
      {preview === null ? null : begin.error === null ? <FocusHere>{preview}</FocusHere> : preview}
      {values.fields === null ? null : (
        <div className="max-w-3xl min-w-0">
          <PolicyForm fields={values.fields} />
        </div>
      )}
      {props.editor}
      <div className="grid max-w-3xl min-w-0 gap-5 border-t border-rule pt-6">
        <TextField
          name="title"
          label="What changes, in one line"
          required
          charactersMax={proposalLimits.title}
          value={values.title}
          autoComplete="off"
        />
        {props.withDescription ? (
          <TextArea
            name="description"
            label="Why"
            hint="For the policy maintainers who have to accept it, and for everybody who reads it later."
            charactersMax={proposalLimits.description}
            value={values.description}
          />
        ) : null}
        <div className="flex flex-wrap gap-3">
          <SubmitButton name="intent" value="look" label="See what it means" pending="Looking…" quiet />
          <SubmitButton name="intent" value="propose" label={props.propose} pending="Proposing…" />
        </div>
      </div>
    </Form>
  );
}
