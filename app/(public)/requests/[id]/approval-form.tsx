import { RadioGroup } from '../../../_components/form/choice-fields.tsx';
import { Form } from '../../../_components/form/form.tsx';
import { SubmitButton } from '../../../_components/form/submit-button.tsx';
import { TextArea } from '../../../_components/form/text-fields.tsx';
import { handInApproval } from './actions.ts';

/** Submits one signed decision. Neither is preselected: approving a release must be a deliberate choice. */
export function ApprovalForm(props: {
  readonly requestId: string;
  /** The statement that was signed has to be submitted, whatever the current statements are. */
  readonly statements: { readonly approve: string | null; readonly deny: string };
}) {
  const { approve, deny } = props.statements;
  const hidden = { request: props.requestId, deny };
  // Where the signer asks for no approval there is nothing to choose.
  const onlyDeny = approve === null;
  return (
    <Form
      id="approval-form"
      action={handInApproval}
      hidden={onlyDeny ? { ...hidden, approve: '', decision: 'deny' } : { ...hidden, approve }}
      kept={['approve', 'deny']}
    >
      {onlyDeny ? null : (
        <RadioGroup
          name="decision"
          label="Your decision"
          required
          inline
          choices={[
            { value: 'approve', label: 'Approve' },
            { value: 'deny', label: 'Deny' },
          ]}
        />
      )}
      <TextArea
        name="signature"
        label="Signature"
        hint="What the command printed, from BEGIN to END."
        placeholder="-----BEGIN SSH SIGNATURE-----"
        required
        rows={7}
        code
      />
      <div>
        <SubmitButton label={onlyDeny ? 'Submit denial' : 'Submit decision'} pending="Submitting…" />
      </div>
    </Form>
  );
}
