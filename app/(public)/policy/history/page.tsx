import type { Metadata } from 'next';
import Link from 'next/link';
import { listAcceptedCommits } from '../../../../lib/policy-versions/index.ts';
import { Empty } from '../../../_components/empty.tsx';
import { FollowPanel } from '../../../_components/follow-panel.tsx';
import { pageContext } from '../../../_components/page-context.ts';
import { PageTitle } from '../../../_components/page-title.tsx';
import { VersionList } from '../../../_components/version-list.tsx';

export const metadata: Metadata = { title: 'What the signer accepted' };

export default async function PolicyHistoryPage(props: {
  readonly searchParams: Promise<{ readonly cursor?: string | string[] }>;
}) {
  const ctx = await pageContext();
  const { cursor } = await props.searchParams;
  const page = await listAcceptedCommits({
    ctx,
    input: { limit: 20, ...(typeof cursor === 'string' ? { cursor } : {}) },
  });
  return (
    <div className="page">
      <PageTitle
        title="What the signer accepted"
        up={{ href: '/changes', name: 'Policy changes' }}
        lead="Every commit of the policy repository that was ever in force. A commit that policy maintainers have not signed never gets here."
      />
      <FollowPanel ctx={ctx} />
      {page.items.length === 0 ? (
        <Empty title="Nothing has been accepted yet" />
      ) : (
        <VersionList items={page.items} here="/policy/history" />
      )}
      {page.next === null ? null : (
        <p className="mt-2">
          <Link className="button button-quiet" href={`/policy/history?cursor=${page.next}`}>
            Older
          </Link>
        </p>
      )}
    </div>
  );
}
