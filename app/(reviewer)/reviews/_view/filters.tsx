import type { QueueQuery } from '../../../../lib/reviews/index.ts';

const choices = [
  [
    'state',
    'State',
    [
      ['open', 'Everything open'],
      ['waiting', 'Unclaimed'],
      ['claimed', 'Claimed'],
      ['waiting-for-applicant', 'Waits for the applicant'],
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
      ['first', 'First look'],
      ['appeal', 'Appeal'],
      ['again', 'Another look'],
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

/** A plain GET form: the filters are in the address, so a view can be linked to and saved. */
export function Filters({ query }: { readonly query: QueueQuery }) {
  return (
    <form action="/reviews" method="get" className="mt-6 flex flex-wrap items-end gap-x-4 gap-y-3">
      {choices.map(([name, label, options]) => (
        <div key={name}>
          <label htmlFor={`filter-${name}`} className="block text-sm font-medium">
            {label}
          </label>
          <select
            id={`filter-${name}`}
            name={name}
            defaultValue={query[name] ?? ''}
            className="field mt-1 w-auto"
          >
            {options.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </div>
      ))}
      <div>
        <label htmlFor="filter-q" className="block text-sm font-medium">
          Name or repository
        </label>
        <input
          id="filter-q"
          type="search"
          name="q"
          defaultValue={query.q}
          maxLength={100}
          className="field mt-1 w-auto"
        />
      </div>
      <button type="submit" className="button button-quiet">
        Filter
      </button>
    </form>
  );
}
