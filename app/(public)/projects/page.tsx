import type { Metadata } from 'next';
import Link from 'next/link';
import { categoryLabel, projectCategories } from '../../../lib/policy-tools/project-category/index.ts';
import { directoryQuerySchema, directoryWordsMax, findProjects } from '../../../lib/projects/index.ts';
import type { DirectoryQuery } from '../../../lib/projects/index.ts';
import { Empty } from '../../_components/empty.tsx';
import { plural } from '../../_components/format.ts';
import { GetForm } from '../../_components/form/get-form.tsx';
import { readSearch } from '../../_components/form/read-search.ts';
import type { Search } from '../../_components/form/read-search.ts';
import { SearchWords } from '../../_components/form/search-words.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { Pages } from '../../_components/pages.tsx';
import { StandingBadge } from '../../_components/standing-badge.tsx';

interface Props {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

const label = 'Name, words, repository or licence';
const readWords = (given: string | readonly string[] | undefined): Search =>
  readSearch(given, { name: 'q', label, charactersMax: directoryWordsMax });

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { error } = readWords((await props.searchParams)['q']);
  return { title: `${error === null ? '' : 'Error: '}Projects` };
}

export default async function ProjectsPage(props: Props) {
  const asked = await props.searchParams;
  const search = readWords(asked['q']);
  const query = { ...directoryQuerySchema.parse(asked), q: search.text };
  const { items, all, next } = await findProjects({ ctx: await pageContext(), input: query });
  const filtered = address({ ...query, after: null }) !== '/projects';
  return (
    <div className="page">
      <PageTitle
        title="Projects"
        lead="Each is signed for under a policy of its own that everybody can read."
      />
      <Filters query={query} search={search} />
      <p className="mt-6 text-muted" role="status">
        {plural(all, 'project')}
        {filtered ? (
          <>
            {' '}
            match.{' '}
            <Link className="link" href="/projects">
              Show all
            </Link>
          </>
        ) : null}
      </p>
      {items.length === 0 ? (
        filtered ? (
          <Empty title="No project matches">Try fewer words, or another kind.</Empty>
        ) : (
          <Empty title="No projects yet">
            They appear once the signer has accepted a policy that names them.
          </Empty>
        )
      ) : (
        <ul className="mt-4 grid gap-5 md:grid-cols-2">
          {items.map(({ slug, project, standing, publishers }) => {
            const { name, tagline, licence, program, category } = project.project.value;
            return (
              <li
                key={slug}
                className="card relative flex flex-col p-6 focus-within:border-accent hover:border-accent"
              >
                <h2 className="text-xl break-words">
                  <Link href={`/projects/${slug}`} className="after:absolute after:inset-0">
                    {name}
                  </Link>
                </h2>
                <p className="mt-2 flex-1 break-words text-muted">{tagline}</p>
                <p className="mt-5 flex flex-wrap items-center gap-x-4 gap-y-2 text-sm text-muted">
                  <StandingBadge standing={standing} publishers={publishers} />
                  <span>{licence}</span>
                  {category === undefined ? null : <span>{categoryLabel(category)}</span>}
                  <span>
                    {program === 'executables' ? 'Programs for users' : 'Components for developers'}
                  </span>
                </p>
              </li>
            );
          })}
        </ul>
      )}
      <Pages
        first={query.after === null ? null : address({ ...query, after: null })}
        next={next === null ? null : address({ ...query, after: next })}
        words={{ next: 'More projects' }}
      />
    </div>
  );
}

function Filters({ query, search }: { readonly query: DirectoryQuery; readonly search: Search }) {
  return (
    <GetForm
      id="directory"
      to="/projects"
      search
      values={{ q: [search.typed] }}
      error={search.error}
      className="mt-8 flex flex-wrap items-end gap-x-4 gap-y-3"
    >
      <div className="min-w-0 flex-1 basis-56">
        <SearchWords name="q" label={label} value={search.typed} />
      </div>
      <div>
        <label htmlFor="directory-program" className="block text-sm font-medium">
          Kind
        </label>
        <select
          id="directory-program"
          name="program"
          defaultValue={query.program ?? ''}
          className="field mt-1 w-auto"
        >
          <option value="">All kinds</option>
          <option value="executables">Programs for users</option>
          <option value="components">Components for developers</option>
        </select>
      </div>
      <div>
        <label htmlFor="directory-category" className="block text-sm font-medium">
          Category
        </label>
        <select
          id="directory-category"
          name="category"
          defaultValue={query.category ?? ''}
          className="field mt-1 w-auto"
        >
          <option value="">All categories</option>
          {projectCategories.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <div>
        <label htmlFor="directory-status" className="block text-sm font-medium">
          State
        </label>
        <select
          id="directory-status"
          name="status"
          defaultValue={query.status ?? ''}
          className="field mt-1 w-auto"
        >
          <option value="">Any</option>
          <option value="active">Active</option>
          <option value="revoked">Revoked</option>
          <option value="paused">Paused</option>
          <option value="retired">Retired</option>
        </select>
      </div>
      <button type="submit" className="button">
        Search
      </button>
    </GetForm>
  );
}

function address(query: DirectoryQuery): string {
  const parts = new URLSearchParams();
  if (query.q !== '') parts.set('q', query.q);
  for (const name of ['program', 'category', 'status', 'after'] as const) {
    const value = query[name];
    if (value !== null) parts.set(name, value);
  }
  const text = parts.toString();
  return text === '' ? '/projects' : `/projects?${text}`;
}
