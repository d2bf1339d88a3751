import type { PublishedCertificate } from '../../lib/certificates/index.ts';
import { Notice } from './notice.tsx';

/** Who revokes a project's own certificate: not the foundation. Nothing where all are the foundation's. */
export function OwnCertificateNotice({
  certificates,
}: {
  readonly certificates: readonly PublishedCertificate[];
}) {
  const own = certificates.filter((certificate) => certificate.publisher === 'project');
  if (own.length === 0) return null;
  return (
    <Notice tone="waiting" title="Only the authority that issued it can revoke it for everybody">
      <p>
        The foundation stops signing with it, and says so here. Its revocation list and status answers don’t
        name it, because another authority issued it: the holder of the contract has to ask that authority.
      </p>
      <ul className="mt-2 list-disc pl-5">
        {own.map((certificate) => (
          <li key={certificate.serial}>
            {certificate.subject}, serial <span className="hash">{certificate.serial}</span>, issued by{' '}
            {certificate.issuer}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
