import type { Context } from '../../../../lib/platform/portal/index.ts';
import { cancelReasonCharactersMax, isFinal, mayCancel } from '../../../../lib/requests/index.ts';
import type { RequestDetail } from '../../../../lib/requests/index.ts';
import { CancellationWords } from '../../../_components/cancellation-words.tsx';
import { Checkbox } from '../../../_components/form/choice-fields.tsx';
import { Form } from '../../../_components/form/form.tsx';
import { SubmitButton } from '../../../_components/form/submit-button.tsx';
import { TextField } from '../../../_components/form/text-fields.tsx';
import { Notice } from '../../../_components/notice.tsx';
import { cancelForm } from './actions.ts';

/** For whoever may end a request that nobody wants any more. Not folded away: what is refused has to be seen without scripts, too. */
export function CancelBox({ ctx, request }: { readonly ctx: Context; readonly request: RequestDetail }) {
  if (isFinal(request.status) || request.cancellation !== null || !mayCancel(ctx, request)) return null;
  return (
    <section aria-labelledby="cancel-title" className="card mb-12 min-w-0 p-6">
      <h2 id="cancel-title" className="text-xl">
        Cancel this request
      </h2>
      <p className="mt-2 mb-5 text-muted">
        The signer ends it when it looks next, and signs nothing more of it. What is released by then stays
        released.
      </p>
      <Form id="cancel" action={cancelForm} hidden={{ request: request.id }}>
        <TextField
          name="reason"
          label="Why it is cancelled"
          hint="One line. Everybody can read it."
          required
          charactersMax={cancelReasonCharactersMax}
        />
        <Checkbox
          name="confirmed"
          label="End this request"
          hint="This can’t be undone: to sign the file after all, submit it again."
          required
        />
        <div>
          <SubmitButton label="Cancel the request" pending="Cancelling…" quiet />
        </div>
      </Form>
    </section>
  );
}

/** Who cancelled it and why, and what came of it. */
export function CancellationNotice({
  ctx,
  request,
}: {
  readonly ctx: Context;
  readonly request: RequestDetail;
}) {
  const { cancellation, outcome } = request;
  if (cancellation === null) return null;
  return (
    <Notice tone="cancelled" title={titleOf(outcome)}>
      <CancellationWords ctx={ctx} project={request.project} cancellation={cancellation} />
    </Notice>
  );
}

function titleOf(outcome: RequestDetail['outcome']): string {
  switch (outcome) {
    case null:
      return 'Cancelled: the signer ends it when it looks next';
    case 'cancelled':
      return 'Why it was cancelled';
    case 'superseded':
      return 'Why it was replaced';
    default:
      return 'Somebody cancelled it, too late';
  }
}
