import { queueWordsMax } from '../../../../lib/reviews/index.ts';
import type { QueueQuery } from '../../../../lib/reviews/index.ts';
import { GetForm } from '../../../_components/form/get-form.tsx';
import { readSearch } from '../../../_components/form/read-search.ts';
import type { Search } from '../../../_components/form/read-search.ts';
import { SearchWords } from '../../../_components/form/search-words.tsx';

const choices = [
  [
    'state',
    'State',
    [
      ['open', 'Everything open'],
      ['waiting', 'Unclaimed'],
      ['claimed', 'Claimed'],
      ['waiting-for-applicant', 'Waiting for the applicant'],
      ['closed', 'Closed'],
    ],
  ],
  [
    'program',
    'Program',
    [
      ['', 'Both'],
      ['executables', 'Executables'],
      ['components', 'Components'],
    ],
  ],
  [
    'kind',
    'Round',
    [
      ['', 'Any'],
      ['first', 'First review'],
      ['appeal', 'Appeal'],
      ['again', 'Another review'],
    ],
  ],
  [
    'due',
    'Target',
    [
      ['', 'Any'],
      ['late', 'Late'],
      ['soon', 'Within three days'],
    ],
  ],
  [
    'whose',
    'Whose',
    [
      ['', 'Everybody’s'],
      ['mine', 'Claimed by me'],
      ['decidable', 'I may decide'],
    ],
  ],
] as const;

const label = 'Name or repository';

export const readWords = (given: string | readonly string[] | undefined): Search =>
  readSearch(given, { name: 'q', label, charactersMax: queueWordsMax });

/** A plain GET form: the filters are in the address, so a view can be linked to and saved. */
export function Filters({ query, search }: { readonly query: QueueQuery; readonly search: Search }) {
  return (
    <GetForm
      id="filter"
      to="/reviews"
      values={{ q: [search.typed] }}
      error={search.error}
      className="mt-6 flex flex-wrap items-end gap-x-4 gap-y-3"
    >
      {choices.map(([name, words, options]) => (
        <div key={name}>
          <label htmlFor={`filter-${name}`} className="block text-sm font-medium">
            {words}
          </label>
          <select
            id={`filter-${name}`}
            name={name}
            defaultValue={query[name] ?? ''}
            className="field mt-1 w-auto"
          >
            {options.map(([value, choice]) => (
              <option key={value} value={value}>
                {choice}
              </option>
            ))}
          </select>
        </div>
      ))}
      <div>
        <SearchWords name="q" label={label} value={search.typed} />
      </div>
      <button type="submit" className="button button-quiet">
        Filter
      </button>
    </GetForm>
  );
}
