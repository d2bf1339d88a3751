import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { isRefused } from '../../../../../lib/certificates/standing/index.ts';
import { despite } from '../../../../../lib/releases/index.ts';
import { readRevocation } from '../../../../../lib/revocations/index.ts';
import { pageContext } from '../../../../_components/page-context.ts';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { SignatureNotice } from '../../../../_components/signature-standing.tsx';
import { findRequest } from '../find-request.ts';

export const metadata: Metadata = { title: 'Download of a revoked release' };

/** Shown between a link and a revoked file: what is wrong with it, and a second step for those who want it anyway. */
export default async function DownloadPage(props: { readonly params: Promise<{ readonly id: string }> }) {
  const request = await findRequest((await props.params).id);
  const release = request?.release ?? null;
  if (request === null || release === null) notFound();
  const { standing } = release;
  if (!isRefused(standing.state)) redirect(`/requests/${request.id}`);
  const serial = standing.revocation?.serial;
  const notice =
    serial === undefined ? null : await readRevocation({ ctx: await pageContext(), input: { serial } });
  return (
    <div className="page *:max-w-3xl">
      <PageTitle
        title={`Don’t run ${release.name}`}
        up={{ href: `/requests/${request.id}`, name: release.name }}
        lead="It was signed here, and its signature is revoked."
      />
      <SignatureNotice standing={standing} notice={notice} what="release" />
      <section aria-labelledby="despite" className="pt-10">
        <h2 id="despite" className="text-2xl">
          Get it anyway
        </h2>
        <p className="mt-3 max-w-prose">
          To investigate what happened, where it can do no harm. Don’t pass it on.
        </p>
        <form method="get" action={`/api/v1/requests/${request.id}/artifact`} className="mt-4 grid gap-4">
          <label className="inline-flex min-h-9 items-start gap-2.5">
            <input
              type="checkbox"
              name={despite.name}
              value={despite.value}
              required
              className="mt-0.5 h-5 w-5 shrink-0 accent-[var(--accent)]"
            />
            <span>I know that this release is revoked, and won’t run it.</span>
          </label>
          <p>
            <button type="submit" className="button button-quiet">
              Download the revoked release
            </button>
          </p>
        </form>
      </section>
    </div>
  );
}
