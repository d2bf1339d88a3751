import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound, redirect } from 'next/navigation';
import { listCertificates, type PublishedCertificate } from '../../../../lib/certificates/index.ts';
import { acceptedPolicy } from '../../../../lib/platform/portal/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import {
  blastRadius,
  certificatesMax,
  mayRevoke,
  parseEffectiveAt,
  revocableCertificates,
  statementCharactersMax,
  triggers,
} from '../../../../lib/revocations/index.ts';
import { ActionForm } from '../../../_components/action-form.tsx';
import { BlastRadiusView } from '../../../_components/blast-radius.tsx';
import { formatDate, formatTime } from '../../../_components/format.ts';
import { Notice } from '../../../_components/notice.tsx';
import { OwnCertificateNotice } from '../../../_components/own-certificate-notice.tsx';
import { pageContext } from '../../../_components/page-context.ts';
import { PageTitle } from '../../../_components/page-title.tsx';
import { revokeForm } from '../actions.ts';
import { DateForm, minuteOf, type Asked } from './date-form.tsx';

type Query = Promise<Readonly<Record<string, string | string[] | undefined>>>;

export async function generateMetadata(props: { readonly searchParams: Query }): Promise<Metadata> {
  const { effective } = await props.searchParams;
  const wrong = typeof effective === 'string' && parseEffectiveAt(effective, new Date()) === null;
  return { title: `${wrong ? 'Error: ' : ''}Revoke a certificate` };
}

/** First what it does, then doing it: the effective date is chosen by a form of its own that only looks. */
export default async function RevokePage(props: { readonly searchParams: Query }) {
  const query = await props.searchParams;
  const text = (name: string): string => (typeof query[name] === 'string' ? query[name].slice(0, 100) : '');
  const asked: Asked = { serial: text('serial'), project: text('project') };
  const ctx = await pageContext();
  if (ctx.actor.kind === 'public') redirect(`/sign-in?to=${encodeURIComponent(addressOf(asked))}`);
  const accepted = await acceptedPolicy(ctx);
  const certificates = await find(ctx, asked);
  if (accepted === null || (certificates.length === 0 && asked.project === '')) notFound();
  if (!mayRevoke(ctx.actor)) {
    return (
      <div className="page *:max-w-3xl">
        <PageTitle
          title="Only the foundation revokes certificates"
          lead={
            <>
              Its policy maintainers and reviewers propose a revocation here, and policy maintainers sign it.
              Is there a reason to revoke one, your project’s own included?{' '}
              <Link className="link" href="/report">
                Report it
              </Link>
              .
            </>
          }
        />
      </div>
    );
  }
  if (certificates.length === 0) {
    return (
      <div className="page *:max-w-3xl">
        <PageTitle
          title="There is nothing left to revoke"
          up={{ href: '/revocations', name: 'Revocations' }}
          lead={`No project ${asked.project} has a certificate that isn’t revoked already.`}
        />
      </div>
    );
  }
  const now = ctx.now();
  const effectiveAt = parseEffectiveAt(text('effective'), now);
  const serials = certificates.map((certificate) => certificate.serial);
  const all = asked.project !== '';
  return (
    <div className="page *:max-w-4xl">
      <PageTitle
        title={
          all
            ? `Revoke all certificates of ${asked.project}`
            : `Revoke the certificate “${certificates[0]?.name ?? ''}” of ${certificates[0]?.project ?? ''}`
        }
        up={
          all
            ? { href: `/projects/${asked.project}`, name: asked.project }
            : { href: '/certificates', name: 'Certificates' }
        }
        lead="It can’t be undone. First see what it does; then propose it for policy maintainers to sign."
      />
      <OwnCertificateNotice certificates={certificates} />
      {all ? <Concerned certificates={certificates} /> : <OneCertificate certificates={certificates} />}
      <section aria-labelledby="date" className="pt-10">
        <h2 id="date" className="text-2xl">
          From when on
        </h2>
        <DateForm asked={asked} text={text('effective')} effectiveAt={effectiveAt} now={now} />
        {effectiveAt === null ? null : (
          <BlastRadiusView
            radius={await blastRadius({ ctx, input: { serials, effectiveAt } })}
            effectiveAt={effectiveAt}
            isOwn={certificates.some((certificate) => certificate.publisher === 'project')}
          />
        )}
      </section>
      {effectiveAt === null ? null : (
        <Propose
          hidden={{
            ...(all ? { project: asked.project, serials: serials.join(' ') } : { serial: asked.serial }),
            base: accepted.commit,
            effectiveAt: minuteOf(effectiveAt),
          }}
          label={`Propose to revoke ${all ? 'them' : 'it'} as of ${formatTime(effectiveAt)}`}
        />
      )}
    </div>
  );
}

