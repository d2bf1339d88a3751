import type { RecordList, RecordQuery } from '../../../../lib/audit-records/index.ts';

export type Asked = Readonly<Record<string, string | string[] | undefined>>;
export type ListQuery = RecordQuery & { readonly list: RecordList };

const names = ['from', 'to', 'kind', 'actor', 'project', 'after'] as const;
/** Of a value in an address; no filter is longer. */
const charactersMax = 1_000;

/** What the address asks for, as it was typed; of several values of a name, the last. */
export function readQuery(asked: Asked): RecordQuery {
  const one = (name: (typeof names)[number]): string => {
    const value = asked[name];
    return ((Array.isArray(value) ? value.at(-1) : value) ?? '').slice(0, charactersMax);
  };
  return {
    from: one('from'),
    to: one('to'),
    kind: one('kind'),
    actor: one('actor'),
    project: one('project'),
    after: one('after'),
  };
}

export function addressOf(query: ListQuery): string {
  const asked = names.flatMap((name): [string, string][] =>
    query[name] === '' ? [] : [[name, query[name]]],
  );
  const text = new URLSearchParams(asked).toString();
  return `/audit/${query.list}${text === '' ? '' : `?${text}`}`;
}
