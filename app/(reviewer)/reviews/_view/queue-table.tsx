import Link from 'next/link';
import type { QueueItem } from '../../../../lib/reviews/index.ts';
import { Narrow } from '../../../_components/narrow.tsx';
import { Time } from '../../../_components/time.tsx';
import { DueBadge, span } from './due-badge.tsx';
import { Typed } from '../../../_components/typed.tsx';

const kindWords = { first: null, appeal: 'Appeal', again: 'Another review' } as const;

export function QueueTable({ items, now }: { readonly items: readonly QueueItem[]; readonly now: Date }) {
  return (
    <div className="card mt-6">
      <table className="rows">
        <caption className="sr-only">Reviews</caption>
        <thead>
          <tr>
            <th scope="col">Project</th>
            <th scope="col">Target</th>
            <th scope="col">Age</th>
            <th scope="col">Claimed by</th>
            <th scope="col">Decisions</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ review, name, applicantName, repositoryUri, decisions, due }) => (
            <tr key={review.id}>
              <td>
                <Link
                  data-row
                  href={`/reviews/${review.id}`}
                  className="link inline-block min-h-6 font-medium break-words"
                >
                  <Typed>{name}</Typed>
                </Link>
                {kindWords[review.kind] === null ? null : (
                  <span className="ms-2 rounded bg-run-soft px-1.5 py-0.5 text-xs font-medium text-run">
                    {kindWords[review.kind]}
                  </span>
                )}
                <span className="block text-sm wrap-anywhere text-muted">
                  {review.program} · <Typed>{applicantName}</Typed>
                  {repositoryUri === null ? '' : ` · ${repositoryUri.replace(/^https:\/\//, '')}`}
                </span>
              </td>
              <td>
                <DueBadge due={due} dueAt={review.dueAt} now={now} />
              </td>
              <td className="text-sm md:whitespace-nowrap">
                <Narrow label="Age" />
                {review.closedAt === null ? (
                  span(now.getTime() - review.openedAt.getTime())
                ) : (
                  <>
                    {review.outcome}, <Time value={review.closedAt} />
                  </>
                )}
              </td>
              <td className="text-sm">
                <Narrow label="Claimed by" />
                {review.claim === null ? <span className="text-muted">nobody</span> : review.claim.by}
              </td>
              <td className="text-sm">
                <Narrow label="Decisions" />
                {decisions} of {review.reviewersNeeded}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
