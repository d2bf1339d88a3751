'use client';

import { FormFrame } from '../../../../../_components/form/form.tsx';
import { nothingSent } from '../../../../../_components/form/form-state.ts';
import { SubmitButton } from '../../../../../_components/form/submit-button.tsx';
import { useForm } from '../../../../../_components/form/use-form.ts';
import { rotateSecretForm } from '../actions.ts';
import type { WebhookFormState } from '../actions.ts';
import { NewSecret } from '../new-secret.tsx';

const nothing: WebhookFormState = { ...nothingSent, made: null };

/** Gives the webhook another secret and shows it, once. Works before, and without, JavaScript. */
export function RotateForm({
  project,
  id,
  hours,
}: {
  readonly project: string;
  readonly id: string;
  readonly hours: number;
}) {
  const control = useForm(rotateSecretForm, nothing);
  return (
    <>
      <NewSecret made={control.state.made} title="It has another secret" />
      <FormFrame id="rotate" control={control} hidden={{ project, id }} className="mt-6 grid min-w-0 gap-3">
        <p>
          With another secret, messages carry two signatures for {hours} hours: one by the new and one by the
          old.
        </p>
        <div>
          <SubmitButton label="Rotate the secret" pending="Rotating…" quiet />
        </div>
      </FormFrame>
    </>
  );
}
