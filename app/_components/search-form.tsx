import { directoryWordsMax } from '../../lib/projects/index.ts';
import { GetForm } from './form/get-form.tsx';
import { readSearch } from './form/read-search.ts';
import type { Search } from './form/read-search.ts';
import { SearchWords } from './form/search-words.tsx';
import { SubmitButton } from './form/submit-button.tsx';
import { Command } from './keep-words.tsx';

const label = 'Look up a file or project';

export const readLookUp = (given: string | readonly string[] | undefined): Search =>
  readSearch(given, { name: 'q', label, charactersMax: directoryWordsMax });

/** Works as a plain GET form: the question is in the address, so an answer can be linked to. */
export function SearchForm({ asked = readLookUp(undefined) }: { readonly asked?: Search }) {
  return (
    <GetForm
      id="look-up"
      to="/search"
      search
      values={{ q: [asked.typed] }}
      error={asked.error}
      className="grid min-w-0 gap-2"
    >
      <SearchWords
        name="q"
        label={label}
        value={asked.typed}
        placeholder="SHA-256 or project name"
        hint={
          <>
            The SHA-256 of a file: <Command>sha256sum FILE</Command>, or{' '}
            <Command>certutil -hashfile FILE SHA256</Command> on Windows.
          </>
        }
      />
      <div>
        <SubmitButton label="Look up" pending="Look up" />
      </div>
    </GetForm>
  );
}
