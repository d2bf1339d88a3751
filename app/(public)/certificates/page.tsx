import type { Metadata } from 'next';
import { listCertificates } from '../../../lib/certificates/index.ts';
import { CertificateList } from '../../_components/certificate-list.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';

export const metadata: Metadata = { title: 'Certificates' };

export default async function CertificatesPage() {
  const certificates = await listCertificates({ ctx: await pageContext() });
  return (
    <div className="page">
      <PageTitle
        title="Certificates"
        lead="What you need to check a signature by yourself. The keys never leave the hardware that made them."
      />
      <h2 className="sr-only">All certificates</h2>
      <CertificateList certificates={certificates} />
    </div>
  );
}
