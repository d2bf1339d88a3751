import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { listCertificates } from '../../../../lib/certificates/index.ts';
import { blastRadius, concernedBy, readRevocation } from '../../../../lib/revocations/index.ts';
import { BlastRadiusView } from '../../../_components/blast-radius.tsx';
import { Notice } from '../../../_components/notice.tsx';
import { OwnCertificateNotice } from '../../../_components/own-certificate-notice.tsx';
import { pageContext } from '../../../_components/page-context.ts';
import { PageTitle } from '../../../_components/page-title.tsx';
import { triggerWords } from '../../../_components/revocation-words.ts';
import { Time } from '../../../_components/time.tsx';
import { TypedText } from '../../../_components/typed.tsx';

export const metadata: Metadata = { title: 'Revoked certificate' };

export default async function RevocationPage(props: {
  readonly params: Promise<{ readonly serial: string }>;
}) {
  const { serial } = await props.params;
  const ctx = await pageContext();
  const notice = await readRevocation({ ctx, input: { serial } });
  if (notice === null) notFound();
  const isOwn = notice.publisher === 'project';
  const serials = await concernedBy({ ctx, input: { serial } });
  const concerned = (await listCertificates({ ctx, input: { project: notice.project } })).filter(
    (certificate) => serials.includes(certificate.serial),
  );
  const radius = await blastRadius({ ctx, input: { serials, effectiveAt: notice.effectiveAt } });
  return (
    <div className="page *:max-w-4xl">
      <PageTitle
        title={
          isOwn
            ? `${notice.projectName}: no longer signed with ${notice.certificate}`
            : `${notice.projectName}: the certificate “${notice.certificate}” is revoked`
        }
        up={{ href: '/revocations', name: 'Revocations' }}
        lead={triggerWords(notice.trigger)}
      />
      <Notice tone="failed" title="Don’t install what was signed with it from then on">
        <TypedText text={notice.statement} />
        {notice.advisory === null ? null : (
          <p className="mt-2">
            <a className="link" href={notice.advisory} rel="noreferrer">
              More about it
            </a>
          </p>
        )}
      </Notice>
      <OwnCertificateNotice certificates={concerned} />
      {notice.reinstated === null ? null : (
        <Notice tone="passed" title="The project may have certificates again">
          <TypedText text={notice.reinstated.statement} />
          <p className="mt-2">
            Decided <Time value={notice.reinstated.decidedAt} />.{' '}
            {isOwn
              ? 'The foundation no longer signs with this certificate.'
              : 'This certificate stays revoked.'}
          </p>
        </Notice>
      )}
      <dl className="facts mt-8">
        <dt>{isOwn ? 'For the foundation' : 'Effective'}</dt>
        <dd>
          {isOwn ? 'From ' : null}
          <Time value={notice.effectiveAt} />
          {isOwn ? ' on; the authority that issued it sets its own date, or none' : null}
        </dd>
        {notice.noticedAt === null ? null : (
          <>
            <dt>Known since</dt>
            <dd>
              <Time value={notice.noticedAt} />
            </dd>
          </>
        )}
        <dt>Reason</dt>
        <dd>{notice.reason}</dd>
        <dt>Serial</dt>
        <dd className="hash">{notice.serial}</dd>
        <dt>Decided in</dt>
        <dd>
          <Link
            className="link wrap-anywhere"
            href={`/policy/history${notice.policyCommit === null ? '' : `/${notice.policyCommit}`}`}
          >
            {notice.file}
          </Link>
        </dd>
      </dl>
      <section aria-labelledby="concerned" className="pt-12">
        <h2 id="concerned" className="text-2xl">
          What it affects
        </h2>
        {serials.length > 1 ? (
          <p className="mt-3 max-w-prose">
            The key is compromised, so it affects all {serials.length} certificates of that key.
          </p>
        ) : null}
        <BlastRadiusView
          radius={radius}
          effectiveAt={notice.effectiveAt}
          isOwn={concerned.some((certificate) => certificate.publisher === 'project')}
        />
      </section>
      {notice.reinstated === null ? (
        <p className="pt-12">
          The people of {notice.projectName} can{' '}
          <Link className="link" href={`/revocations/${notice.serial}/appeal`}>
            appeal against it
          </Link>
          .
        </p>
      ) : null}
    </div>
  );
}
