import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound, redirect } from 'next/navigation';
import { listCertificates } from '../../../../lib/certificates/index.ts';
import { acceptedPolicy } from '../../../../lib/platform/portal/index.ts';
import { blastRadius, mayRevoke, parseEffectiveAt, triggers } from '../../../../lib/revocations/index.ts';
import { ActionForm } from '../../../_components/action-form.tsx';
import { BlastRadiusView } from '../../../_components/blast-radius.tsx';
import { Notice } from '../../../_components/notice.tsx';
import { pageContext } from '../../../_components/page-context.ts';
import { PageTitle } from '../../../_components/page-title.tsx';
import { revokeForm } from '../actions.ts';

export const metadata: Metadata = { title: 'Revoke a certificate' };

/** First what it does, then doing it: the effective date is chosen by a form of its own that only looks. */
export default async function RevokePage(props: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}) {
  const query = await props.searchParams;
  const serial = typeof query['serial'] === 'string' ? query['serial'] : '';
  const ctx = await pageContext();
  if (ctx.actor.kind === 'public')
    redirect(`/sign-in?to=${encodeURIComponent(`/revocations/new?serial=${serial}`)}`);
  const accepted = await acceptedPolicy(ctx);
  const certificate = (await listCertificates({ ctx })).find(
    (one) => one.serial === serial && one.project !== null,
  );
  if (certificate === undefined || accepted === null) notFound();
  if (!mayRevoke(ctx.actor)) {
    return (
      <div className="page *:max-w-3xl">
        <PageTitle
          title="Only the foundation revokes certificates"
          lead="Policy maintainers and reviewers propose a revocation here, and policy maintainers sign it."
        />
      </div>
    );
  }
  const now = ctx.now();
  const asked = typeof query['effective'] === 'string' ? query['effective'] : '';
  const effectiveAt = parseEffectiveAt(asked, now);
  const shown = effectiveAt ?? now;
  const text = shown.toISOString().slice(0, 16);
  const radius = await blastRadius({ ctx, input: { serial, effectiveAt: shown } });
  return (
    <div className="page *:max-w-4xl">
      <PageTitle
        title={`Revoke ${certificate.name ?? ''} of ${certificate.project ?? ''}`}
        up={{ href: '/certificates', name: 'Certificates' }}
        lead="It can’t be undone. First see what it does; then propose it for policy maintainers to sign."
      />
      {certificate.revokedAt === null ? null : (
        <Notice tone="waiting" title="This certificate is revoked already">
          <Link className="link" href={`/revocations/${serial}`}>
            Read the notice
          </Link>
          . An earlier date is a change of its file.
        </Notice>
      )}
      <section aria-labelledby="date" className="pt-10">
        <h2 id="date" className="text-2xl">
          From when on
        </h2>
        <form method="get" action="/revocations/new" className="mt-4 flex flex-wrap items-end gap-4">
          <input type="hidden" name="serial" value={serial} />
          <div>
            <label htmlFor="effective" className="block text-sm font-medium">
              Effective, in UTC
            </label>
            <input
              id="effective"
              name="effective"
              type="datetime-local"
              defaultValue={text}
              max={now.toISOString().slice(0, 16)}
              className="field mt-1 w-auto"
            />
          </div>
          <button type="submit" className="button button-quiet">
            See what it does
          </button>
        </form>
        {asked !== '' && effectiveAt === null ? (
          <p role="alert" className="mt-3 text-fail">
            Enter a time that has passed, such as {text}.
          </p>
        ) : null}
        <BlastRadiusView radius={radius} effectiveAt={shown} />
      </section>
      <section aria-labelledby="propose" className="pt-12">
        <h2 id="propose" className="text-2xl">
          Propose it
        </h2>
        <ActionForm
          id="revoke"
          action={revokeForm}
          hidden={{ serial, base: accepted.commit, effectiveAt: text }}
          fields={[
            {
              kind: 'select',
              name: 'trigger',
              label: 'What happened',
              required: true,
              options: triggers.map((one) => [one.trigger, one.words] as const),
            },
            {
              kind: 'textarea',
              name: 'statement',
              label: 'What the public is told',
              hint: 'What happened, which files are concerned, what to do. It is shown to everybody.',
              required: true,
              rows: 5,
              charactersMax: 2000,
            },
          ]}
          buttons={[
            { label: `Propose to revoke it as of ${text} UTC`, pending: 'Working…', intent: 'revoke' },
          ]}
        />
      </section>
    </div>
  );
}
