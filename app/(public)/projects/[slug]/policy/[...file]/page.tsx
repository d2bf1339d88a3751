import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { isError } from '#core/error/index.ts';
import { IdentifierError, parseCommitSha } from '#core/ids/index.ts';
import { readPolicySource } from '../../../../../../lib/projects/index.ts';
import { Notice } from '../../../../../_components/notice.tsx';
import { pageContext } from '../../../../../_components/page-context.ts';
import { PageTitle } from '../../../../../_components/page-title.tsx';
import { Time } from '../../../../../_components/time.tsx';

interface Props {
  readonly params: Promise<{ readonly slug: string; readonly file: readonly string[] }>;
  readonly searchParams: Promise<{ readonly commit?: string | string[] }>;
}

/** As it stands where it isn't percent-encoded UTF-8: no file is called so. */
function pathOf(segments: readonly string[]): string {
  const path = segments.join('/');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return {
    title:
      pathOf((await params).file)
        .split('/')
        .at(-1) ?? 'Policy',
  };
}

export default async function PolicySourcePage({ params, searchParams }: Props) {
  const { slug, file } = await params;
  const source = await findSource(pathOf(file), (await searchParams).commit);
  if (source === null) notFound();
  return (
    <div className="page">
      <PageTitle
        title={source.file.split('/').at(-1) ?? source.file}
        up={{ href: `/projects/${slug}`, name: slug }}
        lead={<code className="text-base wrap-anywhere">{source.file}</code>}
      />
      {source.inForce ? null : (
        <Notice tone="waiting" title="An earlier policy">
          The signer has accepted a newer commit since. This is what held when the decision was made.
        </Notice>
      )}
      <dl className="facts mt-6">
        <dt>Commit</dt>
        <dd className="hash">{source.commit}</dd>
        <dt>Accepted</dt>
        <dd>
          <Time value={source.acceptedAt} />
          {source.signers.length === 0
            ? ', pinned at installation'
            : `, signed by ${source.signers.join(', ')}`}
        </dd>
      </dl>
      <ol
        className="card mt-8 py-3 font-mono text-[0.8125rem] leading-6"
        aria-label={`Lines of ${source.file}`}
      >
        {source.lines.map((line, index) => (
          <li key={index} id={`L${index + 1}`} className="source-line grid grid-cols-[3.5rem_minmax(0,1fr)]">
            <a
              href={`#L${index + 1}`}
              aria-label={`Line ${index + 1}`}
              className="min-h-6 pe-4 text-end text-muted select-none hover:text-ink hover:underline"
            >
              {index + 1}
            </a>
            <code className="pe-4 break-words whitespace-pre-wrap">{line}</code>
          </li>
        ))}
      </ol>
    </div>
  );
}

async function findSource(file: string, commit: string | string[] | undefined) {
  try {
    return await readPolicySource({
      ctx: await pageContext(),
      input: { file, commit: commit === undefined ? null : parseCommitSha(commit) },
    });
  } catch (error) {
    if (isError(error, IdentifierError)) return null;
    throw error;
  }
}
