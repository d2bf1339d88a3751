'use client';

import type { WebhookEventType, WebhookFormat } from '#core/wire/webhook/index.ts';
import { CheckboxGroup, RadioGroup } from '../../../../_components/form/choice-fields.tsx';
import { FormFrame } from '../../../../_components/form/form.tsx';
import { nothingSent } from '../../../../_components/form/form-state.ts';
import { SubmitButton } from '../../../../_components/form/submit-button.tsx';
import { TextField } from '../../../../_components/form/text-fields.tsx';
import { useForm } from '../../../../_components/form/use-form.ts';
import { addWebhookForm } from './actions.ts';
import type { WebhookFormState } from './actions.ts';
import { NewSecret } from './new-secret.tsx';
import { eventWords, formatWords } from './words.ts';

const nothing: WebhookFormState = { ...nothingSent, made: null };

/** Adds a webhook and shows its secret, once. Works before, and without, JavaScript. */
export function WebhookForm(props: {
  readonly project: string;
  /** UUID of this form: sent twice, it adds one webhook. */
  readonly once: string;
  readonly urlCharactersMax: number;
  readonly tokenCharactersMax: number;
  readonly refCharactersMax: number;
  readonly formats: readonly WebhookFormat[];
  readonly events: readonly WebhookEventType[];
}) {
  const control = useForm(addWebhookForm, nothing);
  const { made } = control.state;
  return (
    <>
      <NewSecret made={made} title={`${made?.shown ?? ''} is added`} />
      <FormFrame
        // The fields of one webhook aren't kept for the next.
        key={made?.id}
        id="webhook"
        control={control}
        hidden={{ project: props.project, once: props.once }}
        className="mt-4 grid min-w-0 gap-4"
      >
        <TextField
          name="url"
          label="Address"
          when="for messages"
          hint="The https:// address of your receiver, or the one that your chat service gave you. Leave it empty for a workflow or pipeline: the policy says where it runs."
          code
          charactersMax={props.urlCharactersMax}
        />
        <RadioGroup
          name="format"
          label="Format"
          required
          choices={props.formats.map((value) => ({ value, label: formatWords[value] }))}
        />
        <TextField
          name="token"
          label="Token that starts it"
          when="for a workflow or pipeline"
          hint="For a workflow: a fine-grained token for that repository alone, with Contents: write. For a pipeline: a pipeline trigger token. It is encrypted, and not shown again."
          code
          charactersMax={props.tokenCharactersMax}
        />
        <TextField
          name="ref"
          label="Branch or tag"
          when="for a pipeline"
          hint="Whose .gitlab-ci.yml is run."
          code
          charactersMax={props.refCharactersMax}
        />
        <CheckboxGroup
          name="events"
          label="Events"
          required
          hint="Select at least one."
          choices={props.events.map((value) => ({
            value,
            label: eventWords[value],
            hint: <code>{value}</code>,
          }))}
        />
        <div>
          <SubmitButton label="Add the webhook" pending="Adding…" />
        </div>
      </FormFrame>
    </>
  );
}
