import Link from 'next/link';
import { listDrafts, listEditableFiles } from '../../../../lib/policy-changes/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import { Empty } from '../../../_components/empty.tsx';
import { Time } from '../../../_components/time.tsx';

const shownMax = 60;

/** Which file to change: looked for by name, or a new one. `here` is the page that edits, which gets `file`. */
export async function ChooseFile(props: {
  readonly ctx: Context;
  readonly number: number | null;
  readonly here: string;
  readonly text: string;
}) {
  const { ctx, number, here, text } = props;
  const found = await listEditableFiles({ ctx, input: { number, text, limit: shownMax } });
  const drafts = (await listDrafts({ ctx })).filter((one) => one.number === number);
  return (
    <>
      <form action={here} className="mt-8 max-w-2xl">
        <label htmlFor="q" className="block font-medium">
          Find a file
        </label>
        <p id="q-hint" className="text-sm text-muted">
          Part of its path, for example the name of a project.
        </p>
        <div className="mt-2 flex gap-3">
          <input
            id="q"
            type="search"
            name="q"
            defaultValue={text}
            maxLength={200}
            aria-describedby="q-hint"
            className="field"
          />
          <button type="submit" className="button button-quiet">
            Find
          </button>
        </div>
      </form>
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
                className="link block min-h-6 px-5 py-3 break-all"
                href={`${here}?file=${encodeURIComponent(path)}`}
              >
                {path}
              </Link>
            </li>
          ))}
        </ul>
      )}
      {found.leftOut === 0 ? null : (
        <p className="mt-3 text-muted">… and {found.leftOut} more: say more of the path.</p>
      )}
      {drafts.length === 0 ? null : (
        <section aria-labelledby="drafts" className="pt-12">
          <h2 id="drafts" className="text-2xl">
            Begun and not proposed
          </h2>
          <ul className="card mt-4 divide-y divide-rule">
            {drafts.map((one) => (
              <li key={one.id} className="flex flex-wrap items-baseline gap-x-4 px-5 py-3">
                <Link
                  className="link inline-block min-h-6 min-w-0 break-all"
                  href={`${here}?draft=${one.id}`}
                >
                  {one.path}
                </Link>
                <span className="text-sm text-muted">
                  <Time value={one.updatedAt} />
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
          <form action={here} className="mt-4 grid max-w-2xl gap-4">
            <div>
              <label htmlFor="project" className="block font-medium">
                Project
              </label>
              <select id="project" name="project" className="field mt-2">
                {found.projects.map((slug) => (
                  <option key={slug}>{slug}</option>
                ))}
              </select>
            </div>
            <fieldset>
              <legend className="font-medium">What</legend>
              <div className="mt-1 flex flex-wrap gap-x-6">
                {[
                  ['policies', 'Signing policy'],
                  ['artifacts', 'Artifact configuration'],
                ].map(([value, label], index) => (
                  <label key={value} className="inline-flex min-h-9 items-center gap-2.5">
                    <input
                      type="radio"
                      name="folder"
                      value={value}
                      defaultChecked={index === 0}
                      className="h-5 w-5 accent-[var(--accent)]"
                    />
                    {label}
                  </label>
                ))}
              </div>
            </fieldset>
            <div>
              <label htmlFor="name" className="block font-medium">
                Name
              </label>
              <p id="name-hint" className="text-sm text-muted">
                1 to 64 lower-case letters, digits and inner hyphens.
              </p>
              <input
                id="name"
                name="name"
                type="text"
                required
                maxLength={64}
                pattern="[a-z0-9]([a-z0-9\-]*[a-z0-9])?"
                aria-describedby="name-hint"
                className="field mt-2"
              />
            </div>
            <p>
              <button type="submit" className="button button-quiet">
                Write it
              </button>
            </p>
          </form>
        </section>
      )}
    </>
  );
}
