import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import type { ChangeDetail } from '../../../../lib/policy-changes/index.ts';
import { AutoRefresh } from '../../../_components/auto-refresh.tsx';
import { CodeBlock } from '../../../_components/code-block.tsx';
import { DiffView } from '../../../_components/diff-view.tsx';
import { plural } from '../../../_components/format.ts';
import { Notice } from '../../../_components/notice.tsx';
import { pageContext } from '../../../_components/page-context.ts';
import { PageTitle } from '../../../_components/page-title.tsx';
import { Time } from '../../../_components/time.tsx';
import { confirmationFor } from '../../../_components/confirmation.ts';
import { Conditions } from '../_view/conditions.tsx';
import { PlanView, ReplayView } from '../_view/plan-view.tsx';
import { ProblemList } from '../_view/problem-list.tsx';
import { StateBadge } from '../_view/state-badge.tsx';
import { Conversation } from './conversation.tsx';
import { findChange } from './find-change.ts';
import { SignBox } from './sign-box.tsx';
import { Steps } from './steps.tsx';
import { TypedText } from '../../../_components/typed.tsx';

interface Props {
  readonly params: Promise<{ readonly number: string }>;
  readonly searchParams: Promise<{ readonly done?: string | string[] }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const change = await findChange((await params).number);
  return { title: change === null ? 'No such change' : `#${change.pull.number} ${change.pull.title}` };
}

const confirmations: Readonly<Record<string, string>> = {
  proposed: 'Your change is proposed. The policy maintainers read it next.',
  signed: 'Your signature is stored in the repository, beside the commit.',
  reviewed: 'Your comment is recorded.',
  updated:
    'The branch is up to date with the policy in force. Signatures were over the previous head: they have to be given again.',
  amended:
    'Your edit is part of the change now. Signatures were over the previous head: they have to be given again.',
};

export default async function ChangePage({ params, searchParams }: Props) {
  const change = await findChange((await params).number);
  if (change === null) notFound();
  const ctx = await pageContext();
  const { done } = await searchParams;
  const { pull, assessment } = change;
  const open = pull.state === 'open';
  const replay = assessment.plan?.replay ?? null;
  const message = confirmationFor(confirmations, done);
  return (
    <div className="page">
      <PageTitle
        title={pull.title}
        up={{ href: '/changes', name: 'Policy changes' }}
        aside={<StateBadge state={pull.state} />}
        lead={
          <>
            #{pull.number} by {change.proposer.name}, <Time value={pull.createdAt} />
          </>
        }
      />
      {message === null ? null : <Notice tone="passed" title={message} />}
      <Outcome change={change} />
      {pull.body === '' ? null : <TypedText className="mt-6 max-w-prose" text={pull.body} />}

      <div className="mt-10 grid items-start gap-x-12 gap-y-12 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="grid min-w-0 gap-14">
          {assessment.problems.length === 0 ? null : (
            <section aria-labelledby="problems">
              <h2 id="problems" className="text-2xl">
                Problems
              </h2>
              <p className="mt-2 text-muted">This is no valid policy, so nobody can accept it.</p>
              <ProblemList items={assessment.problems} caption="Problems" />
            </section>
          )}
          {assessment.plan === null ? null : (
            <section aria-labelledby="meaning">
              <h2 id="meaning" className="text-2xl">
                What it means
              </h2>
              <PlanView plan={assessment.plan} />
            </section>
          )}
          {replay === null ? null : (
            <section aria-labelledby="replay">
              <h2 id="replay" className="text-2xl">
                Past requests under it
              </h2>
              <ReplayView replay={replay} />
            </section>
          )}
          {assessment.notices.length === 0 ? null : (
            <section aria-labelledby="notices">
              <h2 id="notices" className="text-2xl">
                Worth a second look
              </h2>
              <ProblemList items={assessment.notices} caption="What the linter says" />
            </section>
          )}
          <section aria-labelledby="files" className="min-w-0">
            <h2 id="files" className="text-2xl">
              {plural(assessment.files.length + assessment.filesLeftOut, 'file')}
            </h2>
            <DiffView files={assessment.files} />
            {assessment.filesLeftOut === 0 ? null : (
              <p className="mt-3 text-muted">… and {assessment.filesLeftOut} more: see the branch in git.</p>
            )}
          </section>
          {open ? <SignBox ctx={ctx} change={change} /> : null}
          <Conversation ctx={ctx} change={change} />
        </div>
        <aside aria-label="Before it holds" className="grid min-w-0 gap-6 lg:sticky lg:top-6">
          {open ? <Conditions change={change} /> : null}
          <Steps ctx={ctx} change={change} />
          <Facts change={change} repository={ctx.config.policyRepository.url} />
        </aside>
      </div>
      {pull.state === 'merged' && change.inForce === false ? <AutoRefresh seconds={4} /> : null}
    </div>
  );
}

function Outcome({ change }: { readonly change: ChangeDetail }) {
  const { pull, inForce } = change;
  if (pull.state === 'closed') return <Notice tone="not-reached" title="Closed without being merged" />;
  if (pull.state !== 'merged') return null;
  if (inForce === true) return <Notice tone="passed" title="Merged, and in force: the signer accepted it" />;
  return (
    <Notice tone="waiting" title="Merged. The signer has not accepted it yet">
      It counts the signatures itself and looks every few seconds.{' '}
      <Link className="link" href="/changes">
        How it follows the repository
      </Link>
    </Notice>
  );
}

function Facts({ change, repository }: { readonly change: ChangeDetail; readonly repository: string }) {
  const { pull } = change;
  const facts: readonly (readonly [string, string])[] = [
    ['Branch', pull.head.branch],
    ['Head', pull.head.commit],
    ['Starts from', change.assessment.mergeBase],
    ...(pull.mergeCommit === null ? [] : [['Merged as', pull.mergeCommit] as const]),
  ];
  return (
    <section aria-labelledby="facts" className="card min-w-0 p-6">
      <h2 id="facts" className="text-lg">
        In the repository
      </h2>
      <dl className="mt-4 grid gap-3.5 text-[0.9375rem]">
        {facts.map(([label, text]) => (
          <div key={label}>
            <dt className="text-sm text-muted">{label}</dt>
            <dd className="hash">{text}</dd>
          </div>
        ))}
      </dl>
      {change.hostKind === 'github' ? (
        <p className="mt-4 text-sm">
          <a className="link" href={pull.url}>
            The pull request on GitHub
          </a>
        </p>
      ) : (
        <CodeBlock className="mt-4">{`git fetch ${repository} ${pull.head.branch}`}</CodeBlock>
      )}
    </section>
  );
}
