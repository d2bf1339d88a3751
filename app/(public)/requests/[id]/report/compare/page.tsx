import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { isError } from '#core/error/index.ts';
import { IdentifierError, parseRequestId } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import {
  comparedLists,
  compareReports,
  listComparable,
} from '../../../../../../lib/inspection-reports/index.ts';
import type {
  ComparableRequest,
  ComparedItem,
  ComparedList,
  Comparison,
} from '../../../../../../lib/inspection-reports/index.ts';
import { Empty } from '../../../../../_components/empty.tsx';
import { formatSizes } from '../../../../../_components/format.ts';
import { Notice } from '../../../../../_components/notice.tsx';
import { pageContext } from '../../../../../_components/page-context.ts';
import { PageTitle } from '../../../../../_components/page-title.tsx';
import { Pages } from '../../../../../_components/pages.tsx';
import { changeWords } from '../../../../../_components/report/changes-summary.tsx';
import { Disclosure } from '../../../../../_components/report/disclosure.tsx';
import { EntryFacts } from '../../../../../_components/report/entry-facts.tsx';
import type { ReportPlace } from '../../../../../_components/report/entry-facts.tsx';
import { nameOf } from '../../../../../_components/report/node-line.tsx';
import { Time } from '../../../../../_components/time.tsx';
import { Typed } from '../../../../../_components/typed.tsx';
import { findRequest } from '../../find-request.ts';

