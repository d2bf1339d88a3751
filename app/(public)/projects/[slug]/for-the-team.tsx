import Link from 'next/link';
import { formatCount } from '#core/text/typed/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import type { ProjectDetail } from '../../../../lib/projects/index.ts';
import { maySeeUsage, readProjectUsage, type ProjectUsage } from '../../../../lib/uploads/index.ts';
import { formatBytes, plural } from '../../../_components/format.ts';

/** Where the team goes from its project's page; nothing for anybody else. */
export async function ForTheTeam({ ctx, detail }: { readonly ctx: Context; readonly detail: ProjectDetail }) {
  const { actor } = ctx;
  const { slug } = detail;
  if (actor.kind !== 'person') return null;
  if (!maySeeUsage(actor, slug)) return null;
  return (
    <>
      <Links slug={slug} />
      <Usage usage={await readProjectUsage({ ctx, input: { project: slug } })} />
    </>
  );
}

/** What the project has used of what its foundation gives it. */
function Usage({ usage }: { readonly usage: ProjectUsage }) {
  const { storedBytes, storedFiles, storedBytesMax, requests, requestsPerDayMax } = usage;
  return (
    <dl className="mt-3 flex flex-wrap gap-x-6 gap-y-1 text-sm">
      <div>
        <dt className="inline text-muted">Stored: </dt>
        <dd className="inline">
          {formatBytes(storedBytes)}
          {storedBytesMax === null ? '' : ` of ${formatBytes(storedBytesMax)}`} in{' '}
          {plural(storedFiles, 'file')}
        </dd>
      </div>
      {requestsPerDayMax === null ? null : (
        <div>
          <dt className="inline text-muted">Requests within 24 hours: </dt>
          <dd className="inline">
            {formatCount(requests)} of {formatCount(requestsPerDayMax)}
          </dd>
        </div>
      )}
    </dl>
  );
}

function Links({ slug }: { readonly slug: string }) {
  return (
    <nav aria-label="For the team" className="mt-6 flex flex-wrap gap-x-6 gap-y-1">
      <Link className="link inline-block min-h-6" href={`/projects/${slug}/tokens`}>
        API tokens
      </Link>
      <Link className="link inline-block min-h-6" href={`/projects/${slug}/webhooks`}>
        Webhooks
      </Link>
      <Link className="link inline-block min-h-6" href={`/projects/${slug}/submit`}>
        Submit a file
      </Link>
      <Link className="link inline-block min-h-6" href={`/samples?for=${slug}`}>
        Try a file
      </Link>
      <Link className="link inline-block min-h-6" href={`/projects/${slug}/team`}>
        Add to the team
      </Link>
      <Link className="link inline-block min-h-6" href={`/projects/${slug}/first-release`}>
        Steps to a release
      </Link>
    </nav>
  );
}
