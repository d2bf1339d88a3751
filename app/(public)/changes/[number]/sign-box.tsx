import Link from 'next/link';
import { signatureProblem } from '../../../../lib/policy-changes/index.ts';
import type { ChangeDetail } from '../../../../lib/policy-changes/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import { ActionForm } from '../../../_components/action-form.tsx';
import { CodeBlock } from '../../../_components/code-block.tsx';
import { signForm } from './actions.ts';

/** The exact text that a policy maintainer signs, the command that signs it, and where to submit it. */
export function SignBox({ ctx, change }: { readonly ctx: Context; readonly change: ChangeDetail }) {
  const { actor } = ctx;
  const { pull, statement } = change;
  if (change.assessment.problems.length > 0) return null;
  const maintainer = actor.kind === 'person' && actor.roles.policyMaintainer;
  const signed = actor.kind === 'person' && change.signatures.counted.includes(actor.handle);
  const problem = maintainer ? signatureProblem(change, actor.handle) : null;
  const own = actor.kind === 'person' && change.authors.includes(actor.handle);
  return (
    <section aria-labelledby="sign" className="rounded-xl border-2 border-seal bg-surface p-6 sm:p-8">
      <h2 id="sign" className="text-2xl">
        Accept it
      </h2>
      <p className="mt-2 max-w-prose text-muted">
        Policy maintainers accept a change by signing the hash of its newest commit with their own SSH key.
        The signature is kept in the repository; a password or a click here counts for nothing.
      </p>
      {own && !signed ? (
        <p className="mt-4 font-medium">You wrote this change, so somebody else has to accept it.</p>
      ) : null}
      {own && problem === null && !signed && maintainer ? (
        <p className="mt-2">Your own signature counts beside theirs.</p>
      ) : null}
      {problem !== null ? (
        own ? null : (
          <p className="mt-4 font-medium">
            {problem.message} {problem.fix}
          </p>
        )
      ) : signed ? (
        <p className="mt-4 font-medium">Your signature is there, over the change as it stands.</p>
      ) : maintainer ? (
        <>
          <h3 className="mt-6 text-lg">1. Sign the statement</h3>
          <p className="mt-1 text-sm text-muted">
            This command signs it, in its exact form, and prints the signature:
          </p>
          <CodeBlock className="mt-2">{command(statement)}</CodeBlock>
          <h3 className="mt-6 text-lg">2. Submit the signature</h3>
          <ActionForm
            id="sign"
            action={signForm}
            hidden={{ number: String(pull.number), head: pull.head.commit }}
            fields={[
              {
                kind: 'textarea',
                name: 'signature',
                label: 'Signature',
                hint: 'What the command printed, from BEGIN to END.',
                required: true,
                rows: 7,
                charactersMax: 16_384,
                code: true,
              },
            ]}
            buttons={[{ label: 'Submit signature', pending: 'Submitting…', intent: 'sign' }]}
          />
        </>
      ) : own ? null : (
        <p className="mt-4">
          {actor.kind === 'public' ? (
            <>
              <Link className="link" href="/sign-in">
                Sign in
              </Link>{' '}
              as a policy maintainer to submit a signature here.
            </>
          ) : (
            'You are not one of the policy maintainers; trust/root.yaml lists them.'
          )}
        </p>
      )}
    </section>
  );
}

/** `'` ends a shell's quoted text; canonical statements hold none, and a quoted one would still be safe. */
const command = (statement: string): string =>
  `printf %s '${statement.replaceAll("'", `'\\''`)}' | ssh-keygen -Y sign -n countersign-policy -f ~/.ssh/id_ed25519`;
