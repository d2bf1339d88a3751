import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { isError } from '#core/error/index.ts';
import { RequestsError, listSignedFiles, readRewrittenLists } from '../../../../../lib/requests/index.ts';
import { Empty } from '../../../../_components/empty.tsx';
import { plural } from '../../../../_components/format.ts';
import { Notice } from '../../../../_components/notice.tsx';
import { pageContext } from '../../../../_components/page-context.ts';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { Pages } from '../../../../_components/pages.tsx';
import { PathSearch, readPathSearch } from '../../../../_components/path-search.tsx';
import { RewrittenLists } from '../../../../_components/rewritten-lists.tsx';
import { SignedFileItem } from '../../../../_components/signed-file-item.tsx';
import { findRequest } from '../find-request.ts';

interface Props {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { error } = readPathSearch((await props.searchParams)['file']).asked;
  return { title: `${error === null ? '' : 'Error: '}Signed files` };
}

const one = (value: string | string[] | undefined): string | undefined => [value].flat()[0];

export default async function SignedFilesPage(props: Props) {
  const request = await findRequest((await props.params).id);
  if (request === null) notFound();
  const query = await props.searchParams;
  const after = one(query['after']);
  const { asked, file } = readPathSearch(query['file']);
  const ctx = await pageContext();
  const page = await listSignedFiles({ ctx, input: { id: request.id, after, file } }).catch(
    (error: unknown) => {
      if (isError(error, RequestsError) && error.code === 'CURSOR_INVALID') return null;
      throw error;
    },
  );
  const isFirst = after === undefined && file === '';
  const here = `/requests/${request.id}/files`;
  const address = (cursor: string | null): string =>
    `${here}?${new URLSearchParams({ ...(file === '' ? {} : { file }), ...(cursor === null ? {} : { after: cursor }) }).toString()}`;
  return (
    <div className="page">
      <PageTitle
        title="Signed files"
        up={{ href: `/requests/${request.id}`, name: request.artifact.name }}
        lead={page === null ? null : leadOf(page.total, file)}
      />
      <PathSearch action={here} asked={asked} />
      {page === null ? (
        <Notice tone="failed" title="This address is not one of a list">
          <Link className="link" href={here}>
            Start from the first page
          </Link>
        </Notice>
      ) : page.files.length === 0 ? (
        <Empty title={emptyTitle(file, page.next)} />
      ) : (
        <ul className="mt-6 grid gap-3">
          {page.files.map((signed) => (
            <SignedFileItem key={`${signed.path} ${signed.signaturePath ?? ''}`} file={signed} />
          ))}
        </ul>
      )}
      {page === null ? null : (
        <Pages
          first={after === undefined ? null : address(null)}
          next={page.next === null ? null : address(page.next)}
          words={{ next: page.files.length === 0 ? 'Search on' : 'Next page' }}
        />
      )}
      {isFirst ? (
        <RewrittenLists
          rewritten={await readRewrittenLists({ ctx, input: { id: request.id } })}
          request={request.id}
          level="h2"
        />
      ) : null}
    </div>
  );
}

function leadOf(total: number | null, file: string): string {
  if (total === null) return 'Those whose path holds this text, by path.';
  return `${plural(total, 'file')}${file === '' ? '' : ' found'}, by path.`;
}

/** A long search ends before the request does, and goes on with the next page. */
function emptyTitle(file: string, next: string | null): string {
  if (next !== null) return 'No signed file has such a path so far; there is more to search';
  return file === '' ? 'Nothing of this request is signed' : 'No signed file has such a path';
}
