import { isRefused } from '../../lib/certificates/standing/index.ts';
import type { RequestListItem } from '../../lib/requests/index.ts';
import { PublisherMark } from './publisher-mark.tsx';
import { ArtifactLink, ProjectCell } from './request-cells.tsx';
import { standingWords } from './standing-words.ts';
import { StatusBadge } from './status-badge.tsx';
import { Time } from './time.tsx';

export function RequestTable({
  items,
  caption,
  tellsApart = false,
}: {
  readonly items: readonly RequestListItem[];
  readonly caption: string;
  /** Also the beginnings of each one's id and digest: where several of one name wait, somebody has to open the right one. */
  readonly tellsApart?: boolean;
}) {
  return (
    <div className="card mt-6">
      <table className="rows">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Artifact</th>
            <th scope="col">Project and policy</th>
            <th scope="col">Status</th>
            <th scope="col">Submitted</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.id}>
              <td>
                <ArtifactLink requestId={item.id} name={item.artifactName} />
                {item.standing === null || item.standing.state === 'good' ? null : (
                  <p className={`mt-1 text-sm ${isRefused(item.standing.state) ? 'text-fail' : 'text-wait'}`}>
                    {standingWords[item.standing.state]}
                  </p>
                )}
                {item.standing?.publisher === 'project' ? (
                  <p className="mt-1">
                    <PublisherMark publisher="project" />
                  </p>
                ) : null}
                {tellsApart ? (
                  <p className="mt-1 text-sm text-muted">
                    Request <code>{item.id.slice(0, 8)}</code> · SHA-256{' '}
                    <code>{item.artifactSha256.slice(0, 12)}…</code>
                  </p>
                ) : null}
                {item.summary === null ? null : (
                  <p className="mt-1 line-clamp-2 max-w-[34rem] text-sm text-muted">{item.summary}</p>
                )}
              </td>
              <ProjectCell project={item.project} policy={item.policy} />
              <td>
                <StatusBadge
                  status={item.status}
                  outcome={item.outcome}
                  refused={item.standing !== null && isRefused(item.standing.state)}
                />
              </td>
              <td className="text-sm text-muted md:whitespace-nowrap">
                <Time value={item.submittedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
