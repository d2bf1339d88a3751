import type { Metadata } from 'next';
import Link from 'next/link';
import { isError } from '#core/error/index.ts';
import { listQueue, listViews, queueQuerySchema, ReviewsError } from '../../../lib/reviews/index.ts';
import type { QueuePage, QueueQuery } from '../../../lib/reviews/index.ts';
import { Empty } from '../../_components/empty.tsx';
import { plural } from '../../_components/format.ts';
import { Notice } from '../../_components/notice.tsx';
import { PageTitle } from '../../_components/page-title.tsx';
import { Pages } from '../../_components/pages.tsx';
import { Filters, readWords } from './_view/filters.tsx';
import { QueueTable } from './_view/queue-table.tsx';
import { addressOf } from './_view/queue-address.ts';
import { ReviewersOnly, reviewerContext } from './_view/reviewers-only.tsx';
import { Shortcuts } from './_view/shortcuts.tsx';
import { Views } from './_view/views.tsx';

interface Props {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { error } = readWords((await props.searchParams)['q']);
  return { title: `${error === null ? '' : 'Error: '}Reviews` };
}

export default async function ReviewsPage(props: Props) {
  const ctx = await reviewerContext('/reviews');
  if (ctx === null) return <ReviewersOnly />;
  const asked = await props.searchParams;
  const search = readWords(asked['q']);
  const query = { ...queueQuerySchema.parse(asked), q: search.text };
  const [views, page] = await Promise.all([
    listViews({ ctx }),
    listQueue({ ctx, input: query }).catch((error: unknown) => {
      if (isError(error, ReviewsError)) return error;
      throw error;
    }),
  ]);
  return (
    <div className="page">
      <PageTitle
        title="Reviews"
        aside={<Shortcuts shortcuts={[]} rows="a[data-row]" />}
        lead={
          isError(page, ReviewsError) ? undefined : (
            <>
              {plural(page.waiting, 'application waits', 'applications wait')} for the foundation
              {page.late === 0 ? '.' : `, ${page.late} of them past the target.`}{' '}
              <Link className="link" href="/reports">
                Reports from the public
              </Link>
            </>
          )
        }
      />
      <Views views={views} query={query} />
      <Filters query={query} search={search} />
      {isError(page, ReviewsError) ? (
        <Notice tone="failed" title={page.message}>
          <Link className="link" href="/reviews">
            Start from the first page
          </Link>
        </Notice>
      ) : (
        <Queue page={page} query={query} now={ctx.now()} />
      )}
    </div>
  );
}

function Queue(props: { readonly page: QueuePage; readonly query: QueueQuery; readonly now: Date }) {
  const { page, query, now } = props;
  const filtered = addressOf({ ...query, cursor: null }) !== '/reviews';
  if (page.items.length === 0) {
    return filtered ? (
      <Empty title="Nothing in this view">
        <Link className="link" href="/reviews">
          Show everything that is open
        </Link>
      </Empty>
    ) : (
      <Empty title="Nothing waits for the foundation">
        Applications appear here as soon as they are sent.
      </Empty>
    );
  }
  return (
    <>
      <QueueTable items={page.items} now={now} />
      <Pages
        first={query.cursor === null ? null : addressOf({ ...query, cursor: null })}
        next={page.next === null ? null : addressOf({ ...query, cursor: page.next })}
        words={{ next: 'More' }}
      />
    </>
  );
}
