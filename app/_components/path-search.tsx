import { pathTextRules } from '../../lib/requests/index.ts';
import { GetForm } from './form/get-form.tsx';
import { readSearch } from './form/read-search.ts';
import type { Search } from './form/read-search.ts';
import { SearchWords } from './form/search-words.tsx';
import { SubmitButton } from './form/submit-button.tsx';

/** What an address asks for, and the text to look for: as it was entered, since paths are compared as they were packed. */
export function readPathSearch(given: string | readonly string[] | undefined): {
  readonly asked: Search;
  readonly file: string;
} {
  const asked = readSearch(given, pathTextRules);
  return { asked, file: asked.error === null ? asked.typed.trim() : '' };
}

/** Looks for files by a part of their path; works without scripts. */
export function PathSearch({ action, asked }: { readonly action: string; readonly asked: Search }) {
  return (
    <GetForm
      id="path"
      to={action}
      search
      values={{ file: [asked.typed] }}
      error={asked.error}
      className="mt-6 flex min-w-0 flex-wrap items-end gap-3"
    >
      <div className="min-w-0 flex-1 basis-60">
        <SearchWords name="file" label={pathTextRules.label} value={asked.typed} />
      </div>
      <SubmitButton label="Search" pending="Search" />
    </GetForm>
  );
}
