import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { isError } from '#core/error/index.ts';
import { IdentifierError, parseCommitSha, parseProjectSlug } from '#core/ids/index.ts';
import { readProjectVersion } from '../../../../../../lib/policy-versions/index.ts';
import type { ProjectVersion } from '../../../../../../lib/policy-versions/index.ts';
import { pageContext } from '../../../../../_components/page-context.ts';
import { PageTitle } from '../../../../../_components/page-title.tsx';
import { PolicySections } from '../../../../../_components/policy-sections.tsx';
import { VersionView } from '../../../../../_components/version-view.tsx';

interface Props {
  readonly params: Promise<{ readonly slug: string; readonly commit: string }>;
}

const findVersion = cache(async (slug: string, commit: string): Promise<ProjectVersion | null> => {
  try {
    const input = { project: parseProjectSlug(slug), commit: parseCommitSha(commit) };
    const version = await readProjectVersion({ ctx: await pageContext(), input });
    // A project that was neither there nor taken away then has no page of that commit.
    const isNowhere = version?.name === null && version.policies !== null && version.files.length === 0;
    return isNowhere ? null : version;
  } catch (error) {
    if (isError(error, IdentifierError)) return null;
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { slug, commit } = await params;
  const version = await findVersion(slug, commit);
  return {
    title:
      version === null ? 'No such version' : `Policy of ${version.name ?? slug} at ${commit.slice(0, 12)}`,
  };
}

export default async function ProjectVersionPage({ params }: Props) {
  const { slug, commit } = await params;
  const version = await findVersion(slug, commit);
  if (version === null) notFound();
  const here = `/projects/${slug}/history`;
  return (
    <div className="page">
      <PageTitle
        title={`Policy of ${version.name ?? slug}`}
        up={{ href: here, name: 'Policy history' }}
        lead="As written in the policy repository and accepted by the signer."
      />
      <VersionView version={version} here={here} />
      <section aria-labelledby="policies" className="pt-12">
        <h2 id="policies" className="text-2xl">
          What it said
        </h2>
        {version.policies === null ? (
          <p className="mt-4">
            This version of the portal can’t read it. It is in the policy repository, at this commit.
          </p>
        ) : null}
        {version.policies?.length === 0 ? <p className="mt-4">There was no signing policy.</p> : null}
        {version.policies?.map((policy) => (
          <article
            key={policy.slug}
            aria-labelledby={`policy-${policy.slug}`}
            className="card mt-6 p-6 sm:p-8"
          >
            <h3 id={`policy-${policy.slug}`} className="text-xl">
              {policy.slug}
            </h3>
            <PolicySections sections={policy.sections} />
          </article>
        ))}
      </section>
    </div>
  );
}
