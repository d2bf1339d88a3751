import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { isError } from '#core/error/index.ts';
import { IdentifierError, parseCommitSha } from '#core/ids/index.ts';
import { readRepositoryVersion } from '../../../../../lib/policy-versions/index.ts';
import { pageContext } from '../../../../_components/page-context.ts';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { VersionView } from '../../../../_components/version-view.tsx';

interface Props {
  readonly params: Promise<{ readonly commit: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Policy commit ${(await params).commit.slice(0, 12)}` };
}

export default async function PolicyCommitPage({ params }: Props) {
  const version = await findVersion((await params).commit);
  if (version === null) notFound();
  return (
    <div className="page">
      <PageTitle
        title={`Policy commit ${version.commit.slice(0, 12)}`}
        up={{ href: '/policy/history', name: 'What the signer accepted' }}
      />
      <VersionView version={version} here="/policy/history" />
    </div>
  );
}

async function findVersion(commit: string) {
  try {
    const input = { commit: parseCommitSha(commit) };
    return await readRepositoryVersion({ ctx: await pageContext(), input });
  } catch (error) {
    if (isError(error, IdentifierError)) return null;
    throw error;
  }
}
