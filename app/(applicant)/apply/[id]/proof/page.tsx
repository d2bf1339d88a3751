import type { Metadata } from 'next';
import Link from 'next/link';
import { isError } from '#core/error/index.ts';
import { ApplicationsError, offerProof } from '../../../../../lib/applications/index.ts';
import type { ProofOffer } from '../../../../../lib/applications/index.ts';
import { ActionForm } from '../../../../_components/action-form.tsx';
import { CodeBlock } from '../../../../_components/code-block.tsx';
import { Notice } from '../../../../_components/notice.tsx';
import { pageContext } from '../../../../_components/page-context.ts';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { Time } from '../../../../_components/time.tsx';
import { proveForm } from '../../actions.ts';
import { findApplication } from '../../find-application.ts';

export const metadata: Metadata = { title: 'Prove that it is yours' };

export default async function ProofPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const { id } = await params;
  const { application, progress } = await findApplication(id, `/apply/${id}/proof`);
  const next = progress.next === null ? `/apply/${id}/check` : `/apply/${id}/${progress.next.id}`;
  const goOn = (
    <p className="mt-8">
      <Link className={application.proof === null ? 'button button-quiet' : 'button'} href={next}>
        {application.proof === null ? 'Do this later' : 'Continue'}
      </Link>
    </p>
  );
  return (
    <div className="page *:max-w-2xl">
      <PageTitle
        title="Prove that the repository is yours"
        up={{ href: `/apply/${id}`, name: 'All questions' }}
        lead="Only somebody who speaks for a project can apply for it."
      />
      {application.repository === null ? (
        <Notice tone="not-reached" title="There is no repository yet">
          <Link className="link" href={`/apply/${id}/repository`}>
            Say where the source is
          </Link>
        </Notice>
      ) : application.proof === null ? (
        <Ways id={id} uri={application.repository.uri} />
      ) : (
        <Notice tone="passed" title="Proved">
          {application.proof.detail} Seen <Time value={application.proof.at} />.
        </Notice>
      )}
      {goOn}
    </div>
  );
}

async function Ways({ id, uri }: { readonly id: string; readonly uri: string }) {
  const offer = await offerProof({ ctx: await pageContext(), input: { id: Number(id) } }).catch(
    (error: unknown) => {
      if (isError(error, ApplicationsError)) return error;
      throw error;
    },
  );
  if (isError(offer, ApplicationsError)) {
    return (
      <Notice tone="retrying" title={offer.message}>
        {offer.fix}
      </Notice>
    );
  }
  return (
    <>
      <Notice tone="waiting" title="The code host doesn’t say that your account administers it">
        Add this text to <span className="wrap-anywhere">{uri}</span>, in one of these ways, and let us check.
        It is not secret, and you can remove it afterwards.
      </Notice>
      {offer === null ? null : <Offer offer={offer} />}
      <ActionForm
        id="prove"
        action={proveForm}
        hidden={{ id }}
        fields={[]}
        buttons={[{ label: 'Check now', pending: 'Looking…', intent: 'look' }]}
      />
    </>
  );
}

function Offer({ offer }: { readonly offer: ProofOffer }) {
  return (
    <ol className="mt-8 grid gap-6">
      <li>
        <h2 className="text-lg">A file in the repository</h2>
        <p className="mt-1 text-muted">
          <code>{offer.file}</code> at the top of the default branch, with this line:
        </p>
        <CodeBlock className="mt-2">{offer.challenge}</CodeBlock>
      </li>
      {offer.record === null ? null : (
        <li>
          <h2 className="text-lg">Or a DNS record of the home page that the repository names</h2>
          <p className="mt-1 text-muted">
            A TXT record for <code className="wrap-anywhere">{offer.record}</code>, with the same text.
          </p>
        </li>
      )}
    </ol>
  );
}
