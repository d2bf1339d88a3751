import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { AuditRecordsError, listRecords } from '../../../../lib/audit-records/index.ts';
import type { RecordPage, RecordQuery } from '../../../../lib/audit-records/index.ts';
import { isError } from '#core/error/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import { Empty } from '../../../_components/empty.tsx';
import { Notice } from '../../../_components/notice.tsx';
import { PageTitle } from '../../../_components/page-title.tsx';
import { Pages } from '../../../_components/pages.tsx';
import { AuditorsOnly, auditorContext } from '../auditors-only.tsx';
import { isList, listWords } from '../list-words.ts';
import { Filters } from './filters.tsx';
import { RecordTable } from './record-table.tsx';
import { addressOf, readQuery } from './record-address.ts';
import type { Asked, ListQuery } from './record-address.ts';

interface Props {
  readonly params: Promise<{ readonly list: string }>;
  readonly searchParams: Promise<Asked>;
}

/** null: there is no such list, or the reader isn't an auditor. */
async function find(ctx: Context, query: ListQuery): Promise<RecordPage | AuditRecordsError> {
  return listRecords({ ctx, input: query }).catch((error: unknown) => {
    if (isError(error, AuditRecordsError)) return error;
    throw error;
  });
}

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const { list } = await params;
  if (!isList(list)) return {};
  const ctx = await auditorContext(`/audit/${list}`);
  if (ctx === null) return { title: 'Audit' };
  const found = await find(ctx, { list, ...readQuery(await searchParams) });
  return { title: `${isError(found, AuditRecordsError) ? 'Error: ' : ''}${listWords[list].title}` };
}

export default async function RecordsPage({ params, searchParams }: Props) {
  const { list } = await params;
  if (!isList(list)) notFound();
  const ctx = await auditorContext(`/audit/${list}`);
  if (ctx === null) return <AuditorsOnly />;
  const query = { list, ...readQuery(await searchParams) };
  const found = await find(ctx, query);
  const error = isError(found, AuditRecordsError) ? found : null;
  const { title, lead } = listWords[list];
  return (
    <div className="page">
      <PageTitle title={title} lead={lead} up={{ href: '/audit', name: 'Audit' }} />
      <Filters query={query} error={error?.code === 'QUERY_INVALID' ? error : null} />
      {error === null ? (
        <Records page={found as RecordPage} query={query} />
      ) : error.code === 'CURSOR_INVALID' ? (
        <Notice tone="failed" title={error.message}>
          <Link className="link" href={addressOf({ ...query, after: '' })}>
            Start from the first page
          </Link>
        </Notice>
      ) : null}
    </div>
  );
}

function Records({ page, query }: { readonly page: RecordPage; readonly query: RecordQuery & ListQuery }) {
  if (page.items.length === 0) {
    return (
      <Empty title="Nothing in this period">
        {query.after === '' ? 'Choose another period, or ask for less.' : 'This was the last page.'}
      </Empty>
    );
  }
  return (
    <>
      <RecordTable items={page.items} caption={listWords[query.list].title} />
      <Pages
        first={query.after === '' ? null : addressOf({ ...query, after: '' })}
        next={page.next === null ? null : addressOf({ ...query, after: page.next })}
        words={{ next: 'Older entries' }}
      />
    </>
  );
}
