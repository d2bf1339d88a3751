import type { QuestionField } from '../../../../lib/applications/questions/index.ts';
import { Checkbox, RadioGroup } from '../../../_components/form/choice-fields.tsx';
import { TextArea, TextField } from '../../../_components/form/text-fields.tsx';

interface Props {
  readonly field: QuestionField;
  /** The only field of its page: the page's heading asks already. */
  readonly alone: boolean;
  readonly value: string;
}

/** One field of a question. */
export function QuestionInput({ field, alone, value }: Props) {
  const { name, label, kind, charactersMax } = field;
  const shared = {
    name,
    label,
    required: !field.optional,
    ...(field.hint === null ? {} : { hint: field.hint }),
  };
  switch (kind) {
    case 'choice':
      return (
        <RadioGroup
          {...shared}
          boxed
          labelHidden={alone}
          {...(value === '' ? {} : { value })}
          choices={field.options.map((option) => ({
            value: option.value,
            label: option.label,
            ...(option.hint === null ? {} : { hint: option.hint }),
          }))}
        />
      );
    case 'checkbox':
      return <Checkbox {...shared} checked={value === 'yes'} />;
    case 'textarea':
      return <TextArea {...shared} value={value} charactersMax={charactersMax} rows={7} />;
    case 'keys':
      return <TextArea {...shared} value={value} charactersMax={charactersMax} rows={4} code />;
    default:
      return (
        <TextField
          {...shared}
          type={kind}
          value={value}
          charactersMax={charactersMax}
          {...autoComplete(field)}
        />
      );
  }
}

/** WCAG 1.3.5: what is about the person is named, so that browsers can fill it in. */
function autoComplete({ kind, label }: QuestionField): { readonly autoComplete?: string } {
  if (kind === 'email') return { autoComplete: 'email' };
  return label === 'Your name' ? { autoComplete: 'name' } : {};
}
