import Link from 'next/link';
import type { AuditRecordLine } from '../../../../lib/audit-records/index.ts';
import { Narrow } from '../../../_components/narrow.tsx';
import { Time } from '../../../_components/time.tsx';

export function RecordTable(props: { readonly items: readonly AuditRecordLine[]; readonly caption: string }) {
  return (
    <div className="card mt-6">
      <table className="rows">
        <caption className="sr-only">{props.caption}</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">By whom</th>
            <th scope="col">About</th>
          </tr>
        </thead>
        <tbody>
          {props.items.map((item) => (
            <tr key={item.key}>
              <td className="text-sm text-muted md:whitespace-nowrap">
                <Time value={item.at} />
              </td>
              <td>
                <What item={item} />
                <Facts facts={item.facts} />
              </td>
              <td className="text-sm wrap-anywhere md:min-w-28">
                <Narrow label="By whom" />
                {item.actor ?? (item.source === 'signer' ? 'the signer' : '–')}
              </td>
              <td className="text-sm wrap-anywhere md:min-w-28">
                <Narrow label="About" />
                <Subject subject={item.subject} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The entry's own page, where it has one. */
function What({ item: { key, kind } }: { readonly item: AuditRecordLine }) {
  const [place = '', number = ''] = key.split(':');
  const lists: Readonly<Record<string, string>> = {
    event: 'events',
    journal: 'journal',
    'review-decision': 'decisions',
  };
  const list = lists[place];
  if (list === undefined) return <span className="font-medium wrap-anywhere">{kind}</span>;
  return (
    <Link
      href={`/audit/${list}/${number.replace(/^0+/, '')}`}
      className="link inline-block min-h-6 font-medium wrap-anywhere"
    >
      {kind}
    </Link>
  );
}

function Facts({ facts }: Pick<AuditRecordLine, 'facts'>) {
  if (facts.length === 0) return null;
  return (
    <ul className="mt-1 max-w-[34rem] text-sm text-muted">
      {facts.map(([name, value]) => (
        <li key={name} className="line-clamp-2 wrap-anywhere">
          {name}: {value}
        </li>
      ))}
    </ul>
  );
}

/** Where an auditor can read on: only pages that everybody sees. */
export function Subject({ subject }: Pick<AuditRecordLine, 'subject'>) {
  if (subject === null) return <>–</>;
  const colon = subject.indexOf(':');
  const [place, name] = [subject.slice(0, colon), subject.slice(colon + 1)] as const;
  const pages: Readonly<Record<string, string>> = {
    request: '/requests/',
    project: '/projects/',
    'policy-change': '/changes/',
    policy: '/policy/history/',
  };
  const page = pages[place];
  if (page === undefined) return <>{subject}</>;
  return (
    <Link href={`${page}${encodeURIComponent(name)}`} className="link inline-block min-h-6">
      {subject}
    </Link>
  );
}
