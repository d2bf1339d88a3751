import type { Metadata } from 'next';
import Link from 'next/link';
import { readOwnKeys } from '../../../lib/onboarding/index.ts';
import { ActionForm } from '../../_components/action-form.tsx';
import { CodeBlock } from '../../_components/code-block.tsx';
import { Notice } from '../../_components/notice.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { addKeyForm } from './actions.ts';

export const metadata: Metadata = { title: 'Your approval key', robots: { index: false } };

export default async function ApprovalKeyPage() {
  const ctx = await pageContext();
  const own = await readOwnKeys(ctx);
  return (
    <div className="page *:max-w-2xl">
      <PageTitle
        title="Your approval key"
        up={{ href: '/approvals', name: 'Approvals' }}
        lead="You approve a release by signing a statement with your own SSH key. The policy lists its public half."
      />
      {own === null ? (
        <Notice tone="waiting" title="The policy in force doesn’t name you">
          {ctx.actor.kind === 'public' ? (
            <Link className="link" href="/sign-in?to=/approval-key">
              Sign in
            </Link>
          ) : (
            'Once it does, you add your key here. It does as soon as your project’s policy is signed.'
          )}
        </Notice>
      ) : (
        <>
          <section aria-labelledby="keys" className="pt-8">
            <h2 id="keys" className="text-2xl">
              Keys that count for you
            </h2>
            {own.fingerprints.length === 0 ? (
              <p className="mt-2">None yet: nothing you sign counts.</p>
            ) : (
              <ul className="mt-2 grid gap-1">
                {own.fingerprints.map((fingerprint) => (
                  <li key={fingerprint} className="hash">
                    {fingerprint}
                  </li>
                ))}
              </ul>
            )}
            <p className="mt-2 text-sm">
              <Link
                className="link inline-block min-h-6"
                href={`/changes/new?file=people/${own.handle}.yaml`}
              >
                Change or remove keys
              </Link>
            </p>
          </section>
          <section aria-labelledby="add" className="pt-12">
            <h2 id="add" className="text-2xl">
              Add a key
            </h2>
            <p className="mt-2">If you have no SSH key, make one. Keep the file without .pub to yourself:</p>
            <CodeBlock className="mt-2">{'ssh-keygen -t ed25519 -f ~/.ssh/id_ed25519'}</CodeBlock>
            <p className="mt-4">Show its public half:</p>
            <CodeBlock className="mt-2">{'cat ~/.ssh/id_ed25519.pub'}</CodeBlock>
            <ActionForm
              id="key"
              action={addKeyForm}
              hidden={{}}
              fields={[
                {
                  kind: 'textarea',
                  name: 'publicKey',
                  label: 'Public key',
                  required: true,
                  code: true,
                  hint: 'The one line that the command above prints: ssh-ed25519 AAAA… name. Ed25519, ECDSA, or RSA of 3072 bits and more.',
                  rows: 3,
                },
              ]}
              buttons={[{ label: 'Propose to add it', pending: 'Proposing…', intent: 'add' }]}
            />
            <p className="mt-3 text-sm text-muted">
              It becomes a policy change. The key counts once policy maintainers have signed the change and
              the signer has accepted it.
            </p>
          </section>
        </>
      )}
    </div>
  );
}
