import { Feed } from 'feed';
import { isError } from '../../../../../lib/core/error-class/index.ts';
import { IdentifierError, parseProjectSlug } from '../../../../../lib/core/ids/index.ts';
import { currentPortal } from '../../../../../lib/platform/portal/index.ts';
import { listProjectVersions } from '../../../../../lib/policy-versions/index.ts';
import { readProject } from '../../../../../lib/projects/index.ts';
import { recentReleases } from '../../../../../lib/releases/index.ts';

const entriesMax = 20;

/** Releases and new versions of the policy, the newest first (RFC 4287). */
export async function GET(
  _request: Request,
  context: { readonly params: Promise<{ readonly slug: string }> },
): Promise<Response> {
  const portal = currentPortal();
  const { slug: asked } = await context.params;
  const detail = await find(portal, asked);
  if (detail === null) return new Response('There is no such project.\n', { status: 404 });
  const { slug } = detail;
  const { name } = detail.project.project.value;
  const [releases, versions] = await Promise.all([
    recentReleases({ ctx: portal, input: { project: slug, limit: entriesMax } }),
    listProjectVersions({ ctx: portal, input: { project: slug, limit: entriesMax } }),
  ]);
  const page = `${portal.config.publicUrl}/projects/${slug}`;
  const entries = [
    ...releases.map((one) => ({
      title: `${name}: ${one.name} signed`,
      id: `${portal.config.publicUrl}/requests/${one.requestId}`,
      date: one.releasedAt,
      description: `Signed under ${one.policy}. SHA-256 ${one.sha256}`,
    })),
    ...versions.items.map((one) => ({
      title: `${name}: new code-signing policy`,
      id: `${page}/history/${one.commit}`,
      date: one.acceptedAt,
      description: `In force by commit ${one.commit}.`,
    })),
  ].sort((a, b) => b.date.getTime() - a.date.getTime());
  const feed = new Feed({
    id: page,
    link: page,
    title: `${name}: signed releases and policy`,
    updated: entries[0]?.date ?? detail.accepted.acceptedAt,
    feedLinks: { atom: `${page}/feed.xml` },
    copyright: '',
    generator: 'Countersign',
  });
  for (const entry of entries.slice(0, entriesMax)) feed.addItem({ ...entry, link: entry.id });
  return new Response(feed.atom1(), {
    headers: {
      'content-type': 'application/atom+xml; charset=utf-8',
      'cache-control': 'public, max-age=300',
    },
  });
}

async function find(portal: ReturnType<typeof currentPortal>, slug: string) {
  try {
    return await readProject({ ctx: portal, input: { slug: parseProjectSlug(slug) } });
  } catch (error) {
    if (isError(error, IdentifierError)) return null;
    throw error;
  }
}
