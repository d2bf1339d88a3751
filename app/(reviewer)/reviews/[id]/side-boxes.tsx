import { ActionForm } from '../../../_components/action-form.tsx';
import { againForm, proposeAgainForm, recuseForm } from '../actions.ts';

export function RecuseBox({ id }: { readonly id: string }) {
  return (
    <details className="card p-5">
      <summary className="flex min-h-6 items-center font-medium">I am involved with this project</summary>
      <p className="mt-2 text-muted">
        Friends, an employer, your own code in it, a competing project: then others decide. This can’t be
        undone, and you no longer see what reviewers write to each other.
      </p>
      <ActionForm
        id="recuse"
        action={recuseForm}
        hidden={{ id }}
        fields={[{ kind: 'textarea', name: 'reason', label: 'In a sentence, why', required: true, rows: 2 }]}
        buttons={[{ label: 'Recuse myself', pending: 'Working…', intent: 'recuse', quiet: true }]}
      />
    </details>
  );
}

export function AgainBox({ applicationId }: { readonly applicationId: number }) {
  return (
    <details className="card p-5">
      <summary className="flex min-h-6 items-center font-medium">Review the project again</summary>
      <p className="mt-2 text-muted">
        This happens automatically after some time; use it when there is a reason now.
      </p>
      <ActionForm
        id="again"
        action={againForm}
        hidden={{ applicationId: String(applicationId) }}
        fields={[{ kind: 'textarea', name: 'reason', label: 'Reason', required: true, rows: 2 }]}
        buttons={[{ label: 'Open another review', pending: 'Opening…', intent: 'again', quiet: true }]}
      />
    </details>
  );
}

export function ProposeAgainBox({
  id,
  applicationId,
}: {
  readonly id: number;
  readonly applicationId: number;
}) {
  return (
    <section aria-labelledby="propose-again" className="card p-5">
      <h2 id="propose-again" className="text-lg">
        The change that adds the project was closed
      </h2>
      <p className="mt-2 text-muted">
        The project is accepted and has no policy. The portal can propose its files once more, against the
        policy as it is now.
      </p>
      <ActionForm
        id="propose-again"
        action={proposeAgainForm}
        hidden={{ id: String(id), applicationId: String(applicationId) }}
        fields={[]}
        buttons={[{ label: 'Propose it again', pending: 'Working…', intent: 'propose', quiet: true }]}
      />
    </section>
  );
}
