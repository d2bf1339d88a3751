import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { isError } from '#core/error/index.ts';
import {
  answerCharactersMax,
  outcomesOf,
  readReport,
  reportKinds,
  reportOutcomes,
  ReportsError,
  type Report,
} from '../../../../lib/reports/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import { ActionForm } from '../../../_components/action-form.tsx';
import { PageTitle } from '../../../_components/page-title.tsx';
import { Time } from '../../../_components/time.tsx';
import { acknowledgeForm, closeForm } from '../actions.ts';
import { handlerContext, HandlersOnly } from '../handlers-only.tsx';
import { Typed, TypedText } from '../../../_components/typed.tsx';

export const metadata: Metadata = { title: 'Report' };

export default async function ReportPage({ params }: { readonly params: Promise<{ id: string }> }) {
  const { id } = await params;
  const ctx = await handlerContext(`/reports/${id}`);
  if (ctx === null) return <HandlersOnly />;
  const report = await find(ctx, id);
  if (report === null) notFound();
  return (
    <div className="page *:max-w-4xl">
      <PageTitle
        title={`Report ${report.id}: ${reportKinds[report.kind].words}`}
        up={{ href: '/reports', name: 'Reports' }}
      />
      <Facts report={report} />
      <section aria-labelledby="seen" className="pt-8">
        <h2 id="seen" className="text-2xl">
          {report.kind === 'appeal' ? 'Why the project should be trusted' : 'What they saw'}
        </h2>
        <TypedText className="mt-2 max-w-prose" text={report.description} />
        {report.links.length === 0 ? null : (
          <ul className="mt-4 list-disc ps-6">
            {report.links.map((link) => (
              // Not a link: nobody should open a stranger's address by accident.
              <li key={link} className="wrap-anywhere">
                <code>{link}</code>
              </li>
            ))}
          </ul>
        )}
      </section>
      {report.closedAt === null ? <Decide report={report} /> : <Decided report={report} />}
    </div>
  );
}

async function find(ctx: Context, text: string): Promise<Report | null> {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) return null;
  return readReport({ ctx, input: { id: Number(text) } }).catch((error: unknown) => {
    if (isError(error, ReportsError) && error.code === 'UNKNOWN_REPORT') return null;
    throw error;
  });
}

function Facts({ report }: { readonly report: Report }) {
  const { serial, project, fileSha256, contact } = report;
  return (
    <dl className="facts mt-8">
      <dt>Received</dt>
      <dd>
        <Time value={report.receivedAt} />
      </dd>
      <dt>To be decided by</dt>
      <dd className={report.late ? 'text-fail' : ''}>
        <Time value={report.dueAt} />
        {report.late ? ': late' : ''}
      </dd>
      <dt>Acknowledged</dt>
      <dd>{report.acknowledgedAt === null ? 'Not yet' : <Time value={report.acknowledgedAt} />}</dd>
      <dt>Project</dt>
      <dd>
        {project === null ? (
          'Not said'
        ) : (
          <Link className="link" href={`/projects/${project}`}>
            {project}
          </Link>
        )}
      </dd>
      <dt>Certificate</dt>
      <dd className="hash">{serial ?? 'Not said'}</dd>
      <dt>File</dt>
      <dd className="hash">
        {fileSha256 === null ? (
          'Not said'
        ) : (
          <Link className="link" href={`/search?q=${fileSha256}`}>
            {fileSha256}
          </Link>
        )}
      </dd>
      <dt>How to reach them</dt>
      <dd className="break-words">{contact === null ? 'Not said' : <Typed>{contact}</Typed>}</dd>
    </dl>
  );
}

function Decide({ report }: { readonly report: Report }) {
  const { id, kind, serial, project, acknowledgedAt } = report;
  return (
    <section aria-labelledby="decide" className="pt-10">
      <h2 id="decide" className="text-2xl">
        Decide
      </h2>
      {acknowledgedAt === null ? (
        <ActionForm
          id="acknowledge"
          action={acknowledgeForm}
          hidden={{ id: String(id) }}
          fields={[]}
          buttons={[{ label: 'Acknowledge', pending: 'Acknowledging…', intent: 'acknowledge', quiet: true }]}
        />
      ) : null}
      <p className="mt-6 flex flex-wrap gap-x-6 gap-y-2">
        {kind === 'appeal' ? (
          <Link className="link inline-block min-h-6" href={`/revocations/${serial ?? ''}`}>
            The revocation
          </Link>
        ) : (
          <>
            <Link
              className="link inline-block min-h-6"
              href={serial === null ? '/certificates' : `/revocations/new?serial=${serial}`}
            >
              Revoke the certificate…
            </Link>
            {project === null ? null : (
              <Link className="link inline-block min-h-6" href={`/revocations/new?project=${project}`}>
                Revoke all certificates of {project}…
              </Link>
            )}
            <Link className="link inline-block min-h-6" href="/emergency-stop">
              Emergency stop
            </Link>
          </>
        )}
      </p>
      <ActionForm
        id="close"
        action={closeForm}
        hidden={{ id: String(id) }}
        fields={[
          {
            kind: 'radio',
            name: 'outcome',
            label: 'Outcome',
            required: true,
            options: outcomesOf(kind),
          },
          {
            kind: 'textarea',
            name: 'answer',
            label: 'What was found',
            required: true,
            rows: 5,
            charactersMax: answerCharactersMax(kind),
            hint:
              kind === 'appeal'
                ? 'The project reads it. If the project is reinstated, the policy publishes it: a change with this text is proposed, for policy maintainers to sign.'
                : 'The reporter reads it.',
          },
        ]}
        buttons={[{ label: 'Close report', pending: 'Closing…', intent: 'close' }]}
      />
    </section>
  );
}

function Decided({ report }: { readonly report: Report }) {
  const { outcome, closedAt, answer } = report;
  return (
    <section aria-labelledby="decided" className="pt-10">
      <h2 id="decided" className="text-2xl">
        {outcome === null ? 'Closed' : reportOutcomes[outcome]}
      </h2>
      <p className="mt-1 text-muted">{closedAt === null ? null : <Time value={closedAt} />}</p>
      <TypedText className="mt-3 max-w-prose" text={answer ?? ''} />
    </section>
  );
}
