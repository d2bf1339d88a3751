import Link from 'next/link';
import { isOnTeam } from '../../../../lib/platform/auth/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import type { ProjectDetail } from '../../../../lib/projects/index.ts';

/** Where the team goes from its project's page; nothing for anybody else. */
export function ForTheTeam({ ctx, detail }: { readonly ctx: Context; readonly detail: ProjectDetail }) {
  const { actor } = ctx;
  const { slug } = detail;
  if (actor.kind !== 'person') return null;
  const { policyMaintainer, foundationReviewer } = actor.roles;
  const foundation = policyMaintainer || foundationReviewer;
  if (!isOnTeam(actor, slug) && !foundation) return null;
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
