import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { importCommand, issueCommand, listCertificates } from '../../../../../lib/certificates/index.ts';
import { isError } from '#core/error/index.ts';
import type { SigningPolicy } from '#core/generated/index.ts';
import { parsePolicySlug } from '#core/ids/index.ts';
import {
  buildFileFor,
  checkPrograms,
  guideWordsFor,
  submissionUnder,
  submitCommands,
  submitStepFor,
} from '../../../../../lib/onboarding/files/index.ts';
import type { GuidePlace, Submission } from '../../../../../lib/onboarding/files/index.ts';
import { OnboardingError, readReleaseSteps } from '../../../../../lib/onboarding/index.ts';
import type { ChecklistItem, ReleaseSteps } from '../../../../../lib/onboarding/index.ts';
import { Command } from '../../../../_components/keep-words.tsx';
import { Notice } from '../../../../_components/notice.tsx';
import { pageContext } from '../../../../_components/page-context.ts';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { StateIcon } from '../../../../_components/state-icon.tsx';
import { toneOf } from '../../../../_components/status-badge.tsx';
import { findProject } from '../find-project.ts';
import { Copy } from './copy.tsx';
import { Lead, Publishing } from './publishing.tsx';
import { StopNotice } from '../../../../_components/stop-notice.tsx';

interface Props {
  readonly params: Promise<{ readonly slug: string }>;
}

export const metadata: Metadata = { title: 'Steps to a release', robots: { index: false } };

/** What the foundation offers builds, as its configuration names it. */
interface BuildSteps {
  readonly github?: GuidePlace['action'];
  readonly gitlab?: GuidePlace['component'];
}

const tones = { done: 'passed', 'to-do': 'waiting', waiting: 'not-reached' } as const;
const words = { done: 'Done', 'to-do': 'For you', waiting: 'Waiting' } as const;

export default async function FirstReleasePage({ params }: Props) {
  const { slug } = await params;
  const detail = await findProject(slug);
  if (detail === null) notFound();
  const ctx = await pageContext();
  const steps = await readReleaseSteps({ ctx, input: { slug: detail.slug } }).catch((error: unknown) => {
    if (isError(error, OnboardingError)) return error;
    throw error;
  });
  if (steps === null) notFound();
  const roots = await listCertificates({ ctx });
  const root = roots.find((certificate) => certificate.purpose === 'root')?.file ?? null;
  return (
    <div className="page">
      <PageTitle
        title="Steps to a release"
        up={{ href: `/projects/${slug}`, name: detail.project.project.value.name }}
        lead={<Lead />}
      />
      <StopNotice ctx={ctx} project={slug} />
      {'message' in steps ? (
        <Notice tone="waiting" title={steps.message}>
          {ctx.actor.kind === 'public' ? (
            <Link className="link" href={`/sign-in?to=/projects/${slug}/first-release`}>
              Sign in
            </Link>
          ) : (
            steps.fix
          )}
        </Notice>
      ) : (
        <Steps
          steps={steps}
          portal={ctx.config.publicUrl}
          buildSteps={ctx.config.buildSteps ?? {}}
          root={root}
        />
      )}
    </div>
  );
}

function Steps(props: {
  readonly steps: ReleaseSteps;
  readonly portal: string;
  readonly buildSteps: BuildSteps;
  readonly root: string | null;
}) {
  const { steps } = props;
  return (
    <>
      <p id="steps-done" className="mt-6 text-muted">
        {steps.done} of {steps.items.length} done
      </p>
      <progress
        className="meter mt-2"
        value={steps.done}
        max={steps.items.length}
        aria-labelledby="steps-done"
      />
      <ol className="mt-6 grid gap-4">
        {steps.items.map((item) => (
          <li key={item.name} id={item.name} className="card min-w-0 p-5 sm:p-6">
            <div className="flex flex-wrap items-start gap-x-3 gap-y-1">
              <span
                className={`inline-flex h-7 w-7 shrink-0 items-center justify-center rounded-full ${toneOf[tones[item.state]]}`}
              >
                <StateIcon state={tones[item.state]} size={18} />
              </span>
              <h2 className="min-w-0 flex-1 text-xl break-words">{item.title}</h2>
              <span className="text-sm text-muted">{words[item.state]}</span>
            </div>
            <p className="mt-2 break-words">{item.detail}</p>
            {item.href === null ? null : (
              <p className="mt-1">
                <Link className="link inline-block min-h-6" href={item.href}>
                  {linkWords(item)}
                </Link>
              </p>
            )}
            <Guide item={item} {...props} />
          </li>
        ))}
      </ol>
    </>
  );
}

const links: Partial<Record<ChecklistItem['name'], string>> = {
  certificate: 'Certificates',
  token: 'API tokens',
  'test-signing': 'The request',
  'release-signing': 'The request',
};

/** The label of a step's link, which for some depends on its target. */
function linkWords({ name, href, state }: ChecklistItem): string {
  if (href === '/approval-key') return 'Add your key';
  if (href?.endsWith('/team') === true) return 'Add somebody to the team';
  if (name === 'release-policy') return state === 'done' ? 'View or change it' : 'Change it';
  return links[name] ?? 'Go there';
}

