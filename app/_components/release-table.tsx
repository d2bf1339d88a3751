import Link from 'next/link';
import type { ReleaseItem } from '../../lib/releases/index.ts';
import { formatBytes, plural } from './format.ts';
import { SignatureMark } from './signature-standing.tsx';
import { Time } from './time.tsx';

export function ReleaseTable({
  items,
  caption,
}: {
  readonly items: readonly ReleaseItem[];
  readonly caption: string;
}) {
  return (
    <div className="card mt-6">
      <table className="rows">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Release</th>
            <th scope="col">Project and policy</th>
            <th scope="col">Signed</th>
            <th scope="col">Released</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.requestId}>
              <td>
                <Link
                  href={`/requests/${item.requestId}`}
                  className="link inline-block min-h-6 font-medium break-all"
                >
                  {item.name}
                </Link>
                <span className="hash mt-0.5 block text-muted">{item.sha256}</span>
                {item.standing.state === 'good' ? null : (
                  <span className="mt-1.5 block">
                    <SignatureMark state={item.standing.state} />
                  </span>
                )}
              </td>
              <td>
                <Link href={`/projects/${item.project}`} className="link inline-block min-h-6">
                  {item.project}
                </Link>
                <span className="block text-sm text-muted">{item.policy}</span>
              </td>
              <td className="text-sm text-muted">
                {plural(item.signedFiles, 'file')} in {formatBytes(item.sizeBytes)}
              </td>
              <td className="text-sm text-muted md:whitespace-nowrap">
                <Time value={item.releasedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
