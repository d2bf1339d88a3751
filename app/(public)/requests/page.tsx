import type { Metadata } from 'next';
import Link from 'next/link';
import { isError } from '#core/error/index.ts';
import { IdentifierError, parseProjectSlug } from '#core/ids/index.ts';
import {
  RequestsError,
  listRequests,
  requestStatusSchema,
  requestStatuses,
} from '../../../lib/requests/index.ts';
import type { RequestPage, RequestStatus } from '../../../lib/requests/index.ts';
import { Empty } from '../../_components/empty.tsx';
import { Notice } from '../../_components/notice.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { Pages } from '../../_components/pages.tsx';
import { RequestTable } from '../../_components/request-table.tsx';
import { statusNames } from '../../_components/status-badge.tsx';
import { StopNotice } from '../../_components/stop-notice.tsx';

export const metadata: Metadata = { title: 'Signing requests' };

/** What was cancelled is denied, too. */
const filterNames: Readonly<Record<RequestStatus, string>> = {
  ...statusNames,
  denied: 'Denied or cancelled',
};

type Query = Readonly<Record<'status' | 'project' | 'cursor', string | undefined>>;

export default async function RequestsPage(props: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}) {
  const raw = await props.searchParams;
  const query: Query = {
    status: one(raw['status']),
    project: one(raw['project']),
    cursor: one(raw['cursor']),
  };
  const status = requestStatusSchema.safeParse(query.status).data ?? null;
  const ctx = await pageContext();
  const page = await find(query, status);
  const older = page?.next ?? null;
  return (
    <div className="page">
      <PageTitle
        title="Signing requests"
        lead="Everything that projects have submitted for signing, and its outcome."
      />
      <StopNotice ctx={ctx} project={query.project ?? null} />
      <nav aria-label="Filter by status" className="mt-6 flex flex-wrap gap-2">
        <Filter query={query} status={null} current={status} name="All" />
        {requestStatuses.map((each) => (
          <Filter key={each} query={query} status={each} current={status} name={filterNames[each]} />
        ))}
      </nav>
      {query.project === undefined ? null : (
        <p className="mt-5">
          Only of <strong className="font-semibold wrap-anywhere">{query.project.slice(0, 80)}</strong>.{' '}
          <Link className="link" href={address({ ...query, project: undefined, cursor: undefined })}>
            Show all projects
          </Link>
        </p>
      )}
      {page === null ? (
        <Notice tone="failed" title="This address is not one of a list">
          <Link className="link" href="/requests">
            Start from the first page
          </Link>
        </Notice>
      ) : page.items.length === 0 ? (
        <Empty
          title={status === null ? 'No requests yet' : `No requests are ${filterNames[status].toLowerCase()}`}
        >
          Projects submit from their build; the page of{' '}
          <Link className="link" href="/reference">
            the REST API
          </Link>{' '}
          says how.
        </Empty>
      ) : (
        <RequestTable items={page.items} caption="Signing requests, newest first" />
      )}
      <Pages
        first={query.cursor === undefined ? null : address({ ...query, cursor: undefined })}
        next={older === null ? null : address({ ...query, cursor: older })}
        words={{ first: 'Newest', next: 'Older requests' }}
      />
    </div>
  );
}

function Filter(props: {
  readonly query: Query;
  readonly status: RequestStatus | null;
  readonly current: RequestStatus | null;
  readonly name: string;
}) {
  const chosen = props.status === props.current;
  return (
    <Link
      href={address({ ...props.query, status: props.status ?? undefined, cursor: undefined })}
      aria-current={chosen ? 'true' : undefined}
      className={`inline-flex min-h-8 items-center rounded-full border px-3.5 text-sm ${
        chosen
          ? 'border-accent bg-accent font-medium text-accent-ink'
          : 'border-rule bg-surface hover:border-accent'
      }`}
    >
      {props.name}
    </Link>
  );
}

async function find(query: Query, status: RequestStatus | null): Promise<RequestPage | null> {
  try {
    return await listRequests({
      ctx: await pageContext(),
      input: {
        ...(query.project === undefined ? {} : { project: parseProjectSlug(query.project) }),
        ...(status === null ? {} : { status }),
        ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
      },
    });
  } catch (error) {
    if (isError(error, IdentifierError) || isError(error, RequestsError)) return null;
    throw error;
  }
}

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

function address(query: Query): string {
  const entries = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const text = new URLSearchParams(entries).toString();
  return text === '' ? '/requests' : `/requests?${text}`;
}
