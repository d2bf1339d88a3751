import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { isError } from '#core/error/index.ts';
import { IdentifierError, parseRequestId } from '#core/ids/index.ts';
import { RequestsError, readStep, requestSteps } from '../../../../../../../lib/requests/index.ts';
import type { RequestStep, StepPage } from '../../../../../../../lib/requests/index.ts';
import { CancellationWords } from '../../../../../../_components/cancellation-words.tsx';
import { Empty } from '../../../../../../_components/empty.tsx';
import { NoteItem } from '../../../../../../_components/note-item.tsx';
import { Notice } from '../../../../../../_components/notice.tsx';
import { pageContext } from '../../../../../../_components/page-context.ts';
import { PageTitle } from '../../../../../../_components/page-title.tsx';
import { Pages } from '../../../../../../_components/pages.tsx';
import { PathSearch, readPathSearch } from '../../../../../../_components/path-search.tsx';
import { shownStateOf, stateNames, stepAsks, stepNames } from '../../../../../../_components/step-names.ts';
import { toneOf } from '../../../../../../_components/status-badge.tsx';
import { detailOf, StepFinding } from '../../../../../../_components/trace.tsx';
import { parsePass } from '../../../find-request.ts';

interface Props {
  readonly params: Promise<{ readonly id: string; readonly pass: string; readonly step: string }>;
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

/** Of findings or entries on a page: each takes some 4 kB, and rendering it costs its share of what a page may. */
const shownMax = 25;

const one = (value: string | string[] | undefined): string | undefined => [value].flat()[0];
const stepOf = (text: string): RequestStep | null => requestSteps.find((each) => each === text) ?? null;

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const step = stepOf((await params).step);
  if (step === null) return { title: 'No such step' };
  const { error } = readPathSearch((await searchParams)['file']).asked;
  return { title: `${error === null ? '' : 'Error: '}${stepNames[step]}, in full` };
}

export default async function StepPageOf({ params, searchParams }: Props) {
  const parts = await params;
  const [pass, step] = [parsePass(parts.pass), stepOf(parts.step)];
  if (pass === null || step === null) notFound();
  const query = await searchParams;
  const after = one(query['after']);
  const { asked, file } = readPathSearch(query['file']);
  const here = `/requests/${parts.id}/steps/${pass}/${step}`;
  const page = await find({ id: parts.id, pass, step, after, file });
  if (page === 'no-such-place') {
    return (
      <div className="page">
        <PageTitle title={stepNames[step]} up={{ href: `/requests/${parts.id}`, name: 'The request' }} />
        <Notice tone="failed" title="This address is not one of a list">
          <Link className="link" href={here}>
            Start from the first page
          </Link>
        </Notice>
      </div>
    );
  }
  if (page === null) notFound();
  const nothing = page.findings.length + page.notes.length + page.unreadable.length === 0;
  const shown = shownStateOf(page.step);
  const place = {
    project: page.project,
    commit: page.policyCommit,
    cancelled:
      page.cancellation === null ? null : (
        <CancellationWords
          ctx={await pageContext()}
          project={page.project}
          cancellation={page.cancellation}
        />
      ),
  };
  return (
    <div className="page">
      <PageTitle
        title={`${stepNames[step]}, pass ${pass}`}
        up={{ href: `/requests/${parts.id}`, name: page.artifactName }}
        aside={<span className={`badge ${toneOf[shown]}`}>{stateNames[shown]}</span>}
        lead={stepAsks[step]}
      />
      <p className="mt-2 text-muted">{detailOf(page.step)}</p>
      <PathSearch action={here} asked={asked} />
      {nothing ? (
        <Empty title={emptyTitle(file, page.next)} />
      ) : (
        <ol className="mt-6 grid gap-2.5">
          {page.findings.map((finding, index) => (
            <li key={index} className="min-w-0">
              <StepFinding finding={finding} place={place} />
            </li>
          ))}
          {page.notes.map((note) => (
            <li key={String(note.seq)} className="min-w-0">
              <NoteItem note={note} />
            </li>
          ))}
        </ol>
      )}
      {page.unreadable.length === 0 ? null : (
        <p className="mt-4 text-sm text-fail">Could not be read: {page.unreadable.join(', ')}.</p>
      )}
      <Pages
        first={after === undefined ? null : address(here, { file })}
        next={page.next === null ? null : address(here, { file, after: page.next })}
        words={{ next: nothing ? 'Search on' : 'Next page' }}
      />
    </div>
  );
}

/** A long search ends before the step does, and goes on with the next page. */
function emptyTitle(file: string, next: string | null): string {
  if (next !== null) return 'Nothing is about such a file so far; there is more to search';
  return file === '' ? 'Nothing is written here' : 'Nothing here is about such a file';
}

/** null: there is no such step of such a request. */
async function find(input: {
  readonly id: string;
  readonly pass: number;
  readonly step: RequestStep;
  readonly after: string | undefined;
  readonly file: string;
}): Promise<StepPage | 'no-such-place' | null> {
  try {
    const id = parseRequestId(input.id);
    return await readStep({ ctx: await pageContext(), input: { ...input, id, limit: shownMax } });
  } catch (error) {
    if (isError(error, IdentifierError)) return null;
    if (isError(error, RequestsError) && error.code === 'CURSOR_INVALID') return 'no-such-place';
    throw error;
  }
}

function address(here: string, query: { readonly file: string; readonly after?: string }): string {
  const filters = Object.entries(query).filter(([, value]) => value !== '');
  return filters.length === 0 ? here : `${here}?${new URLSearchParams(filters).toString()}`;
}
