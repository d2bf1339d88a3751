import type { ReactNode } from 'react';
import type { Question } from '../../../../lib/applications/questions/index.ts';
import { Form } from '../../../_components/form/form.tsx';
import type { FormAction } from '../../../_components/form/form-state.ts';
import { SubmitButton } from '../../../_components/form/submit-button.tsx';
import { QuestionInput } from './question-input.tsx';

export function QuestionForm(props: {
  readonly action: FormAction;
  readonly hidden: Readonly<Record<string, string>>;
  readonly question: Question;
  readonly values: Readonly<Record<string, string>>;
  /** Which answer the writer has seen. */
  readonly seen: string;
  /** Above the fields. */
  readonly children?: ReactNode;
}) {
  const { question, hidden } = props;
  return (
    <Form
      id="answer"
      action={props.action}
      hidden={{ ...hidden, seen: props.seen }}
      kept={['seen']}
      // Identifies the form by its address: without scripts, what was typed is put back into the page with that address.
      permalink={`/apply/${hidden['id'] ?? ''}/${question.id}`}
      className="mt-6 grid min-w-0 gap-6"
    >
      {props.children}
      {question.fields.map((field) => (
        <QuestionInput
          key={field.name}
          field={field}
          alone={question.fields.length === 1}
          value={props.values[field.name] ?? ''}
        />
      ))}
      <div className="flex flex-wrap gap-3">
        <SubmitButton name="intent" value="next" label="Save and continue" pending="Saving…" />
        <SubmitButton name="intent" value="later" label="Save and come back later" pending="Saving…" quiet />
      </div>
    </Form>
  );
}
