/** What every form's action does around its verb: read what was sent, run it, and turn errors into words at the fields. */
import { redirect, unstable_rethrow } from 'next/navigation';
import { z } from 'zod';
import { isError } from '#core/error/index.ts';
import { IdentifierError } from '#core/ids/index.ts';
import { currentRequest } from '../../lib/platform/http/index.ts';
import { BadRequest, logFault, problemOf } from '../api/_edge/problem.ts';
import { valuesOf } from './form/form-state.ts';
import type { FormState } from './form/form-state.ts';
import { limitActions } from './limit-actions.ts';
import { asToldTo } from './not-signed-in.ts';
import { pageContext } from './page-context.ts';

/** What people type or choose: anything. What it has to be, the verb says, with words for people. */
export const typed = z.string().default('');

/** What the page puts into a hidden field: a number of the database's. */
export const rowNumber = z.coerce.number().int().positive().max(2_000_000_000);

/** What the page puts into a hidden field: text that an identifier's parser takes. */
export const identifier = <T>(parse: (value: unknown) => T) =>
  z.string().transform((text, context) => {
    try {
      return parse(text);
    } catch (error) {
      if (!isError(error, IdentifierError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });

/**
 * Reads the form and does what it asks for; `work` → where to go then. Whatever fails is answered with everything that
 * was entered: what is explained in its own words, a fault with the id that the operators find it by.
 */
export async function submitForm<S extends z.ZodType>(
  form: FormData,
  schema: S,
  work: (input: z.output<S>) => Promise<string>,
): Promise<FormState> {
  let to = '';
  const refused = await tryForm(form, schema, async (input) => {
    to = await work(input);
  });
  return refused ?? redirect(to);
}

/** The same where the answer is on the page itself; null: it worked. */
export async function tryForm<S extends z.ZodType>(
  form: FormData,
  schema: S,
  work: (input: z.output<S>) => Promise<void>,
): Promise<FormState | null> {
  try {
    await limitActions();
    // A program can call an action with anything.
    if (!isForm(form)) throw formInvalid('nothing that was entered');
    // The last text of each name; fields of the framework and files are none.
    const sent = Object.entries(valuesOf(form)).map(([name, texts]) => [name, texts.at(-1)]);
    await work(formValue(schema, Object.fromEntries(sent)));
    return null;
  } catch (error) {
    return refusal(await told(error), form);
  }
}

/** What the portal's own page always sends as the schema says: anything else comes from elsewhere, or from an outdated page. */
export function formValue<S extends z.ZodType>(schema: S, sent: unknown): z.output<S> {
  const parsed = schema.safeParse(sent);
  if (parsed.success) return parsed.data;
  const names = [...new Set(parsed.error.issues.map(({ path }) => path.map(String).join('.')))];
  throw formInvalid(names.join(', ').slice(0, 500));
}

const formInvalid = (what: string): BadRequest =>
  new BadRequest({
    code: 'FORM_INVALID',
    message: `This form isn’t as the portal’s page sends it: ${what}.`,
    fix: 'Load the page again, and fill the form in there.',
  });

const isForm = (form: unknown): form is FormData => form instanceof FormData;

/** A redirect and a page that isn't there are thrown, too. */
async function told(error: unknown): Promise<unknown> {
  unstable_rethrow(error);
  // Whatever is wrong with asking, the first error is what the form has to say.
  return pageContext().then(
    ({ actor }) => asToldTo(actor, error),
    () => error,
  );
}

/** What a form shows of an error, and what the answer's status says of it. */
function refusal(error: unknown, form: FormData): FormState {
  const problem = problemOf(error);
  logFault(problem, error);
  const { status, code, detail, fix, fields, requestId, retryAfterSeconds } = problem;
  const request = currentRequest();
  if (request !== null) request.outcome = { status, retryAfterSeconds };
  return {
    error: { code, message: detail, fix, fields, ...(requestId === null ? {} : { reference: requestId }) },
    values: isForm(form) ? valuesOf(form) : {},
  };
}
