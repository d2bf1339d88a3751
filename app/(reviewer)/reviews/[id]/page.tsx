import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { isError } from '#core/error/index.ts';
import { programPhrase } from '#core/formats/kind/index.ts';
import { readCharts } from '../../../../lib/evidence/index.ts';
import { wasChangeClosed } from '../../../../lib/onboarding/index.ts';
import {
  disqualificationWords,
  listQueue,
  queueQuerySchema,
  readReview,
  ReviewsError,
} from '../../../../lib/reviews/index.ts';
import type { ReviewDetail } from '../../../../lib/reviews/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import { ApplicationStatusBadge } from '../../../_components/application-status.tsx';
import { Notice } from '../../../_components/notice.tsx';
import { PageTitle } from '../../../_components/page-title.tsx';
import { confirmationFor } from '../../../_components/confirmation.ts';
import { DueBadge } from '../_view/due-badge.tsx';
import { ReviewersOnly, reviewerContext } from '../_view/reviewers-only.tsx';
import { Shortcuts } from '../_view/shortcuts.tsx';
import type { Shortcut } from '../_view/shortcuts.tsx';
import { ApplicationView } from './application-view.tsx';
import { ClaimBox } from './claim-box.tsx';
import { DecisionForm } from './decision-form.tsx';
import { EvidenceView } from './evidence-view.tsx';
import { MadeDecisions } from './recorded-decisions.tsx';
import { Talk } from './conversation.tsx';
import { AgainBox, ProposeAgainBox, RecuseBox } from './side-boxes.tsx';

interface Props {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<{ readonly done?: string | string[] }>;
}

export const metadata: Metadata = { title: 'Review' };

const confirmations: Readonly<Record<string, string>> = {
  note: 'Your note is saved, for reviewers only',
  message: 'Your message has been sent to the applicant',
  question: 'The applicant has been asked; the deadline is paused until they answer',
  recused: 'You are now recused from this application',
  attested: 'Your evidence is in the list',
  decided: 'Your decision is recorded. Another reviewer has to come to theirs',
  accepted: 'The application is accepted',
  rejected: 'The application is rejected',
  'proposed-again': 'The portal proposes the project’s policy again',
};

export default async function ReviewPage({ params, searchParams }: Props) {
  const { id } = await params;
  const ctx = await reviewerContext(`/reviews/${id}`);
  if (ctx === null) return <ReviewersOnly />;
  const detail = await find(ctx, id);
  const { done } = await searchParams;
  const message = confirmationFor(confirmations, done);
  const { review, application, disqualification, mine } = detail;
  const open = review.state !== 'closed';
  const changeClosed = !open && (await wasChangeClosed(ctx, application));
  const decides = open && disqualification === null && mine.claimed && !mine.decided;
  return (
    <div className="page max-w-[100rem]! lg:w-[min(100rem,100%-3rem)]!">
      <PageTitle
        title={application.name ?? `Application ${application.id}`}
        up={{ href: '/reviews', name: 'Reviews' }}
        aside={<Shortcuts shortcuts={await shortcutsOf(ctx, detail)} />}
        lead={
          <span className="flex flex-wrap items-center gap-2.5 text-base">
            <ApplicationStatusBadge status={application.status} />
            <DueBadge due={detail.due} dueAt={review.dueAt} now={ctx.now()} />
            <span>
              {review.kind === 'appeal' ? 'On appeal · ' : review.kind === 'again' ? 'Another review · ' : ''}
              {review.program} ·{' '}
              {review.reviewersNeeded === 1 ? 'one reviewer' : `${review.reviewersNeeded} reviewers`}
            </span>
            <span>If accepted, it may have signed: {programPhrase(review.program)}.</span>
          </span>
        }
      />
      {message === null ? null : <Notice tone="passed" title={message} />}
      {disqualification === null ? null : (
        <Notice tone="waiting" title={disqualificationWords[disqualification]} />
      )}
      <Names detail={detail} />
      <div className="mt-8 grid items-start gap-x-10 gap-y-12 lg:grid-cols-2">
        <div className="grid min-w-0 gap-10">
          <ApplicationView detail={detail} />
          <Talk detail={detail} />
        </div>
        <div className="grid min-w-0 gap-10">
          {open && disqualification === null ? <ClaimBox detail={detail} /> : null}
          <EvidenceView detail={detail} collected={await readCharts(ctx, application)} />
          <MadeDecisions detail={detail} />
          {decides ? (
            <DecisionForm
              id={review.id}
              criteria={detail.criteria}
              evidence={detail.evidence.map(({ id: number, title, value }) => ({ id: number, title, value }))}
            />
          ) : null}
          {open && (disqualification === null || disqualification === 'decided-before') ? (
            <RecuseBox id={id} />
          ) : null}
          {changeClosed ? <ProposeAgainBox id={review.id} applicationId={application.id} /> : null}
          {!open && application.status === 'accepted' ? <AgainBox applicationId={application.id} /> : null}
        </div>
      </div>
    </div>
  );
}

function Names({ detail: { conflicts } }: { readonly detail: ReviewDetail }) {
  if (conflicts === null) return null;
  const alike = [
    ...(conflicts.taken === null ? [] : [conflicts.taken]),
    ...conflicts.lookalikes.map((name) => `The name looks like that of the project “${name}”`),
    ...(conflicts.openLookalikes === 0
      ? []
      : [`${conflicts.openLookalikes} open applications have a name that looks like it`]),
  ];
  if (alike.length === 0) return null;
  return (
    <Notice tone="waiting" title="Users might confuse it with another project">
      <ul>
        {alike.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      <Link className="link" href="/projects">
        All projects
      </Link>
    </Notice>
  );
}

async function find(ctx: Context, text: string): Promise<ReviewDetail> {
  const id = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0;
  try {
    return await readReview({ ctx, input: { id } });
  } catch (error) {
    if (isError(error, ReviewsError) && error.code === 'UNKNOWN_REVIEW') notFound();
    throw error;
  }
}

/** j and k move through the reviews that the reviewer may still decide; a and r go to the decision. */
async function shortcutsOf(ctx: Context, { review }: ReviewDetail): Promise<readonly Shortcut[]> {
  const { items } = await listQueue({ ctx, input: queueQuerySchema.parse({ whose: 'decidable' }) });
  const at = items.findIndex((item) => item.review.id === review.id);
  const next = items[at + 1]?.review.id;
  const before = at > 0 ? items[at - 1]?.review.id : undefined;
  return [
    ...(next === undefined ? [] : [{ key: 'j', words: 'Next review', href: `/reviews/${next}` } as const]),
    ...(before === undefined
      ? []
      : [{ key: 'k', words: 'Previous review', href: `/reviews/${before}` } as const]),
    { key: 'a', words: 'Decide: accept', target: 'decision-outcome' },
    { key: 'r', words: 'Decide: reject', target: 'decision-outcome-2' },
  ];
}