interface Props {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

export const metadata: Metadata = { title: 'What changed' };

const one = (value: string | string[] | undefined): string | undefined => [value].flat()[0];

export default async function ComparePage(props: Props) {
  const request = await findRequest((await props.params).id);
  if (request === null) notFound();
  const query = await props.searchParams;
  const ctx = await pageContext();
  const comparable = await listComparable({ ctx, input: { id: request.id } });
  const given = one(query['with']);
  const other = given === undefined ? (comparable[0]?.id ?? null) : requestIdIn(given);
  const list = comparedLists.find((each) => each === one(query['list']));
  const skip = /^\d{1,6}$/.test(one(query['skip']) ?? '') ? Number(one(query['skip'])) : 0;
  const comparison =
    other === null
      ? null
      : await compareReports({ ctx, input: { before: other, after: request.id, list, skip } });
  const here = `/requests/${request.id}/report/compare`;
  return (
    <div className="page">
      <PageTitle
        title="What changed"
        up={{ href: `/requests/${request.id}/report`, name: 'Inspection report' }}
        lead={
          comparison === null ? undefined : (
            <>
              {request.artifact.name} against {comparison.before.head.artifact.name}, both as they were
              submitted.
            </>
          )
        }
      />
      {comparison === null || other === null ? (
        <Nothing isAsked={given !== undefined} />
      ) : (
        <Compared
          comparison={comparison}
          address={(more) => `${here}?${new URLSearchParams({ with: other, ...more }).toString()}`}
          skip={skip}
          places={{
            before: { request: other, project: comparison.before.project, commit: null },
            after: { request: request.id, project: request.project, commit: request.policyCommit },
          }}
        />
      )}
      <Others here={here} comparable={comparable} shown={other} />
    </div>
  );
}

function requestIdIn(text: string): RequestId | null {
  try {
    return parseRequestId(text.trim().toLowerCase());
  } catch (error) {
    if (isError(error, IdentifierError)) return null;
    throw error;
  }
}

function Nothing({ isAsked }: { readonly isAsked: boolean }) {
  return isAsked ? (
    <Notice
      tone="failed"
      title="One of the two has no inspection report, or an old one that is only kept as JSON"
    >
      Compare with a release below, or with another request by its id.
    </Notice>
  ) : (
    <Empty title="No earlier release to compare with">
      Releases of the same project and artifact configuration are compared, once they have a report.
    </Empty>
  );
}

const listNames: Readonly<Record<ComparedList, string>> = {
  changed: 'Changed',
  added: 'Added',
  removed: 'Removed',
  moved: 'Moved, unchanged',
};

function Compared(props: {
  readonly comparison: Comparison;
  readonly address: (more: Readonly<Record<string, string>>) => string;
  readonly skip: number;
  readonly places: { readonly before: ReportPlace; readonly after: ReportPlace };
}) {
  const { comparison, address, skip, places } = props;
  const { counts, list, items, next } = comparison;
  return (
    <>
      <p className="mt-6 text-lg">
        <strong className="font-semibold">{changeWords(counts)}</strong>
      </p>
      <nav aria-label="What changed" className="mt-4">
        <ul className="flex flex-wrap gap-2">
          {comparedLists.map((name) => (
            <li key={name}>
              <Link
                className={name === list ? 'button' : 'button button-quiet'}
                href={address({ list: name })}
                aria-current={name === list ? 'page' : undefined}
              >
                {listNames[name]} ({counts[name]})
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <section aria-labelledby="list">
        <h2 id="list" className="mt-8 text-2xl">
          {listNames[list]}
        </h2>
        {items.length === 0 ? (
          <Empty title={skip === 0 ? 'None' : 'No more'} />
        ) : (
          <ul className="mt-4 grid gap-1">
            {items.map((item, index) => (
              <li key={index} className="min-w-0">
                <Item item={item} places={places} />
              </li>
            ))}
          </ul>
        )}
      </section>
      <Pages
        first={skip === 0 ? null : address({ list })}
        next={next === null ? null : address({ list, skip: String(next) })}
      />
    </>
  );
}

function Item(props: {
  readonly item: ComparedItem;
  readonly places: { readonly before: ReportPlace; readonly after: ReportPlace };
}) {
  const { before, after, what } = props.item;
  const node = after ?? before;
  if (node === null) return null;
  const [old, now] = [before?.entry ?? null, after?.entry ?? null];
  const sizes = old === null || now === null ? null : formatSizes(old.sizeBytes, now.sizeBytes);
  const wasElsewhere = before !== null && after !== null && before.path !== after.path;
  return (
    <details>
      <Disclosure>
        <span className="inline-flex min-w-0 flex-wrap items-baseline gap-x-3">
          <span className="min-w-0 font-medium wrap-anywhere">
            <Typed>{node.path === '' ? nameOf(node) : node.path}</Typed>
          </span>
          {what.length === 0 ? null : <span className="text-sm text-muted">{what.join(', ')}</span>}
          {sizes === null || sizes[0] === sizes[1] ? null : (
            <span className="text-sm text-muted">
              {sizes[0]} → {sizes[1]}
            </span>
          )}
        </span>
        {wasElsewhere ? (
          <span className="block text-sm text-muted wrap-anywhere">
            was <Typed>{before.path}</Typed>
          </span>
        ) : null}
      </Disclosure>
      <div className="my-2 grid gap-4 rounded-lg border border-rule bg-surface p-3 sm:p-4 lg:grid-cols-2">
        <Side name="Before" entry={old} place={props.places.before} />
        <Side name="Now" entry={now} place={props.places.after} />
      </div>
    </details>
  );
}

function Side(props: {
  readonly name: string;
  readonly entry: NonNullable<ComparedItem['after']>['entry'];
  readonly place: ReportPlace;
}) {
  return (
    <div className="min-w-0">
      <h3 className="mb-2 font-semibold">{props.name}</h3>
      {props.entry === null ? (
        <p className="text-sm text-muted">It wasn’t there.</p>
      ) : (
        <EntryFacts entry={props.entry} place={props.place} />
      )}
    </div>
  );
}

function Others(props: {
  readonly here: string;
  readonly comparable: readonly ComparableRequest[];
  readonly shown: string | null;
}) {
  const { here, comparable, shown } = props;
  return (
    <section aria-labelledby="others" className="mt-12 border-t border-rule pt-6">
      <h2 id="others" className="text-lg">
        Compare with another one
      </h2>
      {comparable.length === 0 ? null : (
        <ul className="mt-2 grid">
          {comparable.map((release) => (
            <li key={release.id} className="flex min-h-9 flex-wrap items-center gap-x-3">
              {release.id === shown ? (
                <span>{release.artifactName}</span>
              ) : (
                <Link className="link wrap-anywhere" href={`${here}?with=${release.id}`}>
                  {release.artifactName}
                </Link>
              )}
              <span className="text-sm text-muted">
                released <Time value={release.releasedAt} />
                {release.id === shown ? ', shown above' : null}
              </span>
            </li>
          ))}
        </ul>
      )}
      <form method="get" action={here} className="mt-3 flex flex-wrap items-end gap-3">
        <div className="min-w-0 flex-1 basis-60">
          <label htmlFor="compare-with" className="font-medium">
            Id of any other request
          </label>
          <input id="compare-with" name="with" className="field mt-1" autoComplete="off" spellCheck={false} />
        </div>
        <button type="submit" className="button button-quiet">
          Compare
        </button>
      </form>
    </section>
  );
}