function Propose({
  hidden,
  label,
}: {
  readonly hidden: Readonly<Record<string, string>>;
  readonly label: string;
}) {
  return (
    <section aria-labelledby="propose" className="pt-12">
      <h2 id="propose" className="text-2xl">
        Propose it
      </h2>
      <ActionForm
        id="revoke"
        action={revokeForm}
        hidden={hidden}
        fields={[
          {
            kind: 'radio',
            name: 'trigger',
            label: 'What happened',
            required: true,
            options: triggers.map((trigger) => [trigger.trigger, trigger.words] as const),
          },
          {
            kind: 'textarea',
            name: 'statement',
            label: 'What the public is told',
            rows: 5,
            hint: 'What happened, which files are affected, what to do. It is public.',
            required: true,
            charactersMax: statementCharactersMax,
          },
        ]}
        buttons={[{ label, pending: 'Working…', intent: 'revoke' }]}
      />
    </section>
  );
}

async function find(ctx: Context, asked: Asked): Promise<readonly PublishedCertificate[]> {
  if (asked.project !== '') {
    return (await revocableCertificates({ ctx, input: { project: asked.project } })).slice(
      0,
      certificatesMax,
    );
  }
  return (await listCertificates({ ctx })).filter(
    (certificate) => certificate.serial === asked.serial && certificate.project !== null,
  );
}

function addressOf({ serial, project }: Asked): string {
  return `/revocations/new?${new URLSearchParams(project === '' ? { serial } : { project }).toString()}`;
}

function OneCertificate({ certificates: [one] }: { readonly certificates: readonly PublishedCertificate[] }) {
  if (one === undefined) return null;
  return (
    <>
      {!one.hasNotice ? null : (
        <Notice tone="waiting" title="This certificate is revoked already">
          <Link className="link" href={`/revocations/${one.serial}`}>
            Read the notice
          </Link>
          . An earlier date is a change of its file.
        </Notice>
      )}
      <p className="mt-6">
        <Link
          className="link inline-block min-h-6"
          href={addressOf({ serial: '', project: one.project ?? '' })}
        >
          Revoke all certificates of {one.project}…
        </Link>
      </p>
    </>
  );
}

function Concerned({ certificates }: { readonly certificates: readonly PublishedCertificate[] }) {
  return (
    <section aria-labelledby="certificates" className="pt-10">
      <h2 id="certificates" className="text-2xl">
        Which
      </h2>
      <p className="mt-3 max-w-prose">
        All that can sign, and the expired ones: their signatures are trusted as long as their timestamps are.
        One change revokes them all; certificates that are already revoked stay as they are.
      </p>
      <ul className="mt-4 grid gap-2">
        {certificates.map((certificate) => (
          <li key={certificate.serial} className="card min-w-0 p-4">
            <p className="font-medium break-words">
              {certificate.name}
              <span className="font-normal text-muted">
                {' '}
                · {certificate.purpose === 'test' ? 'for tests' : 'for releases'}, valid{' '}
                {formatDate(certificate.validFrom)} to {formatDate(certificate.validTo)}
              </span>
            </p>
            <p className="hash mt-1">{certificate.serial}</p>
          </li>
        ))}
      </ul>
      {certificates.length < certificatesMax ? null : (
        <p className="mt-3">
          These are the newest {certificatesMax}. Once they are revoked, this page offers the rest.
        </p>
      )}
    </section>
  );
}
