import Link from 'next/link';
import type { PublishedCertificate } from '../../lib/certificates/index.ts';
import { isRefused } from '../../lib/certificates/standing/index.ts';
import type { RequestDetail, RewrittenLists as Lists } from '../../lib/requests/index.ts';
import type { RevocationNotice } from '../../lib/revocations/index.ts';
import { formatBytes } from './format.ts';
import { RewrittenLists } from './rewritten-lists.tsx';
import { SelfCheck } from './self-check.tsx';
import { SignatureNotice } from './signature-standing.tsx';
import { SignedFileItem } from './signed-file-item.tsx';
import { Time } from './time.tsx';
import { Typed } from './typed.tsx';

/** The signed file, what is signed in it, and how to check that without trusting this page. */
export function ReleaseBox(props: {
  readonly request: RequestDetail;
  readonly release: NonNullable<RequestDetail['release']>;
  readonly rewritten: Lists;
  readonly certificates: readonly PublishedCertificate[];
  /** Of the revocation that makes the release bad, or would if it were newer; null: there is none. */
  readonly notice: RevocationNotice | null;
}) {
  const { request, release, rewritten, certificates, notice } = props;
  const { signatures } = request;
  const refused = isRefused(release.standing.state);
  const signer = certificates.find(
    (certificate) => certificate.sha256 === signatures.files[0]?.certificateSha256,
  );
  return (
    <section aria-labelledby="release" className="card mb-12 p-6 sm:p-8">
      <h2 id="release" className="text-2xl">
        The signed artifact
      </h2>
      <SignatureNotice standing={release.standing} notice={notice} what="release" />
      <p className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        {refused ? (
          <Link className="link inline-block min-h-6 wrap-anywhere" href={`/requests/${request.id}/download`}>
            Get {release.name} anyway…
          </Link>
        ) : (
          <a className="button wrap-anywhere" href={`/api/v1/requests/${request.id}/artifact`}>
            Download {release.name}
          </a>
        )}
        <span className="text-sm text-muted">
          {formatBytes(release.sizeBytes)}, released <Time value={release.releasedAt} />
        </span>
      </p>
      <p className="mt-4 text-sm text-muted">SHA-256</p>
      <p className="hash">{release.sha256}</p>
      {signer?.publisher === 'project' ? (
        <p className="mt-4">
          Signed with the project’s own certificate; publisher: <Typed>{signer.subject}</Typed>; not issued by
          the foundation.
        </p>
      ) : null}
      <h3 className="mt-7 text-lg">Signed files</h3>
      <ul className="mt-3 grid gap-3">
        {signatures.files.map((file) => (
          <SignedFileItem key={`${file.path} ${file.signaturePath ?? ''}`} file={file} />
        ))}
      </ul>
      {signatures.next === null ? null : (
        <p className="mt-3">
          <Link className="link inline-block min-h-6" href={`/requests/${request.id}/files`}>
            All {signatures.total} signed files, and a search by path
          </Link>
        </p>
      )}
      <RewrittenLists rewritten={rewritten} request={request.id} level="h3" />
      <SelfCheck files={signatures.files} certificates={certificates} refused={refused} />
    </section>
  );
}
