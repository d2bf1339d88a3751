import { RadioGroup } from '../../../_components/form/choice-fields.tsx';
import { Form } from '../../../_components/form/form.tsx';
import { SubmitButton } from '../../../_components/form/submit-button.tsx';
import { TextArea, TextField } from '../../../_components/form/text-fields.tsx';
import { commentCharactersMax } from '../../../../lib/reviews/index.ts';
import { textCharactersMax } from '../../../../lib/applications/index.ts';
import { decideForm } from './decide-action.ts';
import { EvidenceChoice } from './evidence-choice.tsx';

interface Props {
  readonly id: number;
  readonly criteria: readonly { readonly id: string; readonly title: string; readonly text: string }[];
  readonly evidence: readonly { readonly id: number; readonly title: string; readonly value: string }[];
}

const verdicts = [
  { value: 'met', label: 'Met' },
  { value: 'not-met', label: 'Not met' },
  { value: 'not-applicable', label: 'Doesn’t apply' },
];

/** Every criterion on its own, each citing what it rests on; then the outcome and its reasons, for the applicant. */
export function DecisionForm({ id, criteria, evidence }: Props) {
  return (
    <section aria-labelledby="decide" className="card p-5 sm:p-6">
      <h2 id="decide" className="text-2xl">
        Decide
      </h2>
      <p className="mt-1 text-muted">The applicant gets all of it, without your name.</p>
      <Form id="decision" action={decideForm} hidden={{ id: String(id) }}>
        {criteria.map((criterion) => (
          <div
            key={criterion.id}
            role="group"
            aria-label={criterion.title}
            className="grid min-w-0 gap-3 rounded-lg border border-rule p-4"
          >
            <RadioGroup
              name={`verdict.${criterion.id}`}
              label={<span className="font-semibold">{criterion.title}</span>}
              hint={criterion.text}
              required
              inline
              choices={verdicts}
            />
            <EvidenceChoice id={criterion.id} title={criterion.title} evidence={evidence} />
            <TextField
              name={`comment.${criterion.id}`}
              label="Comment"
              charactersMax={commentCharactersMax}
            />
          </div>
        ))}
        <RadioGroup
          name="outcome"
          label={<span className="font-semibold">Outcome</span>}
          required
          inline
          choices={[
            { value: 'accepted', label: 'Accept' },
            { value: 'rejected', label: 'Reject' },
          ]}
        />
        <TextArea name="reasons" label="Reasons" required rows={4} charactersMax={textCharactersMax} />
        <TextArea
          name="conditions"
          label="Before applying again, of a rejection"
          hint="What has to change, so that the project knows what to work on."
          rows={3}
          charactersMax={textCharactersMax}
        />
        <TextField name="reapplyFrom" label="Not before" type="date" narrow />
        <div>
          <SubmitButton label="Record my decision" pending="Recording…" />
        </div>
      </Form>
    </section>
  );
}
