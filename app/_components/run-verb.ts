import type { FormState } from './form/form-state.ts';
import { limitActions } from './limit-actions.ts';
import { refusal } from './submit-form.ts';

/** null: it worked. Forms that read themselves what was sent; see submitForm for all others. */
export async function runVerb(form: FormData, verb: () => Promise<void>): Promise<FormState | null> {
  try {
    await limitActions();
    await verb();
    return null;
  } catch (error) {
    return refusal(error, form);
  }
}
