import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { mayAppeal } from '../../../../lib/applications/index.ts';
import type { ApplicationDetail } from '../../../../lib/applications/index.ts';
import { policyPageOf, readChecklist } from '../../../../lib/onboarding/index.ts';
import { publishedDecisions, reviewStatistics } from '../../../../lib/reviews/index.ts';
import { ActionForm } from '../../../_components/action-form.tsx';
import { ApplicationStatusBadge } from '../../../_components/application-status.tsx';
import { Notice } from '../../../_components/notice.tsx';
import { pageContext } from '../../../_components/page-context.ts';
import { PageTitle } from '../../../_components/page-title.tsx';
import { confirmationFor } from '../../../_components/confirmation.ts';
import { findApplication } from '../../apply/find-application.ts';
import { appealForm, withdrawForm } from '../actions.ts';
import { ChecklistView } from './checklist.tsx';
import { Conversation } from './conversation.tsx';
import { Decisions } from './decisions.tsx';
import { Estimate } from './estimate.tsx';
import { SentAnswers } from './sent-answers.tsx';
import { Journey } from './journey.tsx';
import { TypedText } from '../../../_components/typed.tsx';

interface Props {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<{ readonly done?: string | string[] }>;
}

export const metadata: Metadata = { title: 'Your application' };

const confirmations: Readonly<Record<string, string>> = {
  sent: 'The foundation has received your application. There is nothing you need to do now',
  replied: 'Your message has been sent to the reviewers',
  changed: 'Your answer has been changed. Tell the reviewers below, so that they continue',
  appealed: 'Your appeal goes to reviewers who have not decided on it before',
  withdrawn: 'The application is withdrawn',
  looked: 'The pages have been checked',
  attested: 'It is recorded in your name',
};

export default async function ApplicationPage({ params, searchParams }: Props) {
  const { id } = await params;
  const detail = await findApplication(id, `/applications/${id}`);
  const { application, events } = detail;
  if (application.status === 'draft') redirect(`/apply/${application.id}`);
  const { done } = await searchParams;
  const ctx = await pageContext();
  const [checklist, statistics, decisions, appealable] = await Promise.all([
    readChecklist(ctx, application),
    reviewStatistics({ ctx }),
    publishedDecisions(ctx, application),
    mayAppeal(ctx.db, application),
  ]);
  const message = confirmationFor(confirmations, done);
  const open = ['submitted', 'in-review', 'information-requested'].includes(application.status);
  return (
    <div className="page">
      <PageTitle
        title={application.name ?? 'Your application'}
        up={{ href: '/applications', name: 'Your applications' }}
        aside={<ApplicationStatusBadge status={application.status} />}
        lead={`Application ${application.id}`}
      />
      {message === null ? null : <Notice tone="passed" title={message} />}
      {/* Who has just sent it is told so above. */}
      {done === 'sent' && application.status === 'submitted' ? null : <NextStep detail={detail} />}
      <div className="mt-10 grid items-start gap-x-12 gap-y-12 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="grid min-w-0 gap-12">
          {checklist === null ? null : (
            <ChecklistView id={id} checklist={checklist} policyPage={policyPageOf(ctx, checklist.slug)} />
          )}
          {decisions.length === 0 ? null : <Decisions decisions={decisions} />}
          <Conversation events={events} application={application} open={open} />
          {appealable ? <Appeal id={id} /> : null}
          <SentAnswers detail={detail} />
        </div>
        <aside aria-label="Status" className="grid min-w-0 gap-6 lg:sticky lg:top-6">
          <Journey application={application} events={events} />
          {open ? (
            <Estimate statistics={statistics} answerDays={detail.admission.answerDays ?? null} />
          ) : null}
          {open ? <Withdraw id={id} /> : null}
        </aside>
      </div>
    </div>
  );
}

function NextStep({ detail }: { readonly detail: ApplicationDetail }) {
  const { application, events } = detail;
  const asked = events.findLast((event) => event.kind === 'information-requested');
  switch (application.status) {
    case 'information-requested':
      return (
        <Notice tone="waiting" title="The reviewers have a question. They continue once you answer">
          <TypedText text={asked?.body ?? ''} />
        </Notice>
      );
    case 'submitted':
      return (
        <Notice
          tone="running"
          title="It is waiting for the foundation. There is nothing you need to do now"
        />
      );
    case 'in-review':
      return (
        <Notice tone="running" title="A reviewer is working on it. There is nothing you need to do now" />
      );
    case 'accepted':
      return <Notice tone="passed" title="The foundation has accepted the project" />;
    case 'rejected':
      return (
        <Notice tone="failed" title="The foundation has rejected the application, for the reasons below" />
      );
    default:
      return null;
  }
}

function Appeal({ id }: { readonly id: string }) {
  return (
    <section aria-labelledby="appeal">
      <h2 id="appeal" className="text-2xl">
        Appeal
      </h2>
      <p className="mt-2 max-w-prose text-muted">
        Once, to reviewers who have not decided on it. Say what they should reconsider: what was overlooked or
        misunderstood.
      </p>
      <ActionForm
        id="appeal"
        action={appealForm}
        hidden={{ id }}
        fields={[
          {
            kind: 'textarea',
            name: 'body',
            label: 'Why the decision should be different',
            required: true,
            charactersMax: 4_000,
          },
        ]}
        buttons={[{ label: 'Appeal', pending: 'Sending…', intent: 'appeal', quiet: true }]}
      />
    </section>
  );
}

function Withdraw({ id }: { readonly id: string }) {
  return (
    <details className="card p-5">
      <summary className="flex min-h-6 items-center font-medium">Withdraw the application</summary>
      <p className="mt-2 text-muted">The reviewers stop. You can apply again later.</p>
      <ActionForm
        id="withdraw"
        action={withdrawForm}
        hidden={{ id }}
        fields={[{ kind: 'checkbox', name: 'sure', label: 'I want to withdraw it', required: true }]}
        buttons={[{ label: 'Withdraw', pending: 'Withdrawing…', intent: 'withdraw', quiet: true }]}
      />
    </details>
  );
}
