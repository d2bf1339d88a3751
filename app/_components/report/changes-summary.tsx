import Link from 'next/link';
import type { ChangesSince, Comparison } from '../../../lib/inspection-reports/index.ts';
import { plural } from '../format.ts';
import { Time } from '../time.tsx';
import { reportAddress } from './report-tree.tsx';

/** `2 added, 14 changed, 1 removed`, and how many are as they were. */
export function changeWords(counts: Comparison['counts']): string {
  const { added, changed, removed, moved, unchanged } = counts;
  const parts = (
    [
      [added, 'added'],
      [changed, 'changed'],
      [removed, 'removed'],
      [moved, 'moved'],
    ] as const
  ).flatMap(([count, words]) => (count === 0 ? [] : [`${count} ${words}`]));
  const left = `${plural(unchanged, 'file')} unchanged`;
  return parts.length === 0 ? `Nothing differs: ${left}` : `${parts.join(', ')}; ${left}`;
}

/** What is in the artifact, and what is new in it, for who has to decide about it. */
export function ChangesSummary({
  request,
  changes,
}: {
  readonly request: string;
  readonly changes: ChangesSince;
}) {
  const { report, since } = changes;
  const { counts } = report.head;
  const worth = (
    [
      [counts.notSeenInside, 'not seen inside', 'not-seen'],
      [counts.notScanned, 'not scanned to their end', 'not-scanned'],
      [counts.unexpected, 'unexpected', 'unexpected'],
    ] as const
  ).filter(([count]) => count > 0);
  return (
    <div className="mt-5 rounded-lg bg-sunken p-4">
      <h3 className="text-lg">What is in it</h3>
      <p className="mt-1">
        {plural(counts.files, 'file')}, {counts.toBeSigned} of them to be signed
        {worth.map(([count, words, show]) => (
          <span key={words}>
            ;{' '}
            <Link className="link" href={reportAddress(request, { show })}>
              {count} {words}
            </Link>
          </span>
        ))}
        .{' '}
        <Link className="link" href={reportAddress(request)}>
          Open the inspection report
        </Link>
      </p>
      {since === null ? (
        <p className="mt-2 text-muted">
          No earlier release of this artifact configuration has a report to compare with.
        </p>
      ) : (
        <p className="mt-2">
          <strong className="font-semibold">{changeWords(since.counts)}</strong> since{' '}
          {since.release.artifactName} of <Time value={since.release.releasedAt} />.{' '}
          <Link className="link" href={`/requests/${request}/report/compare?with=${since.release.id}`}>
            Compare the two
          </Link>
        </p>
      )}
    </div>
  );
}
