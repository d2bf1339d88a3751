import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { listPendingApprovals, pendingShownMax } from '../../../lib/approvals/index.ts';
import type { Actor } from '../../../lib/platform/auth/index.ts';
import { mayHandleReports } from '../../../lib/reports/index.ts';
import { Empty } from '../../_components/empty.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { RequestTable } from '../../_components/request-table.tsx';
import type { RequestListItem } from '../../../lib/requests/index.ts';
import { StopNotice } from '../../_components/stop-notice.tsx';

export const metadata: Metadata = { title: 'Approvals' };

export default async function ApprovalsPage() {
  const ctx = await pageContext();
  const { actor } = ctx;
  if (actor.kind !== 'person' && actor.kind !== 'account') redirect('/sign-in');
  const { mine, others, more } = await listPendingApprovals({ ctx });
  return (
    <div className="page">
      <PageTitle
        title="Approvals"
        lead={
          actor.kind === 'person'
            ? 'Releases that have passed every check so far and wait for people. Longest wait first.'
            : 'You are signed in, but the policy in force names nobody with your account.'
        }
      />
      <StopNotice ctx={ctx} project={null} />
      <Elsewhere actor={actor} />
      <section aria-labelledby="mine" className="pt-8">
        <h2 id="mine" className="text-2xl">
          Waiting for you
        </h2>
        <p className="mt-2 max-w-prose text-muted">
          You can approve these and haven’t. You choose how to be notified on{' '}
          <Link className="link" href="/messages">
            Messages
          </Link>
          .
        </p>
        <Pending
          list={mine}
          more={more.mine}
          caption="Requests you may approve"
          empty="Nothing waits for you"
        />
      </section>
      <section aria-labelledby="others" className="pt-14">
        <h2 id="others" className="text-2xl">
          Waiting for others
        </h2>
        <Pending
          list={others}
          more={more.others}
          caption="Requests others may approve"
          empty="Nothing waits for anybody else"
        />
      </section>
      {actor.kind === 'person' ? (
        <section aria-labelledby="projects" className="pt-14">
          <h2 id="projects" className="text-2xl">
            Your projects
          </h2>
          {actor.roles.projects.size === 0 ? (
            <Empty title="You are on no project’s team" />
          ) : (
            <ul className="mt-4 grid gap-2">
              {[...actor.roles.projects].map(([project, roles]) => (
                <li key={project}>
                  <Link className="link inline-block min-h-6 font-medium" href={`/projects/${project}`}>
                    {project}
                  </Link>{' '}
                  <span className="text-muted">{roles.join(', ')}</span>
                </li>
              ))}
            </ul>
          )}
        </section>
      ) : null}
    </div>
  );
}

/** Waiting tasks that aren’t releases. */
function Elsewhere({ actor }: { readonly actor: Actor }) {
  const lists = [
    ...(actor.kind === 'person' && actor.roles.foundationReviewer
      ? [['/reviews', 'Applications to review'] as const]
      : []),
    ...(mayHandleReports(actor) ? [['/reports', 'Reports from the public'] as const] : []),
    ...(actor.kind === 'account'
      ? [['/applications', 'Your applications'] as const, ['/apply', 'Apply for a certificate'] as const]
      : []),
  ];
  if (lists.length === 0) return null;
  return (
    <ul className="mt-4 flex flex-wrap gap-x-6 gap-y-1">
      {lists.map(([href, name]) => (
        <li key={href}>
          <Link className="link inline-block min-h-6" href={href}>
            {name}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Pending(props: {
  readonly list: readonly RequestListItem[];
  readonly more: boolean;
  readonly caption: string;
  readonly empty: string;
}) {
  if (props.list.length === 0 && !props.more) return <Empty title={props.empty} />;
  return (
    <>
      <RequestTable items={props.list} caption={props.caption} tellsApart />
      {props.more ? (
        <p className="mt-3 text-muted">
          There are more than these {pendingShownMax}, which have waited longest.{' '}
          <Link className="link" href="/requests?status=waiting-for-approval">
            All requests that wait for approval
          </Link>
        </p>
      ) : null}
    </>
  );
}
