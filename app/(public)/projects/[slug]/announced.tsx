import { isAnnounced, isRecord, type PublishedCertificate } from '../../../../lib/certificates/index.ts';
import { formatDate } from '../../../_components/format.ts';
import { Notice } from '../../../_components/notice.tsx';

/** Successors that will sign: whoever compares serial numbers or fingerprints learns of them in time. Nothing where there is none. */
export function Announced({
  certificates,
  now,
}: {
  readonly certificates: readonly PublishedCertificate[];
  readonly now: Date;
}) {
  const announced = certificates.filter(
    (certificate) => isAnnounced(certificate, now) && !isRecord(certificate),
  );
  return announced.map(({ serial, sha256, name, usedFrom, validFrom, sharesKeyWith }) => (
    <Notice
      key={serial}
      tone="waiting"
      title={`A new certificate “${name ?? ''}” signs from ${formatDate(usedFrom ?? validFrom)}`}
    >
      <p>
        {sharesKeyWith.length > 0
          ? 'It is for the same key as the one before. '
          : 'It has a key of its own. '}
        What was signed and timestamped before stays good. Whoever compares serial numbers or fingerprints
        adds the new one:
      </p>
      <dl className="facts mt-2 sm:grid-cols-[6rem_minmax(0,1fr)]!">
        <dt>Serial</dt>
        <dd className="hash">{serial}</dd>
        <dt>SHA-256</dt>
        <dd className="hash">{sha256}</dd>
      </dl>
    </Notice>
  ));
}
