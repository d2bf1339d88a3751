import { acceptedPolicy, currentPortal } from '../../../../lib/platform/portal/index.ts';
import { listRevocations } from '../../../../lib/revocations/index.ts';
import { revokedSummary, revokedTitle } from '../../../_components/revocation-words.ts';
import { feedResponse } from '../../../_components/feed-response.ts';

const entriesMax = 100;

/** Revocation notices, what was learned last first (RFC 4287). */
export async function GET(request: Request): Promise<Response> {
  const portal = currentPortal();
  const [notices, accepted] = await Promise.all([listRevocations({ ctx: portal }), acceptedPolicy(portal)]);
  const page = `${portal.config.publicUrl}/revocations`;
  const newest = notices.toSorted((a, b) => b.learnedAt.getTime() - a.learnedAt.getTime());
  return feedResponse(request, {
    id: page,
    link: page,
    self: `${page}/feed.xml`,
    title: 'Revoked certificates',
    author: accepted?.snapshot.foundation.value.name ?? 'Countersign',
    updated: accepted?.acceptedAt ?? new Date(0),
    entries: newest.slice(0, entriesMax).map((notice) => ({
      id: `${page}/${notice.serial}`,
      link: `${page}/${notice.serial}`,
      title: `${notice.projectName}: ${revokedTitle(notice)}`,
      published: notice.learnedAt,
      updated: notice.learnedAt,
      summary: revokedSummary(notice),
    })),
  });
}
