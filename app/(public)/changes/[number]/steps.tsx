import Link from 'next/link';
import { isOwn } from '../../../../lib/platform/auth/index.ts';
import type { ChangeDetail } from '../../../../lib/policy-changes/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import { ActionForm } from '../../../_components/action-form.tsx';
import { closeForm, mergeForm, updateForm } from './actions.ts';

/** What the reader may do with the change. The verbs check again; this only offers the buttons. */
export function Steps({ ctx, change }: { readonly ctx: Context; readonly change: ChangeDetail }) {
  const { actor } = ctx;
  const { pull, assessment } = change;
  if (actor.kind !== 'person' || pull.state !== 'open') return null;
  if (!actor.roles.policyMaintainer && !isOwn(actor, change.proposer)) return null;
  const hidden = { number: String(pull.number), head: pull.head.commit };
  const behind = change.conditions.some((condition) => condition.name === 'current' && !condition.met);
  const guards = assessment.plan?.guards ?? [];
  return (
    <section aria-labelledby="steps" className="card min-w-0 p-6">
      <h2 id="steps" className="text-lg">
        Next step
      </h2>
      {change.ready ? (
        <ActionForm
          id="merge"
          action={mergeForm}
          hidden={hidden}
          fields={
            guards.length === 0
              ? []
              : [
                  {
                    kind: 'checkbox',
                    name: 'guardsSeen',
                    label: 'I have read what the guards say, and the change is intended.',
                    required: true,
                  },
                ]
          }
          buttons={[{ label: 'Merge', pending: 'Merging…', intent: 'merge' }]}
        />
      ) : null}
      {behind ? (
        <ActionForm
          id="update"
          action={updateForm}
          hidden={hidden}
          fields={[]}
          buttons={[
            { label: 'Bring it up to date', pending: 'Working…', intent: 'update', quiet: change.ready },
          ]}
        />
      ) : null}
      <p className="mt-4">
        <Link className="link inline-block min-h-6" href={`/changes/${pull.number}/edit`}>
          Edit a file of it
        </Link>
      </p>
      <details className="mt-2">
        <summary className="inline-flex min-h-8 items-center">
          <span className="link">Close it without merging</span>
        </summary>
        <ActionForm
          id="close"
          action={closeForm}
          hidden={hidden}
          fields={[]}
          buttons={[{ label: 'Close', pending: 'Closing…', intent: 'close', quiet: true }]}
        />
      </details>
    </section>
  );
}
