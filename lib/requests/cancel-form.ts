/** What the form on a request's page sends to have it cancelled. */
import { unseenProblem } from '#core/text/typed/index.ts';
import { FieldReader } from '../platform/http/index.ts';
import { RequestsError } from './error.ts';

/** As the API takes it. */
export const cancelReasonCharactersMax = 500;

/** → the reason. Throws where it can't be taken, or where nobody confirmed that the request ends. */
export function readCancelForm(sent: { readonly reason: string; readonly confirmed: string }): string {
  const reader = new FieldReader();
  const reason = reader.text('reason', sent.reason, {
    label: 'Why it is cancelled',
    charactersMax: cancelReasonCharactersMax,
    missing: 'say why',
  });
  const unseen = unseenProblem(reason);
  if (unseen !== null) reader.refuse('reason', 'CHARACTER_INVALID', `Why it is cancelled: ${unseen}.`);
  reader.choice(
    'confirmed',
    sent.confirmed,
    ['yes'],
    'End this request: confirm it, since it can’t be undone.',
  );
  const [problem] = reader.problems;
  if (problem === undefined) return reason;
  throw new RequestsError({
    code: 'TEXT_INVALID',
    message: problem.message,
    fields: reader.problems,
    fix: 'Correct what is marked, and send it again.',
  });
}
