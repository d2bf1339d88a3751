import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import {
  readLevel,
  readReport,
  reportFilters,
  searchReport,
} from '../../../../../lib/inspection-reports/index.ts';
import type { ReportFilter, ReportSummary } from '../../../../../lib/inspection-reports/index.ts';
import { readRewrittenLists } from '../../../../../lib/requests/index.ts';
import type { RequestDetail } from '../../../../../lib/requests/index.ts';
import { Empty } from '../../../../_components/empty.tsx';
import { formatBytes, plural } from '../../../../_components/format.ts';
import { Notice } from '../../../../_components/notice.tsx';
import { pageContext } from '../../../../_components/page-context.ts';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { Pages } from '../../../../_components/pages.tsx';
import { Disclosure } from '../../../../_components/report/disclosure.tsx';
import { EntryFacts } from '../../../../_components/report/entry-facts.tsx';
import type { ReportPlace } from '../../../../_components/report/entry-facts.tsx';
import { LevelOfReport } from '../../../../_components/report/level-of-report.tsx';
import { nameOf, NodeLine } from '../../../../_components/report/node-line.tsx';
import {
  ReportSearch,
  filterWords,
  readReportSearch,
} from '../../../../_components/report/report-search.tsx';
import { reportAddress } from '../../../../_components/report/report-tree.tsx';
import { RewrittenLists } from '../../../../_components/rewritten-lists.tsx';
import { Time } from '../../../../_components/time.tsx';
import { findRequest } from '../find-request.ts';

interface Props {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const { error } = readReportSearch((await searchParams)['q']);
  return { title: `${error === null ? '' : 'Error: '}Inspection report` };
}

const one = (value: string | string[] | undefined): string | undefined => [value].flat()[0];
/** null: no number that a place in a report may have. */
const numberOf = (text: string): number | null => (/^\d{1,7}$/.test(text) ? Number(text) : null);

export default async function ReportPage(props: Props) {
  const request = await findRequest((await props.params).id);
  if (request === null) notFound();
  const ctx = await pageContext();
  const report = await readReport({ ctx, input: { id: request.id } });
  const up = { href: `/requests/${request.id}`, name: request.artifact.name };
  if (report === null) {
    return (
      <div className="page">
        <PageTitle title="Inspection report" up={up} />
        <Empty title="There is no report">
          The signer writes one once it has looked inside the artifact. Requests that were refused before, or
          that were inspected before reports were kept, have none.
        </Empty>
      </div>
    );
  }
  const query = await props.searchParams;
  const asked = readReportSearch(query['q']);
  const filter = reportFilters.find((each) => each === one(query['show'])) ?? 'all';
  const [at, after] = [numberOf(one(query['at']) ?? '0'), numberOf(one(query['after']) ?? '')];
  const place = { request: request.id, project: request.project, commit: request.policyCommit };
  const isSearch = asked.text !== '' || filter !== 'all';
  return (
    <div className="page">
      <PageTitle title="Inspection report" up={up} lead={leadOf(report)} />
      <Overview request={request} report={report} />
      {request.release === null || isSearch || after !== null ? null : (
        <RewrittenLists
          rewritten={await readRewrittenLists({ ctx, input: { id: request.id } })}
          request={request.id}
          level="h2"
        />
      )}
      {report.isSearchable ? (
        <>
          <ReportSearch action={reportAddress(request.id)} asked={asked} filter={filter} />
          {isSearch ? (
            <Found place={place} text={asked.text} filter={filter} after={after} />
          ) : (
            <Level place={place} at={at} after={after} />
          )}
        </>
      ) : (
        <Empty title="Its files are no longer listed here">
          Reports of old releases, and of requests that ended long ago, aren’t searched any more. The report
          itself is kept, with its signature: it can be fetched as JSON.
        </Empty>
      )}
    </div>
  );
}

/** Inspected, while the scanner is away. */
const isBeforeScan = ({ head }: ReportSummary): boolean => head.passed && head.reached === 'inspection';

function leadOf(report: ReportSummary): string {
  const { head } = report;
  const outcome = isBeforeScan(report)
    ? ' It is not scanned yet: the scanner can’t be reached, and the request waits for it.'
    : head.passed
      ? ''
      : ` It was refused at the ${head.reached}.`;
  const whole = head.whole ? '' : ' Not everything in it could be listed.';
  return `What the signer found in the artifact as it was submitted: ${plural(head.counts.files, 'file')}.${outcome}${whole}`;
}

