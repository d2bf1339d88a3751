import Link from 'next/link';
import { listDrafts, listEditableFiles } from '../../../../lib/policy-changes/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import { RadioGroup, Select } from '../../../_components/form/choice-fields.tsx';
import { GetForm } from '../../../_components/form/get-form.tsx';
import { readSearch } from '../../../_components/form/read-search.ts';
import { SearchWords } from '../../../_components/form/search-words.tsx';
import { SubmitButton } from '../../../_components/form/submit-button.tsx';
import { TextField } from '../../../_components/form/text-fields.tsx';
import { Empty } from '../../../_components/empty.tsx';
import { Time } from '../../../_components/time.tsx';
import { newNameCharactersMax } from './asked-file.ts';
import type { EditQuery, NoFile } from './asked-file.ts';

const shownMax = 60;
const label = 'Find a file';

/** Chooses the file to change: found by name, or a new one. `here` is the editing page, which gets `file`. */
export async function ChooseFile(props: {
  readonly ctx: Context;
  readonly number: number | null;
  readonly here: string;
  readonly query: EditQuery;
  /** What is wrong with the name of a new file. */
  readonly wrong: NoFile | null;
}) {
  const { ctx, number, here } = props;
  const search = readSearch(props.query.q, { name: 'q', label, charactersMax: 200 });
  const { text } = search;
  const found = await listEditableFiles({ ctx, input: { number, text, limit: shownMax } });
  const drafts = (await listDrafts({ ctx })).filter((draft) => draft.number === number);
  return (
    <>
      <GetForm
        id="find"
        to={here}
        search
        values={{ q: [search.typed] }}
        error={search.error}
        className="mt-8 grid max-w-2xl min-w-0 gap-3"
      >
        <SearchWords
          name="q"
          label={label}
          hint="Part of its path, for example the name of a project."
          value={search.typed}
        />
        <div>
          <SubmitButton label="Find" pending="Find" quiet />
        </div>
      </GetForm>
      {found.paths.length === 0 ? (
        <Empty
          title={
            text === '' ? 'There is no file that is yours to change' : 'No file of yours has that in its path'
          }
        >
          The team of a project changes its files; policy maintainers change any.
        </Empty>
      ) : (
        <ul aria-label="Files" className="card mt-6 divide-y divide-rule">
          {found.paths.map((path) => (
            <li key={path}>
              <Link
                className="link block min-h-6 px-5 py-3 wrap-anywhere"
                href={`${here}?file=${encodeURIComponent(path)}`}
              >
                {path}
              </Link>
            </li>
          ))}
        </ul>
      )}
      {found.leftOut === 0 ? null : (
        <p className="mt-3 text-muted">… and {found.leftOut} more: enter more of the path.</p>
      )}
      {drafts.length === 0 ? null : (
        <section aria-labelledby="drafts" className="pt-12">
          <h2 id="drafts" className="text-2xl">
            Drafts not yet proposed
          </h2>
          <ul className="card mt-4 divide-y divide-rule">
            {drafts.map((draft) => (
              <li key={draft.id} className="flex flex-wrap items-baseline gap-x-4 px-5 py-3">
                <Link
                  className="link inline-block min-h-6 min-w-0 wrap-anywhere"
                  href={`${here}?draft=${draft.id}`}
                >
                  {draft.path}
                </Link>
                <span className="text-sm text-muted">
                  <Time value={draft.updatedAt} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {found.projects.length === 0 ? null : (
        <section aria-labelledby="new-file" className="pt-12">
          <h2 id="new-file" className="text-2xl">
            A new file
          </h2>
          <NewFile here={here} projects={found.projects} query={props.query} wrong={props.wrong} />
        </section>
      )}
    </>
  );
}

function NewFile(props: {
  readonly here: string;
  readonly projects: readonly string[];
  readonly query: EditQuery;
  readonly wrong: NoFile | null;
}) {
  const { here, projects, query, wrong } = props;
  const given = (name: 'project' | 'folder' | 'name'): readonly string[] => {
    const value = query[name];
    return typeof value === 'string' ? [value] : [];
  };
  return (
    <GetForm
      id="new-file"
      to={here}
      values={{ project: given('project'), folder: given('folder'), name: given('name') }}
      error={
        wrong === null
          ? null
          : { ...wrong, fields: [{ field: 'name', code: 'INVALID', message: wrong.message }] }
      }
      className="mt-4 grid max-w-2xl min-w-0 gap-4"
    >
      <Select
        name="project"
        label="Project"
        required
        options={projects.map((slug) => [slug, slug] as const)}
      />
      <RadioGroup
        name="folder"
        label="What"
        required
        inline
        value="policies"
        choices={[
          { value: 'policies', label: 'Signing policy' },
          { value: 'artifacts', label: 'Artifact configuration' },
        ]}
      />
      <TextField
        name="name"
        label="Name"
        hint="1 to 64 lower-case letters, digits and inner hyphens."
        required
        charactersMax={newNameCharactersMax}
        autoComplete="off"
      />
      <div>
        <SubmitButton label="Write it" pending="Write it" quiet />
      </div>
    </GetForm>
  );
}
