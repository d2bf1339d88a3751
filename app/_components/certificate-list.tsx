import Link from 'next/link';
import { endingDays, isAnnounced, type PublishedCertificate } from '../../lib/certificates/index.ts';
import { Empty } from './empty.tsx';
import { formatDate } from './format.ts';
import { Typed } from './typed.tsx';

const purposes: Readonly<Record<PublishedCertificate['purpose'], string>> = {
  root: 'Root certificate',
  issuing: 'Issuing certificate',
  release: 'Release certificate',
  test: 'Test certificate',
  ocsp: 'Status responder’s certificate',
  timestamp: 'Timestamp authority',
  raw: 'Record of a key for raw signatures',
  openpgp: 'Record of an OpenPGP key',
};

/** Certificates that expire within two months are marked. */
function soon(validTo: Date, now: Date): string {
  const days = Math.floor((validTo.getTime() - now.getTime()) / 86_400_000);
  if (days > endingDays) return '';
  return days === 0 ? '; runs out today' : `; runs out in ${days} ${days === 1 ? 'day' : 'days'}`;
}

export function CertificateList({
  certificates,
  revoke = false,
  successors,
}: {
  readonly certificates: readonly PublishedCertificate[];
  /** Whether to offer actions that only policy maintainers and reviewers may propose. */
  readonly revoke?: boolean;
  /** Serial number → that of the certificate that follows it. */
  readonly successors?: ReadonlyMap<string, string>;
}) {
  const now = new Date();
  if (certificates.length === 0) {
    return <Empty title="No certificates yet">They appear here after the key ceremony.</Empty>;
  }
  return (
    <ul className="mt-6 grid gap-4 lg:grid-cols-2">
      {certificates.map((certificate) => (
        <li key={certificate.file} className="card min-w-0 p-5 sm:p-6">
          <h3 className="text-lg">
            {purposes[certificate.purpose]}
            {certificate.project === null ? null : (
              <span className="text-muted"> · {certificate.project}</span>
            )}
          </h3>
          {certificate.publisher === 'project' ? (
            <p className="mt-2">
              The project’s own certificate; publisher: <Typed>{certificate.subject}</Typed>; not issued by
              the foundation. Its authority revokes it. The foundation can stop signing with it.
            </p>
          ) : null}
          <dl className="facts mt-3 sm:grid-cols-[6rem_minmax(0,1fr)]!">
            <dt>Subject</dt>
            <dd>{certificate.subject}</dd>
            <dt>Serial</dt>
            <dd className="hash">{certificate.serial}</dd>
            <dt>SHA-256</dt>
            <dd className="hash">{certificate.sha256}</dd>
            <dt>Valid</dt>
            <dd>
              {formatDate(certificate.validFrom)} to {formatDate(certificate.validTo)}
            </dd>
            <dt>State</dt>
            <dd>
              {certificate.revocation !== null ? (
                <Link className="link text-fail" href={`/revocations/${certificate.revocation.serial}`}>
                  {certificate.publisher === 'project'
                    ? 'No longer used by the foundation,'
                    : certificate.hasNotice
                      ? 'Revoked'
                      : 'Revoked with its key,'}{' '}
                  as of {formatDate(certificate.revocation.effectiveAt)}
                </Link>
              ) : certificate.validTo < now ? (
                'Expired; what was timestamped before stays good'
              ) : isAnnounced(certificate, now) ? (
                <>Announced: signs from {formatDate(certificate.usedFrom ?? certificate.validFrom)}</>
              ) : (
                `Good${soon(certificate.validTo, now)}`
              )}
            </dd>
            {certificate.sharesKeyWith.length === 0 ? null : (
              <>
                <dt>Same key as</dt>
                <dd className="hash">{certificate.sharesKeyWith.join(', ')}</dd>
              </>
            )}
            {successors?.get(certificate.serial) === undefined ? null : (
              <>
                <dt>Successor</dt>
                <dd className="hash">{successors.get(certificate.serial)}</dd>
              </>
            )}
          </dl>
          <p className="mt-3">
            <a className="link inline-block min-h-6" href={`/certificates/${certificate.file}`} download>
              Download {certificate.file}
            </a>
            {revoke && certificate.project !== null && !certificate.hasNotice ? (
              <Link
                className="link ms-6 inline-block min-h-6"
                href={`/revocations/new?serial=${certificate.serial}`}
              >
                Revoke…
              </Link>
            ) : null}
          </p>
        </li>
      ))}
    </ul>
  );
}
