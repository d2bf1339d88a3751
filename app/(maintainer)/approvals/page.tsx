import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { listPendingApprovals } from '../../../lib/approvals/index.ts';
import type { PendingApproval } from '../../../lib/approvals/index.ts';
import { Empty } from '../../_components/empty.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { RequestTable } from '../../_components/request-table.tsx';

export const metadata: Metadata = { title: 'Approvals' };

export default async function ApprovalsPage() {
  const ctx = await pageContext();
  const { actor } = ctx;
  if (actor.kind !== 'person' && actor.kind !== 'account') redirect('/sign-in');
  const pending = await listPendingApprovals({ ctx });
  const mine = pending.filter((one) => one.mine);
  const others = pending.filter((one) => !one.mine);
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
      <section aria-labelledby="mine" className="pt-8">
        <h2 id="mine" className="text-2xl">
          Waiting for you
        </h2>
        <Pending list={mine} caption="Requests you may approve" empty="Nothing waits for you" />
      </section>
      <section aria-labelledby="others" className="pt-14">
        <h2 id="others" className="text-2xl">
          Waiting for others
        </h2>
        <Pending list={others} caption="Requests others may approve" empty="Nothing waits for anybody else" />
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

function Pending(props: {
  readonly list: readonly PendingApproval[];
  readonly caption: string;
  readonly empty: string;
}) {
  return props.list.length === 0 ? (
    <Empty title={props.empty} />
  ) : (
    <RequestTable items={props.list.map((one) => one.request)} caption={props.caption} />
  );
}
