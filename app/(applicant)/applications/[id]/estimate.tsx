import type { ReviewStatistics } from '../../../../lib/reviews/index.ts';
import { plural } from '../../../_components/format.ts';

/** How long it takes, estimated from past decisions. */
export function Estimate(props: {
  readonly statistics: ReviewStatistics;
  readonly answerDays: number | null;
}) {
  const { statistics, answerDays } = props;
  const { median } = statistics;
  return (
    <section aria-labelledby="estimate" className="card p-6">
      <h2 id="estimate" className="text-lg">
        How long it takes
      </h2>
      <p className="mt-2">
        {median === null
          ? 'There are too few decisions yet for an estimate.'
          : `Half of the last ${median.of} decisions came within ${plural(Math.max(1, Math.ceil(median.days)), 'day')}.`}
      </p>
      <p className="mt-2 text-sm text-muted">
        {answerDays === null ? '' : `The foundation aims at ${plural(answerDays, 'day')}. `}
        {plural(statistics.waiting, 'application waits', 'applications wait')} for it now.
      </p>
    </section>
  );
}