function Overview({ request, report }: { readonly request: RequestDetail; readonly report: ReportSummary }) {
  const { head, signed } = report;
  const { counts } = head;
  const shown = (
    [
      ['signed', counts.toBeSigned],
      ['not-seen', counts.notSeenInside],
      ['unexpected', counts.unexpected],
      ['not-scanned', counts.notScanned],
      ['infected', counts.infected],
    ] as const
  ).filter(([, count]) => count > 0);
  return (
    <section aria-labelledby="about" className="card mt-6 p-5 sm:p-6">
      <h2 id="about" className="text-lg">
        At a glance
      </h2>
      <ul className="mt-2 flex flex-wrap gap-x-6 gap-y-1">
        {shown.length === 0 ? (
          <li className="text-muted">Nothing out of the ordinary, and nothing to be signed.</li>
        ) : null}
        {shown.map(([filter, count]) => (
          <li key={filter}>
            {report.isSearchable ? (
              <Link className="link inline-block min-h-6" href={reportAddress(request.id, { show: filter })}>
                {count} {filterWords[filter]}
              </Link>
            ) : (
              `${count} ${filterWords[filter]}`
            )}
          </li>
        ))}
        {report.isSearchable ? (
          <li>
            <Link className="link inline-block min-h-6" href={`/requests/${request.id}/report/compare`}>
              Compare with an earlier release
            </Link>
          </li>
        ) : null}
      </ul>
      <p className="mt-3 text-sm text-muted">
        {isBeforeScan(report) ? (
          'Not signed: the report that has the scanner’s verdicts will be.'
        ) : signed === null ? (
          'Not yet signed by the foundation’s log key. Its digest is in the signer’s journal already.'
        ) : (
          <>
            Signed by the foundation’s log key, <Time value={signed.at} />.
          </>
        )}{' '}
        <a className="link" href={`/api/v1/requests/${request.id}/report`}>
          The report as JSON ({formatBytes(report.sizeBytes)})
        </a>
        {signed === null ? null : (
          <>
            {', '}
            <a className="link" href={`/api/v1/requests/${request.id}/report/note`}>
              its signature
            </a>
          </>
        )}
      </p>
      <p className="mt-1 text-sm text-muted">
        SHA-256 of the JSON: <span className="hash">{report.sha256}</span>
      </p>
    </section>
  );
}

async function Level(props: {
  readonly place: ReportPlace;
  readonly at: number | null;
  readonly after: number | null;
}) {
  const { place, at, after } = props;
  const ctx = await pageContext();
  const request = await findRequest(place.request);
  const level =
    at === null || request === null
      ? null
      : await readLevel({ ctx, input: { id: request.id, at, after: after ?? undefined } });
  if (level === null) return <NoSuchPlace request={place.request} />;
  return (
    <section aria-labelledby="files">
      <h2 id="files" className="mt-10 text-2xl">
        {level.at.position === 0 ? 'Files' : nameOf(level.at)}
      </h2>
      <LevelOfReport
        level={level}
        place={place}
        itself={level.at.position === 0 ? 'The artifact itself' : 'This file itself'}
        isLater={after !== null}
      />
    </section>
  );
}

async function Found(props: {
  readonly place: ReportPlace;
  readonly text: string;
  readonly filter: ReportFilter;
  readonly after: number | null;
}) {
  const { place, text, filter, after } = props;
  const ctx = await pageContext();
  const request = await findRequest(place.request);
  if (request === null) return null;
  const page = await searchReport({
    ctx,
    input: { id: request.id, text, filter, after: after ?? undefined },
  });
  const asked = { q: text, show: filter === 'all' ? null : filter };
  return (
    <section aria-labelledby="found">
      <h2 id="found" className="mt-10 text-2xl">
        Found
      </h2>
      <p className="mt-1">
        <Link className="link inline-block min-h-6" href={reportAddress(place.request)}>
          Back to the tree
        </Link>
      </p>
      {page.nodes.length === 0 ? (
        <Empty title="No file of the artifact is like that" />
      ) : (
        <ul className="mt-4 grid gap-1">
          {page.nodes.map((node) => (
            <li key={node.position} className="min-w-0">
              <details>
                <Disclosure>
                  <NodeLine node={node} name={node.path === '' ? nameOf(node) : node.path} />
                </Disclosure>
                <div className="my-2 rounded-lg border border-rule bg-surface p-3 sm:p-4">
                  {node.entry === null ? null : <EntryFacts entry={node.entry} place={place} />}
                  <p className="mt-2 text-sm">
                    <Link
                      className="link inline-block min-h-6"
                      href={reportAddress(place.request, {
                        at: node.last > node.position ? node.position : (node.parent ?? 0),
                      })}
                    >
                      Show it in the tree
                    </Link>
                  </p>
                </div>
              </details>
            </li>
          ))}
        </ul>
      )}
      <Pages
        first={after === null ? null : reportAddress(place.request, asked)}
        next={page.next === null ? null : reportAddress(place.request, { ...asked, after: page.next })}
      />
    </section>
  );
}

function NoSuchPlace({ request }: { readonly request: string }) {
  return (
    <Notice tone="failed" title="The report has no such place">
      It may have been written anew since.{' '}
      <Link className="link" href={reportAddress(request)}>
        Start from the top
      </Link>
    </Notice>
  );
}
