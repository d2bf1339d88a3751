import type { Metadata } from 'next';
import Link from 'next/link';
import { mayRevoke } from '../../../lib/revocations/index.ts';
import { listCertificates } from '../../../lib/certificates/index.ts';
import { CertificateList } from '../../_components/certificate-list.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';

export const metadata: Metadata = { title: 'Certificates' };

export default async function CertificatesPage() {
  const ctx = await pageContext();
  const certificates = await listCertificates({ ctx });
  return (
    <div className="page">
      <PageTitle
        title="Certificates"
        lead="What you need to check a signature by yourself. The keys never leave the hardware that made them."
      />
      <h2 className="sr-only">All certificates</h2>
      <p className="mt-6">
        <Link className="link inline-block min-h-6" href="/revocations">
          Revocations
        </Link>
      </p>
      <CertificateList certificates={certificates} revoke={mayRevoke(ctx.actor)} />
    </div>
  );
}
