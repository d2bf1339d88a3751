import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { listCertificates } from '../../../../lib/certificates/index.ts';
import { isRefused } from '../../../../lib/certificates/standing/index.ts';
import { readReport } from '../../../../lib/inspection-reports/index.ts';
import { listPublishJobs } from '../../../../lib/publish-jobs/index.ts';
import { isFinal } from '../../../../lib/requests/index.ts';
import { readRewrittenLists } from '../../../../lib/requests/index.ts';
import type { RequestDetail } from '../../../../lib/requests/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import { readRevocation } from '../../../../lib/revocations/index.ts';
import { AutoRefresh } from '../../../_components/auto-refresh.tsx';
import { CancellationWords } from '../../../_components/cancellation-words.tsx';
import { formatBytes } from '../../../_components/format.ts';
import { Notice } from '../../../_components/notice.tsx';
import { pageContext } from '../../../_components/page-context.ts';
import { PageTitle } from '../../../_components/page-title.tsx';
import { ReleaseBox } from '../../../_components/release-box.tsx';
import { endOf, StatusBadge } from '../../../_components/status-badge.tsx';
import { StopNotice } from '../../../_components/stop-notice.tsx';
import { Submitter } from '../../../_components/submitter.tsx';
import { Time } from '../../../_components/time.tsx';
import { TraceView } from '../../../_components/trace.tsx';
import { PublishJobs } from './publish-jobs.tsx';
import { ApprovalBox, DenialBox } from './approval-box.tsx';
import { CancelBox, CancellationNotice } from './cancel-box.tsx';
import { findRequest } from './find-request.ts';
import { RemovedFiles } from './removed-files.tsx';

interface Props {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<{
    readonly recorded?: string;
    readonly submitted?: string;
    readonly pass?: string | string[];
  }>;
}

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const request = await findRequest((await params).id, [(await searchParams).pass].flat()[0]);
  if (request === null) return { title: 'No such request' };
  const stands = isRevoked(request) ? 'revoked' : (endOf(request.outcome)?.toLowerCase() ?? request.status);
  return { title: `${request.artifact.name}, ${stands}` };
}

export default async function RequestPage({ params, searchParams }: Props) {
  const { recorded, submitted, pass } = await searchParams;
  const request = await findRequest((await params).id, [pass].flat()[0]);
  if (request === null) notFound();
  const ctx = await pageContext();
  const report = await readReport({ ctx, input: { id: request.id } });
  const certificates = request.release === null ? [] : await listCertificates({ ctx });
  const revocation = request.release?.standing.revocation ?? null;
  const notice =
    revocation === null ? null : await readRevocation({ ctx, input: { serial: revocation.serial } });
  return (
    <div className="page">
      <PageTitle
        title={request.artifact.name}
        up={{ href: '/requests', name: 'Signing requests' }}
        aside={<StatusBadge status={request.status} outcome={request.outcome} refused={isRevoked(request)} />}
        lead={
          <>
            For{' '}
            <Link className="link" href={`/projects/${request.project}`}>
              {request.project}
            </Link>{' '}
            under the policy {request.policy}, submitted <Time value={request.submittedAt} />
          </>
        }
      />
      {isFinal(request.status) ? null : <StopNotice ctx={ctx} project={request.project} />}
      <Summary request={request} />
      <CancellationNotice ctx={ctx} request={request} />
      <RemovedFiles ctx={ctx} request={request} />
      {submitted === undefined ? null : (
        <Notice tone="passed" title="The request is recorded">
          The file arrived with SHA-256 <code className="wrap-anywhere">{request.artifact.sha256}</code>:
          compare it with what sha256sum says of yours.
        </Notice>
      )}
      {recorded === undefined ? null : (
        <Notice tone="passed" title="Your decision is on the record">
          {isFinal(request.status)
            ? null
            : 'The signer has been notified and will verify and count it. That takes a few seconds. '}
          <Link className="link" href="/approvals">
            What else is waiting for you
          </Link>
        </Notice>
      )}
      {isFinal(request.status) || !request.trace.newest ? null : <AutoRefresh seconds={4} />}

      <div className="mt-10 grid items-start gap-x-12 gap-y-12 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0">
          <Decide ctx={ctx} request={request} />
          <CancelBox ctx={ctx} request={request} />
          <PublishJobs
            jobs={await listPublishJobs({ ctx, input: request })}
            address={request.run?.address ?? null}
          />
          {request.release === null ? null : (
            <ReleaseBox
              request={request}
              release={request.release}
              rewritten={await readRewrittenLists({ ctx, input: { id: request.id } })}
              certificates={certificates}
              notice={notice}
            />
          )}
          <section aria-labelledby="trace">
            <h2 id="trace" className="text-2xl">
              Decision trace
            </h2>
            <p className="mt-2 mb-6 text-muted">
              What the signer checked, in order; each step is recorded before the next begins. This page only
              shows the record.
              {report === null ? null : (
                <>
                  {' '}
                  <Link className="link" href={`/requests/${request.id}/report`}>
                    Every file of the artifact
                  </Link>{' '}
                  is in the inspection report.
                </>
              )}
            </p>
            <SinceThen request={request} />
            <TraceView
              trace={request.trace}
              place={{
                request: request.id,
                project: request.project,
                commit: request.policyCommit,
                cancelled:
                  request.cancellation === null ? null : (
                    <CancellationWords
                      ctx={ctx}
                      project={request.project}
                      cancellation={request.cancellation}
                    />
                  ),
              }}
            />
          </section>
        </div>
        <Facts ctx={ctx} request={request} />
      </div>
    </div>
  );
}

