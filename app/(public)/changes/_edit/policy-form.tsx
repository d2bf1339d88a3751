import type { FormField } from '../../../../lib/policy-tools/edit/index.ts';
import { CheckboxGroup, RadioGroup } from '../../../_components/form/choice-fields.tsx';
import { TextArea, TextField } from '../../../_components/form/text-fields.tsx';

/** The fields of a guided form; the form around them and its buttons are the caller's. */
export function PolicyForm({ fields }: { readonly fields: readonly FormField[] }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-7">
      {fields.map((field) => (
        <Field key={field.name} field={field} />
      ))}
    </div>
  );
}

function Field({ field }: { readonly field: FormField }) {
  const { name, label, hint, kind, optional, options, values } = field;
  const shared = { name, label, hint, required: !optional };
  const choices = options.map(([value, words]) => ({ value, label: words }));
  const [value = ''] = values;
  switch (kind) {
    case 'choice':
      return (
        <div className="min-w-0">
          <Asked name={name} />
          <RadioGroup {...shared} choices={choices} value={value} inline />
        </div>
      );
    case 'checkboxes':
      return (
        <div className="min-w-0">
          <Asked name={name} />
          <CheckboxGroup {...shared} choices={choices} values={values} inline />
        </div>
      );
    case 'lines':
    case 'textarea':
      return (
        <TextArea {...shared} value={value} rows={Math.max(3, Math.min(10, value.split('\n').length + 1))} />
      );
    case 'number':
      return <TextField {...shared} value={value} inputMode="numeric" autoComplete="off" />;
    case 'text':
      return <TextField {...shared} value={value} autoComplete="off" />;
  }
}

/** An empty one tells "none of them" from "not asked". */
const Asked = ({ name }: { readonly name: string }) => <input type="hidden" name={name} value="" />;
