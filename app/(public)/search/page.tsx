import type { Metadata } from 'next';
import Link from 'next/link';
import { parseSha256Hex } from '../../../lib/core/ids/index.ts';
import { listProjects } from '../../../lib/projects/index.ts';
import { findByHash } from '../../../lib/releases/index.ts';
import type { HashMatch } from '../../../lib/releases/index.ts';
import { Empty } from '../../_components/empty.tsx';
import { Notice } from '../../_components/notice.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { SearchForm } from '../../_components/search-form.tsx';

export const metadata: Metadata = { title: 'Look up' };

export default async function SearchPage(props: {
  readonly searchParams: Promise<{ readonly q?: string | string[] }>;
}) {
  const { q } = await props.searchParams;
  const asked = (Array.isArray(q) ? q[0] : q)?.trim().slice(0, 200) ?? '';
  return (
    <div className="page *:max-w-4xl">
      <PageTitle title="Look up" />
      <div className="mt-4 max-w-[38rem]">
        <SearchForm value={asked} />
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
  'submitted artifact': 'Submitted here as',
  'file before signing': 'This is the file before it was signed:',
};

async function HashResult({ sha256 }: { readonly sha256: string }) {
  const matches = await findByHash({ ctx: await pageContext(), input: { sha256: parseSha256Hex(sha256) } });
  const released = matches.some((match) => match.as === 'released artifact' || match.as === 'signed file');
  if (matches.length === 0) {
    return (
      <Notice tone="failed" title="This file is not known here">
        It was not signed by this foundation in this form. A single changed byte gives another hash, so
        compare the file with the one the project offers.
      </Notice>
    );
  }
  return (
    <>
      <Notice
        tone={released ? 'passed' : 'waiting'}
        title={released ? 'Signed by this foundation' : 'Known, but not a released file'}
      >
        <span className="hash">{sha256}</span>
      </Notice>
      <h2 className="mt-8 text-xl">Where it appears</h2>
      <ul className="mt-3 grid gap-3">
        {matches.map((match) => (
          <li key={`${match.requestId} ${match.as} ${match.name}`} className="card p-4">
            <p className="text-muted">{meaning[match.as]}</p>
            <Link className="link inline-block min-h-6 break-all" href={`/requests/${match.requestId}`}>
              {match.name}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}

async function ProjectResult({ asked }: { readonly asked: string }) {
  const needle = asked.toLowerCase();
  const found = (await listProjects({ ctx: await pageContext() })).filter(
    ({ slug, project }) => slug.includes(needle) || project.project.value.name.toLowerCase().includes(needle),
  );
  if (found.length === 0) {
    return (
      <Empty title={`Nothing matches “${asked}”`}>
        <p className="break-words">
          A hash has 64 hexadecimal digits. Project names are listed under Projects.
        </p>
      </Empty>
    );
  }
  return (
    <>
      <h2 className="text-xl">Projects</h2>
      <ul className="mt-3 grid gap-3">
        {found.map(({ slug, project }) => (
          <li key={slug} className="card p-4">
            <Link className="link inline-block min-h-6 font-medium" href={`/projects/${slug}`}>
              {project.project.value.name}
            </Link>
            <p className="text-muted">{project.project.value.tagline}</p>
          </li>
        ))}
      </ul>
    </>
  );
}
