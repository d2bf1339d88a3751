import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import type { ProjectDetail } from '../../../../../lib/projects/index.ts';
import { openParameters } from '#core/artifact/index.ts';
import type { OpenParameter } from '#core/artifact/index.ts';
import type { SigningPolicy } from '#core/generated/index.ts';
import { parsePolicySlug } from '#core/ids/index.ts';
import { maySubmit, submittingPeople, takesBuilds } from '#core/wire/submitter/index.ts';
import { buildFileOf } from '#core/origin/index.ts';
import { readSignerLimits } from '../../../../../lib/platform/signer-limits/index.ts';
import {
  formBytesMax,
  problemCookieName,
  readProblemCookie,
} from '../../../../api/projects/[slug]/upload/form.ts';
import type { RefusedUpload } from '../../../../api/projects/[slug]/upload/form.ts';
import { Notice } from '../../../../_components/notice.tsx';
import { pageContext } from '../../../../_components/page-context.ts';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { findProject } from '../find-project.ts';
import { UploadLimits } from '../../../../_components/upload/upload-limits.tsx';
import { UploadForm } from './upload-form.tsx';
import { StopNotice } from '../../../../_components/stop-notice.tsx';

interface Props {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: Promise<{ readonly problem?: string | string[] }>;
}

/** What was wrong with a form sent without scripts; null: nothing. */
async function refusedOf(searchParams: Props['searchParams']): Promise<RefusedUpload | null> {
  if ((await searchParams).problem === undefined) return null;
  return readProblemCookie((await cookies()).get(problemCookieName)?.value);
}

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const refused = await refusedOf(searchParams);
  return { title: `${refused === null ? '' : 'Error: '}Submit a file`, robots: { index: false } };
}

/** `Ada`, `2 of Ada, Ben, Cleo`. */
const approvedBy = (quorum: number, people: readonly string[]): string =>
  people.length === 1 ? people.join() : `${quorum} of ${people.join(', ')}`;

const parametersOf = (
  { artifacts }: ProjectDetail['project'],
  { artifactConfiguration }: SigningPolicy,
): readonly OpenParameter[] => {
  const document = artifacts.get(parsePolicySlug(artifactConfiguration));
  return document === undefined ? [] : openParameters(document.value);
};

export default async function SubmitPage({ params, searchParams }: Props) {
  const { slug } = await params;
  const detail = await findProject(slug);
  if (detail === null) notFound();
  const ctx = await pageContext();
  const { actor } = ctx;
  const project = detail.project.project.value;
  const all = Array.from(detail.project.policies, ([name, { value }]) => {
    const place = { slug: detail.slug, project, policy: value };
    return { name, policy: value, place };
  });
  const mine =
    actor.kind === 'person'
      ? all.filter(({ place }) => maySubmit(place, { kind: 'person', handle: actor.handle }))
      : [];
  const others = all.filter((place) => !mine.includes(place));
  const name = (handle: string): string =>
    [...detail.accepted.snapshot.people].find(([known]) => known === handle)?.[1].value.name ?? handle;
  const refused = await refusedOf(searchParams);
  const limits = await readSignerLimits(ctx);
  const sizeBytesMax = Math.min(ctx.config.upload.sizeBytesMax, limits?.artifactBytes ?? Infinity);
  return (
    <div className="page *:max-w-3xl">
      <PageTitle
        title="Submit a file"
        up={{ href: `/projects/${slug}`, name: project.name }}
        lead="Upload it here, and the signer checks it under one of the project’s policies. You count as its submitter."
      />
      <StopNotice ctx={ctx} project={slug} />
      {project.status === 'active' ? null : (
        <Notice tone="failed" title={`This project is ${project.status}: nothing is signed for it`} />
      )}
      {mine.length > 0 ? (
        <>
          <UploadForm
            project={slug}
            policies={mine
              .toSorted((a, b) => b.policy.purpose.localeCompare(a.policy.purpose))
              .map((place) => ({
                slug: place.name,
                needsBundle: place.policy.origin !== undefined,
                configuration: place.policy.artifactConfiguration,
                parameters: parametersOf(detail.project, place.policy),
                words:
                  place.policy.purpose === 'test'
                    ? 'For testing: signed with a test certificate that nobody trusts.'
                    : `For users: built by ${place.policy.origin === undefined ? 'the project' : buildFileOf(place.policy.origin)}, approved by ${approvedBy(place.policy.approval.quorum, place.policy.approval.approvers.map(name))}.`,
              }))}
            sizeBytesMax={sizeBytesMax}
            repository={project.repository.uri.replace(/^https:\/\/[^/]+\//, '')}
            problem={refused?.problem ?? null}
            values={refused?.values ?? { policy: '', sha256: '', parameters: {} }}
          />
          <UploadLimits
            sizeBytesMax={sizeBytesMax}
            withoutScriptsBytesMax={formBytesMax - 8 * 1024 ** 2}
            signer={limits}
          />
        </>
      ) : (
        <Notice
          tone="waiting"
          title={
            actor.kind === 'public' ? 'Sign in to submit a file' : 'You are not a submitter of this project'
          }
        >
          {actor.kind === 'public' ? (
            <Link className="link" href={`/sign-in?to=/projects/${slug}/submit`}>
              Sign in
            </Link>
          ) : (
            'Below is who may submit under which policy, and where that is defined.'
          )}
        </Notice>
      )}
      {others.length === 0 ? null : (
        <section aria-labelledby="others" className="pt-12">
          <h2 id="others" className="text-2xl">
            {mine.length === 0 ? 'Who submits' : 'Policies that others submit under'}
          </h2>
          <ul className="mt-4 grid max-w-2xl gap-4">
            {others.map(({ name: policy, place }) => (
              <li key={policy} className="card p-4">
                <p className="font-medium wrap-anywhere">{policy}</p>
                <p className="mt-1">
                  People: {submittingPeople(place).map(name).join(', ') || 'nobody'}.{' '}
                  {place.policy.submitters === undefined
                    ? 'Every token of the project.'
                    : `Tokens: ${place.policy.submitters.tokens?.join(', ') ?? 'none'}.`}
                  {takesBuilds(place.policy) ? ' Builds of the policy’s origin.' : null}
                </p>
                <p className="mt-1 text-sm">
                  <Link
                    className="link inline-block min-h-6"
                    href={`/changes/new?file=${encodeURIComponent(`projects/${slug}/policies/${policy}.yaml`)}`}
                  >
                    Propose to change its submitters
                  </Link>
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
