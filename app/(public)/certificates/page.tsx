import type { Metadata } from 'next';
import Link from 'next/link';
import { certificateStates, readInventory, type Inventory } from '../../../lib/certificates/index.ts';
import { mayRevoke } from '../../../lib/revocations/index.ts';
import { CertificateList } from '../../_components/certificate-list.tsx';
import { Empty } from '../../_components/empty.tsx';
import { GetForm } from '../../_components/form/get-form.tsx';
import { readSearch } from '../../_components/form/read-search.ts';
import type { Search } from '../../_components/form/read-search.ts';
import { SearchWords } from '../../_components/form/search-words.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';

interface Props {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

const label = 'Project, name, serial number or fingerprint';
const readWords = (given: string | readonly string[] | undefined): Search =>
  readSearch(given, { name: 'q', label, charactersMax: 200 });

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { error } = readWords((await props.searchParams)['q']);
  return { title: `${error === null ? '' : 'Error: '}Certificates` };
}

interface Asked {
  readonly words: string;
  readonly state: string;
  readonly page: number;
}

export default async function CertificatesPage(props: Props) {
  const query = await props.searchParams;
  const text = (name: string): string => (typeof query[name] === 'string' ? query[name].slice(0, 200) : '');
  const search = readWords(query['q']);
  const asked: Asked = { words: search.text, state: text('state'), page: Number(text('page')) };
  const ctx = await pageContext();
  const inventory = await readInventory({ ctx, input: asked });
  const successors = new Map(
    inventory.entries.flatMap(({ serial, successor }) => (successor === null ? [] : [[serial, successor]])),
  );
  return (
    <div className="page">
      <PageTitle
        title="Certificates"
        lead="What you need to check a signature by yourself. The keys are used only inside the hardware that made them."
      />
      <p className="mt-6">
        <Link className="link inline-block min-h-6" href="/revocations">
          Revocations
        </Link>
      </p>
      <Filter asked={asked} search={search} counts={inventory.counts} />
      <h2 className="mt-6 text-base font-medium" aria-live="polite">
        {inventory.found === 1 ? '1 certificate' : `${inventory.found} certificates`}
        {inventory.pages > 1 ? `, page ${inventory.page} of ${inventory.pages}` : ''}
      </h2>
      {inventory.found === 0 && (asked.words !== '' || asked.state !== '') ? (
        <Empty title="No certificate matches">
          <Link className="link" href="/certificates">
            Show all certificates
          </Link>
        </Empty>
      ) : (
        <CertificateList
          certificates={inventory.entries}
          revoke={mayRevoke(ctx.actor)}
          successors={successors}
        />
      )}
      <Pages asked={asked} inventory={inventory} />
    </div>
  );
}

function Filter(props: {
  readonly asked: Asked;
  readonly search: Search;
  readonly counts: Inventory['counts'];
}) {
  const { asked, search, counts } = props;
  return (
    <GetForm
      id="filter"
      to="/certificates"
      search
      values={{ q: [search.typed] }}
      error={search.error}
      className="mt-6 flex flex-wrap items-end gap-4"
    >
      <div className="min-w-0 grow basis-64">
        <SearchWords name="q" label={label} value={search.typed} />
      </div>
      <div>
        <label htmlFor="state" className="block font-medium">
          State
        </label>
        <select id="state" name="state" className="field mt-1 w-auto" defaultValue={asked.state}>
          <option value="">All</option>
          {Object.entries(certificateStates).map(([state, words]) => (
            <option key={state} value={state}>
              {`${words} (${counts[state as keyof typeof counts]})`}
            </option>
          ))}
        </select>
      </div>
      <button type="submit" className="button">
        Show
      </button>
    </GetForm>
  );
}

function Pages({ asked, inventory }: { readonly asked: Asked; readonly inventory: Inventory }) {
  const { page, pages } = inventory;
  if (pages === 1) return null;
  const to = (number: number): string =>
    `/certificates?${new URLSearchParams({ q: asked.words, state: asked.state, page: String(number) }).toString()}`;
  return (
    <nav aria-label="Pages" className="mt-8 flex flex-wrap gap-6">
      {page > 1 ? (
        <Link className="link inline-block min-h-6" href={to(page - 1)} rel="prev">
          Previous page
        </Link>
      ) : null}
      {page < pages ? (
        <Link className="link inline-block min-h-6" href={to(page + 1)} rel="next">
          Next page
        </Link>
      ) : null}
    </nav>
  );
}
