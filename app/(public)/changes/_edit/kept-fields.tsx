'use client';

import { use } from 'react';
import { FormContext } from '../../../_components/form/form-context.ts';
import { TextArea, TextField } from '../../../_components/form/text-fields.tsx';

/** What was entered, without the page around it: text to go on with, and the guided form's values as they were sent. */
export function KeptFields() {
  const { values } = use(FormContext).state;
  const guided = Object.entries(values).filter(([name]) => name.startsWith('value.'));
  return (
    <>
      {guided.flatMap(([name, texts]) =>
        texts.map((text, index) => <input key={`${name} ${index}`} type="hidden" name={name} value={text} />),
      )}
      {values['content'] === undefined ? null : (
        <TextArea name="content" label="Text" required rows={24} code />
      )}
      <TextField name="title" label="What changes, in one line" required autoComplete="off" />
      {values['description'] === undefined ? null : <TextArea name="description" label="Why" />}
    </>
  );
}
