import { actorCharactersMax, kindsOf } from '../../../../lib/audit-records/index.ts';
import type { AuditRecordsError } from '../../../../lib/audit-records/index.ts';
import { GetForm } from '../../../_components/form/get-form.tsx';
import { Select } from '../../../_components/form/choice-fields.tsx';
import { TextField } from '../../../_components/form/text-fields.tsx';
import type { ListQuery } from './record-address.ts';

/** A plain GET form: the filters are in the address, so a view can be linked to. */
export function Filters({
  query,
  error,
}: {
  readonly query: ListQuery;
  readonly error: AuditRecordsError | null;
}) {
  const { list, from, to, kind, actor, project } = query;
  const kinds = kindsOf[list];
  const explained =
    error === null
      ? null
      : { code: error.code, message: error.message, fix: error.fix, fields: error.fields };
  return (
    <GetForm
      id="filter"
      to={`/audit/${list}`}
      values={{ from: [from], to: [to], kind: [kind], actor: [actor], project: [project] }}
      error={explained}
      search
      className="mt-6 grid min-w-0 gap-5"
    >
      <div className="grid grid-cols-[repeat(auto-fit,minmax(min(11rem,100%),1fr))] items-end gap-x-4 gap-y-3">
        <TextField name="from" label="From" type="date" hint="Days are in UTC." value={from} />
        <TextField name="to" label="Up to" type="date" hint="Both empty: the last thirty days." value={to} />
        {kinds.length === 0 ? null : (
          <Select
            name="kind"
            label="Kind"
            value={kind}
            options={[['', 'Any'], ...kinds.toSorted().map((kind) => [kind, kind] as const)]}
          />
        )}
        {list === 'events' || list === 'decisions' ? (
          <TextField
            name="actor"
            label="By whom"
            hint="A handle, or as the list shows it."
            value={actor}
            charactersMax={actorCharactersMax}
            code
          />
        ) : null}
        {list === 'policies' ? null : (
          <TextField
            name="project"
            label="Project"
            hint="Its short name."
            value={project}
            charactersMax={actorCharactersMax}
            code
          />
        )}
      </div>
      <div>
        <button type="submit" className="button button-quiet">
          Show
        </button>
      </div>
    </GetForm>
  );
}
