import { reportFilters } from '../../../lib/inspection-reports/index.ts';
import type { ReportFilter } from '../../../lib/inspection-reports/index.ts';
import { GetForm } from '../form/get-form.tsx';
import { readSearch } from '../form/read-search.ts';
import type { Search } from '../form/read-search.ts';
import { SearchWords } from '../form/search-words.tsx';
import { SubmitButton } from '../form/submit-button.tsx';

const rules = { name: 'q', label: 'Name, SHA-256, type or verdict', charactersMax: 200 } as const;

export const readReportSearch = (given: string | readonly string[] | undefined): Search =>
  readSearch(given, rules);

export const filterWords: Readonly<Record<ReportFilter, string>> = {
  all: 'all files',
  signed: 'to be signed here',
  'not-seen': 'not seen inside',
  unexpected: 'unexpected',
  'not-scanned': 'not scanned to their end',
  infected: 'with malware',
};

/** Works without scripts; what was asked is in the address. */
export function ReportSearch(props: {
  readonly action: string;
  readonly asked: Search;
  readonly filter: ReportFilter;
}) {
  return (
    <GetForm
      id="report-search"
      to={props.action}
      search
      values={{ q: [props.asked.typed], show: [props.filter] }}
      error={props.asked.error}
      className="mt-8 flex min-w-0 flex-wrap items-end gap-3"
    >
      <div className="min-w-0 flex-1 basis-60">
        <SearchWords name="q" label={rules.label} value={props.asked.typed} />
      </div>
      <div className="min-w-0 basis-48">
        <label htmlFor="report-filter" className="font-medium">
          Show
        </label>
        <select id="report-filter" name="show" defaultValue={props.filter} className="field mt-1">
          {reportFilters.map((filter) => (
            <option key={filter} value={filter}>
              {filterWords[filter]}
            </option>
          ))}
        </select>
      </div>
      <SubmitButton label="Search" pending="Search" />
    </GetForm>
  );
}
