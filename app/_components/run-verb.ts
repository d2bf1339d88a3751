/** What every form's action does around its verb: run it, and turn an explained error into words beside the form. */
import { ExplainedError } from '../../lib/platform/http/index.ts';
import type { ActionFormState } from './action-form.tsx';
import { limitActions } from './limit-actions.ts';

const valueCharactersMax = 512 * 1024;

/** null: it worked. Errors that explain nothing are faults, and go to the error page. */
export async function runVerb(form: FormData, verb: () => Promise<void>): Promise<ActionFormState | null> {
  try {
    await limitActions();
    await verb();
    return null;
  } catch (error) {
    if (!(error instanceof ExplainedError)) throw error;
    const values: Record<string, string> = {};
    for (const [name, value] of form) {
      if (typeof value === 'string' && !name.startsWith('$'))
        values[name] = value.slice(0, valueCharactersMax);
    }
    return { error: { message: error.message, fix: error.fix }, values };
  }
}
