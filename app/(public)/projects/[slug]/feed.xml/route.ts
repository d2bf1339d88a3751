import type { AtomEntry } from '../../../../_feeds/atom/index.ts';
import { isError } from '#core/error/index.ts';
import { IdentifierError, parseProjectSlug } from '#core/ids/index.ts';
import { listCertificates, type PublishedCertificate } from '../../../../../lib/certificates/index.ts';
import { isRefused } from '../../../../../lib/certificates/standing/index.ts';
import { currentPortal } from '../../../../../lib/platform/portal/index.ts';
import { listProjectVersions } from '../../../../../lib/policy-versions/index.ts';
import { readProject } from '../../../../../lib/projects/index.ts';
import { recentReleases } from '../../../../../lib/releases/index.ts';
import type { ReleaseItem } from '../../../../../lib/releases/index.ts';
import { listRevocations } from '../../../../../lib/revocations/index.ts';
import { publisherWords } from '../../../../_components/publisher-mark.tsx';
import { revokedSummary, revokedTitle } from '../../../../_components/revocation-words.ts';
import { feedResponse } from '../../../../_components/feed-response.ts';
import { standingWords } from '../../../../_components/standing-words.ts';

const entriesMax = 20;

/** Releases, revocations, announced certificates and new versions of the policy, what changed last first (RFC 4287). */
export async function GET(
  request: Request,
  context: { readonly params: Promise<{ readonly slug: string }> },
): Promise<Response> {
  const portal = currentPortal();
  const { slug: asked } = await context.params;
  const detail = await find(portal, asked);
  if (detail === null) return new Response('There is no such project.\n', { status: 404 });
  const { slug } = detail;
  const { name } = detail.project.project.value;
  const [releases, versions, notices, certificates] = await Promise.all([
    recentReleases({ ctx: portal, input: { project: slug, limit: entriesMax } }),
    listProjectVersions({ ctx: portal, input: { project: slug, limit: entriesMax } }),
    listRevocations({ ctx: portal, input: { project: slug } }),
    listCertificates({ ctx: portal, input: { project: slug } }),
  ]);
  const { publicUrl } = portal.config;
  const page = `${publicUrl}/projects/${slug}`;
  const entries: readonly AtomEntry[] = [
    ...releases.map((release) => releaseEntry(publicUrl, name, release)),
    ...notices.map((notice) =>
      entry(`${publicUrl}/revocations/${notice.serial}`, notice.learnedAt, {
        title: `${name}: ${revokedTitle(notice)}`,
        summary: revokedSummary(notice),
      }),
    ),
    ...announcements(publicUrl, name, certificates),
    ...versions.items.map((item) =>
      entry(`${page}/history/${item.commit}`, item.acceptedAt, {
        title: `${name}: new code-signing policy`,
        summary: `In force by commit ${item.commit}.`,
      }),
    ),
  ].toSorted((a, b) => b.updated.getTime() - a.updated.getTime());
  return feedResponse(request, {
    id: page,
    link: page,
    self: `${page}/feed.xml`,
    title: `${name}: signed releases and policy`,
    author: detail.accepted.snapshot.foundation.value.name,
    updated: detail.accepted.acceptedAt,
    entries: entries.slice(0, entriesMax),
  });
}

/** Of successors, since they were issued: also those that sign by now, for who reads feeds once a month. */
function announcements(
  publicUrl: string,
  project: string,
  certificates: readonly PublishedCertificate[],
): readonly AtomEntry[] {
  return certificates.flatMap(({ serial, sha256, name, usedFrom, validFrom, file, sharesKeyWith, ...one }) =>
    usedFrom === null || one.project === null
      ? []
      : [
          entry(`${publicUrl}/certificates/${file}`, validFrom, {
            title: `${project}: a new certificate “${name ?? ''}” signs from ${usedFrom.toISOString().slice(0, 10)}`,
            summary: `${sharesKeyWith.length > 0 ? 'For the same key as before' : 'With a key of its own'}. Serial number ${serial}. SHA-256 ${sha256}`,
          }),
        ],
  );
}

function entry(
  address: string,
  published: Date,
  { title, summary, updated = published }: { title: string; summary: string; updated?: Date },
): AtomEntry {
  return { id: address, link: address, title, published, updated, summary };
}

/** Says how the release stands now; readers show it again when a revocation has changed that. */
function releaseEntry(publicUrl: string, name: string, item: ReleaseItem): AtomEntry {
  const { state, revocation, publisher } = item.standing;
  const notice = revocation === null ? '' : ` ${publicUrl}/revocations/${revocation.serial}`;
  const since =
    revocation === null || revocation.learnedAt < item.releasedAt ? item.releasedAt : revocation.learnedAt;
  return entry(`${publicUrl}/requests/${item.requestId}`, item.releasedAt, {
    title: isRefused(state) ? `Revoked: ${name}: ${item.name}` : `${name}: ${item.name} signed`,
    summary:
      (state === 'good' ? '' : `${standingWords[state]}.${notice} `) +
      (publisher === 'project' ? `${publisherWords.project}. ` : '') +
      `Signed under ${item.policy}. SHA-256 ${item.sha256}`,
    updated: since,
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
