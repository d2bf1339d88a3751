import { Feed } from 'feed';
import { currentPortal } from '../../../../lib/platform/portal/index.ts';
import { listRevocations } from '../../../../lib/revocations/index.ts';

const entriesMax = 100;

/** Revocation notices, the newest first (RFC 4287). */
export async function GET(): Promise<Response> {
  const portal = currentPortal();
  const notices = await listRevocations({ ctx: portal });
  const page = `${portal.config.publicUrl}/revocations`;
  const feed = new Feed({
    id: page,
    link: page,
    title: 'Revoked certificates',
    updated: notices[0]?.effectiveAt ?? new Date(0),
    feedLinks: { atom: `${page}/feed.xml` },
    copyright: '',
    generator: 'Countersign',
  });
  for (const one of notices.slice(0, entriesMax)) {
    feed.addItem({
      title: `${one.projectName}: certificate “${one.certificate}” revoked`,
      id: `${page}/${one.serial}`,
      link: `${page}/${one.serial}`,
      date: one.effectiveAt,
      description: one.statement,
    });
  }
  return new Response(feed.atom1(), {
    headers: { 'content-type': 'application/atom+xml; charset=utf-8', 'cache-control': 'public, max-age=60' },
  });
}