/** What to do, where, and what to copy. */
function Guide(props: {
  readonly item: ChecklistItem;
  readonly steps: ReleaseSteps;
  readonly portal: string;
  readonly buildSteps: BuildSteps;
  readonly root: string | null;
}) {
  const { item, steps, portal, root, buildSteps } = props;
  const { slug, policies, artifacts, project } = steps.project;
  const place = { portal, project: slug };
  const offered = { ...place, action: buildSteps.github, component: buildSteps.gitlab };
  const find = (purpose: 'release' | 'test') =>
    [...policies].find(([, { value }]) => value.purpose === purpose);
  const release = find('release');
  const submission = (policy: SigningPolicy) => {
    const found = artifacts.get(parsePolicySlug(policy.artifactConfiguration));
    return found === undefined
      ? { file: 'CHANGE-ME', parameters: [], check: checkPrograms }
      : submissionUnder(found.value);
  };
  const test = find('test');
  const told = guideWordsFor(steps.provider);
  switch (item.name) {
    case 'certificate':
      return item.state === 'done' ? null : [...policies.values()].some(
          ({ value }) => value.publisher === 'project',
        ) ? (
        <p className="mt-2 text-muted">
          The policy says that the project signs with its own certificate. The foundation makes its key and a
          request in a key ceremony and sends you the request; have your authority sign it and send back the
          answer, which the foundation imports with <Command>{importCommand}</Command>. The certificate for
          tests is the foundation’s, issued with <Command>{issueCommand}</Command>.
        </p>
      ) : (
        <p className="mt-2 text-muted">
          You need do nothing: whoever runs the foundation’s signer has been told, and issues it on its host
          with <Command>{issueCommand}</Command>.
        </p>
      );
    case 'token':
      return (
        <p className="mt-2 text-muted">
          Where one is used, keep it as <code>COUNTERSIGN_TOKEN</code> under {told.secret} of{' '}
          <a className="link" href={project.value.repository.uri}>
            the repository
          </a>
          .
        </p>
      );
    case 'workflow': {
      if (release === undefined) return null;
      const asked = submission(release[1].value);
      const file = buildFileFor(offered, release[0], release[1].value, asked);
      const plain = buildFileFor(place, release[0], release[1].value, asked);
      if (file === null || plain === null) return null;
      return (
        <>
          <Copy title={`Text of ${file.path}`} text={file.text}>
            Put your build where the comment says, and the name of its output into FILE
            {file.text === plain.text ? values(asked) : ''}. {told.copied}
          </Copy>
          {file.text === plain.text ? null : (
            <Copy title="The same with curl" text={plain.text}>
              It needs nothing of the foundation’s but its address.
            </Copy>
          )}
          <Publishing slug={slug} policy={release[1].value} />
          {[...policies].map(([name, { value }]) => {
            const { origin } = release[1].value;
            const step =
              name === release[0] || origin === undefined
                ? null
                : submitStepFor(offered, name, value, submission(value), origin);
            return step === null ? null : (
              <Copy key={name} title={`The step for ${name}`} text={step}>
                {told.step}
                {value.origin === undefined
                  ? ' This policy takes builds by API token alone: keep one as COUNTERSIGN_TOKEN.'
                  : ''}
              </Copy>
            );
          })}
        </>
      );
    }
    case 'test-signing':
      if (test === undefined) return null;
      return (
        <>
          <p className="mt-2">
            <Link className="link" href={`/projects/${slug}/submit`}>
              Upload a file in the browser
            </Link>
            , or send it from a terminal. A test signature needs neither attestation nor approval, and nobody
            trusts it.
          </p>
          <Copy
            title="From a terminal"
            text={submitCommands(place, test[0], { ...submission(test[1].value), withBundle: false })}
          >
            With FILE set, COUNTERSIGN_TOKEN to one of the project’s{' '}
            <Link className="link" href={`/projects/${slug}/tokens`}>
              API tokens
            </Link>
            {values(submission(test[1].value))}. It prints the address of the request.
          </Copy>
        </>
      );
    case 'release-signing':
      if (release === undefined) return null;
      return (
        <>
          <ol className="mt-2 list-decimal space-y-1 ps-5">
            <li>Push a tag that the policy allows; the {told.run} submits what it built.</li>
            <li>
              An approver opens the request’s page, runs the command shown there, and submits its output.
            </li>
            <li>
              Download the signed file from that page, and check it with a tool that is not part of this
              portal:
            </li>
          </ol>
          <Copy
            title="Check the signed file"
            text={verifyCommands(portal, root, submission(release[1].value).check)}
          >
            With FILE set to the signed file; one in an archive is unpacked first. On Windows, what has an
            Authenticode signature: signtool verify /pa /v FILE, or Get-AuthenticodeSignature FILE, once the
            root certificate is trusted there.
          </Copy>
          <Copy
            title={`Submit from a terminal, without the ${told.run}`}
            text={submitCommands(place, release[0], { ...submission(release[1].value), withBundle: true })}
          >
            With FILE set, COUNTERSIGN_TOKEN to an API token, and BUNDLE to the attestation that your build
            made for this very file ({told.bundle}){values(submission(release[1].value))}.
          </Copy>
        </>
      );
    default:
      return null;
  }
}

const values = ({ parameters }: Submission): string =>
  parameters.length === 0 ? '' : ', and a value into each PARAMETER_…';

function verifyCommands(
  portal: string,
  root: string | null,
  check: Submission['check'] = checkPrograms,
): string {
  const file = root ?? 'ROOT.pem';
  return [
    `curl --fail --silent --show-error --output ${file} ${portal}/certificates/${file}`,
    check(file),
  ].join('\n');
}
