import type { Metadata } from 'next';
import Link from 'next/link';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { SignatureStanding } from '../../../lib/certificates/standing/index.ts';
import { directoryQuerySchema, findProjects } from '../../../lib/projects/index.ts';
import { findByHash } from '../../../lib/releases/index.ts';
import type { HashMatch } from '../../../lib/releases/index.ts';
import { readRevocation } from '../../../lib/revocations/index.ts';
import type { RevocationNotice } from '../../../lib/revocations/index.ts';
import { Empty } from '../../_components/empty.tsx';
import { Notice } from '../../_components/notice.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { PublisherMark } from '../../_components/publisher-mark.tsx';
import { readLookUp, SearchForm } from '../../_components/search-form.tsx';
import { SignatureMark, SignatureNotice } from '../../_components/signature-standing.tsx';
import { StandingBadge } from '../../_components/standing-badge.tsx';

interface Props {
  readonly searchParams: Promise<{ readonly q?: string | string[] }>;
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { error } = readLookUp((await props.searchParams).q);
  return { title: `${error === null ? '' : 'Error: '}Look up` };
}

export default async function SearchPage(props: Props) {
  const search = readLookUp((await props.searchParams).q);
  const asked = search.text;
  return (
    <div className="page *:max-w-4xl">
      <PageTitle title="Look up" />
      <div className="mt-4 max-w-[38rem]">
        <SearchForm asked={search} />
      </div>
      <div className="mt-10" aria-live="polite">
        {asked === '' ? null : /^[0-9a-f]{64}$/i.test(asked) ? (
          <HashResult sha256={asked.toLowerCase()} />
        ) : (
          <ProjectResult asked={asked} />
        )}
      </div>
    </div>
  );
}

const meaning: Readonly<Record<HashMatch['as'], string>> = {
  'released artifact': 'Released here, signed, under the name',
  'signed file': 'Signed here; part of an artifact, as',
  'file with a signature beside it':
    'Signed here, with the signature in a file beside it; part of an artifact, as',
  signature: 'A signature made here, in a file of its own:',
  'submitted artifact': 'Submitted here as',
  'file before signing': 'This is the file before it was signed:',
};

async function HashResult({ sha256 }: { readonly sha256: string }) {
  const ctx = await pageContext();
  const matches = await findByHash({ ctx, input: { sha256: parseSha256Hex(sha256) } });
  if (matches.length === 0) {
    return (
      <Notice tone="failed" title="This file is not known here">
        It was not signed by this foundation in this form. A single changed byte gives another hash, so
        compare the file with the one the project offers.
      </Notice>
    );
  }
  const standing = matches.find((match) => match.standing !== null)?.standing ?? null;
  const serial = standing?.revocation?.serial;
  const notice = serial === undefined ? null : await readRevocation({ ctx, input: { serial } });
  return (
    <>
      <Verdict standing={standing} notice={notice} sha256={sha256} />
      <h2 className="mt-8 text-xl">Where it appears</h2>
      <ul className="mt-3 grid gap-3">
        {matches.map((match) => (
          <li key={`${match.requestId} ${match.as} ${match.name}`} className="card p-4">
            <p className="text-muted">{meaning[match.as]}</p>
            <Link className="link inline-block min-h-6 wrap-anywhere" href={`/requests/${match.requestId}`}>
              {match.name}
            </Link>{' '}
            <span className="text-sm text-muted">request {match.requestId.slice(0, 8)}</span>
            {match.standing === null ? null : (
              <p className="mt-1.5 flex flex-wrap gap-2 empty:hidden">
                <SignatureMark state={match.standing.state} />
                <PublisherMark publisher={match.standing.publisher} />
              </p>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** The most important fact: the first entry is the worst that is known about the file. */
function Verdict(props: {
  readonly standing: SignatureStanding | null;
  readonly notice: RevocationNotice | null;
  readonly sha256: string;
}) {
  const { standing, notice, sha256 } = props;
  const hash = <p className="hash mt-2">{sha256}</p>;
  if (standing === null) {
    return (
      <Notice tone="waiting" title="Known here, but not signed">
        <p>
          It is a file as it was before signing. A signed file has another SHA-256: take it from the project,
          or from a request below that was released.
        </p>
        {hash}
      </Notice>
    );
  }
  if (standing.state !== 'good') {
    return (
      <SignatureNotice standing={standing} notice={notice} what="file">
        {hash}
      </SignatureNotice>
    );
  }
  return (
    <Notice tone="passed" title="Signed by this foundation">
      {standing.publisher === 'project' ? (
        <p>
          With the project’s own certificate, which names the project and was issued by another authority.
        </p>
      ) : null}
      {hash}
    </Notice>
  );
}

async function ProjectResult({ asked }: { readonly asked: string }) {
  const { items, all } = await findProjects({
    ctx: await pageContext(),
    input: { ...directoryQuerySchema.parse({}), q: asked },
  });
  if (items.length === 0) {
    return (
      <Empty title={`Nothing matches “${asked}”`}>
        <p className="break-words">
          A file is found by its SHA-256, which has 64 hexadecimal digits, and not by its name. Projects are
          found by their names, and listed under Projects.
        </p>
      </Empty>
    );
  }
  return (
    <>
      <h2 className="text-xl">Projects</h2>
      <ul className="mt-3 grid gap-3">
        {items.map(({ slug, project, standing, publishers }) => (
          <li key={slug} className="card p-4">
            <Link className="link inline-block min-h-6 font-medium" href={`/projects/${slug}`}>
              {project.project.value.name}
            </Link>
            <p className="text-muted">{project.project.value.tagline}</p>
            <p className="mt-2">
              <StandingBadge standing={standing} publishers={publishers} />
            </p>
          </li>
        ))}
      </ul>
      {all > items.length ? (
        <p className="mt-4">
          <Link className="link inline-block min-h-6" href={`/projects?${new URLSearchParams({ q: asked })}`}>
            All {all} projects that match
          </Link>
        </p>
      ) : null}
    </>
  );
}
