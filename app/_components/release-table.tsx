import type { ReleaseItem } from '../../lib/releases/index.ts';
import { formatBytes, plural } from './format.ts';
import { ArtifactLink, ProjectCell } from './request-cells.tsx';
import { SignatureMark } from './signature-standing.tsx';
import { PublisherMark } from './publisher-mark.tsx';
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
                <ArtifactLink requestId={item.requestId} name={item.name} />
                <span className="hash mt-0.5 block text-muted">{item.sha256}</span>
                {item.standing.state === 'good' && item.standing.publisher !== 'project' ? null : (
                  <span className="mt-1.5 flex flex-wrap gap-2">
                    <SignatureMark state={item.standing.state} />
                    <PublisherMark publisher={item.standing.publisher} />
                  </span>
                )}
              </td>
              <ProjectCell project={item.project} policy={item.policy} />
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
