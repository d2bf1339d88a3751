import type { Metadata } from 'next';
import Link from 'next/link';
import { isError } from '#core/error/index.ts';
import { listChanges, PolicyChangesError } from '../../../lib/policy-changes/index.ts';
import type { ChangeList, ChangeListItem } from '../../../lib/policy-changes/index.ts';
import { EffectMark } from '../../_components/effect-mark.tsx';
import { Empty } from '../../_components/empty.tsx';
import { Notice } from '../../_components/notice.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { Time } from '../../_components/time.tsx';
import { confirmForm, openBranchForm } from './actions.ts';
import { ActionForm } from '../../_components/action-form.tsx';
import { CodeBlock } from '../../_components/code-block.tsx';
import { FollowPanel } from '../../_components/follow-panel.tsx';
import { StateBadge } from './_view/state-badge.tsx';
import { Typed } from '../../_components/typed.tsx';

export const metadata: Metadata = { title: 'Policy changes' };

export default async function ChangesPage() {
  const ctx = await pageContext();
  const person = ctx.actor.kind === 'person' ? ctx.actor : null;
  const list = await listChanges({ ctx }).catch((error: unknown) => {
    if (isError(error, PolicyChangesError)) return error;
    throw error;
  });
  return (
    <div className="page">
      <PageTitle
        title="Policy changes"
        lead="Policies change in the open: somebody proposes, the policy maintainers read what it means and sign, and the signer counts their signatures itself."
        aside={
          person === null ? null : (
            <Link className="button" href="/changes/new">
              Propose a change
            </Link>
          )
        }
      />
      <FollowPanel ctx={ctx} />
      {person?.roles.policyMaintainer === true ? <Confirm /> : null}
      {isError(list, PolicyChangesError) ? (
        <Notice tone="failed" title={list.message}>
          {list.fix}
        </Notice>
      ) : (
        <Lists list={list} mayOpen={person !== null} cloneUrl={ctx.config.policyRepository.url} />
      )}
    </div>
  );
}

/** Changes only the date, for a policy that is right as it is. */
function Confirm() {
  return (
    <section aria-labelledby="confirm" className="card mt-4 p-5 sm:p-6">
      <h2 id="confirm" className="text-lg">
        Is this the newest policy?
      </h2>
      <p className="mt-2 max-w-prose text-sm text-muted">
        Compare the commit in force with your own clone. If nothing is missing, confirm it: a commit that
        changes nothing but the date, for policy maintainers to sign.
      </p>
      <ActionForm
        id="confirm"
        action={confirmForm}
        hidden={{}}
        fields={[]}
        buttons={[{ label: 'Confirm the policy', pending: 'Working…', intent: 'confirm', quiet: true }]}
      />
    </section>
  );
}

function Lists(props: { readonly list: ChangeList; readonly mayOpen: boolean; readonly cloneUrl: string }) {
  const { list, mayOpen } = props;
  return (
    <>
      <section aria-labelledby="open" className="pt-12">
        <h2 id="open" className="text-2xl">
          Open
        </h2>
        {list.open.length === 0 ? (
          <Empty title="No change is waiting">
            Proposed changes appear here, the one that has waited longest first.
          </Empty>
        ) : (
          <ul className="card mt-6 divide-y divide-rule">
            {list.open.map((item) => (
              <OpenItem key={item.number} item={item} />
            ))}
          </ul>
        )}
        {list.openLeftOut === 0 ? null : (
          <p className="mt-3 text-muted">… and {list.openLeftOut} newer ones, once these are done.</p>
        )}
      </section>
      <section aria-labelledby="git" className="pt-14">
        <h2 id="git" className="text-2xl">
          With git
        </h2>
        <p className="mt-2 max-w-prose text-muted">
          Clone the repository, push a branch, and open it as a change here. The main branch takes no pushes.
        </p>
        <CodeBlock>{`git clone ${props.cloneUrl}\ngit switch -c my-change\ngit push -u origin my-change`}</CodeBlock>
        <Branches branches={list.branches} mayOpen={mayOpen} />
      </section>
      <section aria-labelledby="closed" className="pt-14">
        <h2 id="closed" className="text-2xl">
          Done
        </h2>
        {list.closed.length === 0 ? (
          <Empty title="Nothing was merged or closed yet" />
        ) : (
          <ul className="card mt-6 divide-y divide-rule">
            {list.closed.map((item) => (
              <li key={item.number} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-5 py-4">
                <TitleLink item={item} />
                <StateBadge state={item.state} />
                <p className="w-full text-sm text-muted">
                  by {item.proposer}, <Time value={item.updatedAt} />
                </p>
              </li>
            ))}
          </ul>
        )}
        <p className="mt-4">
          <Link className="link inline-block min-h-6" href="/policy/history">
            What the signer accepted, commit by commit
          </Link>
        </p>
      </section>
    </>
  );
}

function TitleLink({ item }: { readonly item: ChangeListItem }) {
  return (
    <Link
      href={`/changes/${item.number}`}
      className="link inline-block min-h-6 min-w-0 font-medium break-words"
    >
      #{item.number} <Typed>{item.title}</Typed>
    </Link>
  );
}

function OpenItem({ item }: { readonly item: ChangeListItem }) {
  return (
    <li className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-5 py-4">
      <TitleLink item={item} />
      {item.effect === null ? <StateBadge state="invalid" /> : <EffectMark effect={item.effect} />}
      <p className="w-full text-sm text-muted">
        by {item.proposer}, <Time value={item.createdAt} />
      </p>
      <p className="w-full text-sm">
        {item.missing.length === 0
          ? 'Ready to be merged.'
          : item.missing.map((condition) => condition.message).join(' ')}
      </p>
    </li>
  );
}

function Branches(props: { readonly branches: readonly string[]; readonly mayOpen: boolean }) {
  if (props.branches.length === 0) return null;
  return (
    <>
      <h3 className="mt-8 text-lg">Branches without a change</h3>
      <ul className="card mt-3 divide-y divide-rule">
        {props.branches.map((branch) => (
          <li key={branch} className="px-5 py-4">
            <code className="wrap-anywhere">{branch}</code>
            {props.mayOpen ? (
              <details className="mt-1">
                <summary className="inline-flex min-h-8 items-center">
                  <span className="link">Open it as a change</span>
                </summary>
                <ActionForm
                  id={`open-${branch}`}
                  action={openBranchForm}
                  hidden={{ branch }}
                  fields={[
                    {
                      kind: 'text',
                      name: 'title',
                      label: 'What changes',
                      required: true,
                      charactersMax: 120,
                    },
                    { kind: 'textarea', name: 'description', label: 'Why', charactersMax: 10_000 },
                  ]}
                  buttons={[{ label: 'Open change', pending: 'Opening…', intent: 'open' }]}
                />
              </details>
            ) : null}
          </li>
        ))}
      </ul>
    </>
  );
}