function Decide(props: { readonly ctx: Context; readonly request: RequestDetail }) {
  const { status } = props.request;
  if (isFinal(status)) return null;
  return status === 'waiting-for-approval' ? <ApprovalBox {...props} /> : <DenialBox {...props} />;
}

const isRevoked = ({ release }: RequestDetail): boolean =>
  release !== null && isRefused(release.standing.state);

/** The trace is of the day on which it was signed; what became of its certificate is no step of it. */
function SinceThen({ request }: { readonly request: RequestDetail }) {
  const revocation = request.release?.standing.revocation ?? null;
  if (revocation === null) return null;
  return (
    <p className={`mb-6 border-s-2 ps-4 ${isRevoked(request) ? 'border-fail text-fail' : 'border-rule'}`}>
      Since then: the certificate was{' '}
      <Link className="link" href={`/revocations/${revocation.serial}`}>
        revoked
      </Link>{' '}
      on <Time value={revocation.learnedAt} />, as of <Time value={revocation.effectiveAt} />.{' '}
      {isRevoked(request) ? 'Despite what the steps below found, this release is no longer good.' : null}
    </p>
  );
}

function Summary({ request }: { readonly request: RequestDetail }) {
  if (request.summary === null) {
    return (
      <Notice tone="waiting" title="Waiting for the signer">
        The request is recorded. The signer takes it up next.
      </Notice>
    );
  }
  if (isRevoked(request)) {
    return (
      <Notice tone="failed" title="Signed, and revoked since: don’t run it">
        Why, and since when, stands below. {request.summary}
      </Notice>
    );
  }
  const tone =
    request.status === 'completed'
      ? 'passed'
      : isFinal(request.status)
        ? endOf(request.outcome) === null
          ? 'failed'
          : 'cancelled'
        : request.retryAt !== null
          ? 'retrying'
          : request.status === 'waiting-for-approval'
            ? 'waiting'
            : 'running';
  return (
    <Notice tone={tone} title={endTitles[request.outcome ?? ''] ?? titles[request.status]}>
      {request.summary}
      {request.retryAt === null ? null : (
        <>
          {' '}
          The signer tries again at <Time value={request.retryAt} />.
        </>
      )}
    </Notice>
  );
}

const titles: Readonly<Record<RequestDetail['status'], string>> = {
  received: 'Received',
  checking: 'The signer is checking',
  'waiting-for-approval': 'Waiting for the maintainers',
  signing: 'The signer is signing',
  completed: 'Signed and released',
  denied: 'Nothing was signed',
  failed: 'Not signed: something broke',
};

const endTitles: Readonly<Record<string, string>> = {
  cancelled: 'Cancelled: nothing was signed',
  superseded: 'Replaced by a newer build: nothing was signed',
};

function Facts({ ctx, request }: { readonly ctx: Context; readonly request: RequestDetail }) {
  const facts: readonly (readonly [string, ReactNode, boolean])[] = [
    ['Artifact SHA-256', request.artifact.sha256, true],
    ['Size', formatBytes(request.artifact.sizeBytes), false],
    ['Source commit', request.sourceCommit ?? 'not proven', request.sourceCommit !== null],
    ['Policy commit', request.policyCommit ?? 'not read yet', request.policyCommit !== null],
    ['Proof of origin', request.bundleSha256 ?? 'none was sent', request.bundleSha256 !== null],
    ...Object.entries(request.parameters).map(([name, value]) => [`Parameter ${name}`, value, true] as const),
    ['Submitted by', <Submitter ctx={ctx} project={request.project} by={request.submittedBy} />, false],
    ['Request', request.id, true],
  ];
  return (
    <section aria-labelledby="facts" className="card min-w-0 p-6 lg:sticky lg:top-6">
      <h2 id="facts" className="text-lg">
        As submitted
      </h2>
      <dl className="mt-4 grid gap-3.5 text-[0.9375rem]">
        {facts.map(([label, text, code]) => (
          <div key={label}>
            <dt className="text-sm text-muted">{label}</dt>
            <dd className={code ? 'hash' : 'break-words'}>{text}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-5 border-t border-rule pt-4 text-sm">
        <a className="link inline-block min-h-6" href={`/api/v1/requests/${request.id}`}>
          This page as JSON
        </a>
      </p>
    </section>
  );
}
