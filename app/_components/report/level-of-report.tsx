import Link from 'next/link';
import type { ReportLevel } from '../../../lib/inspection-reports/index.ts';
import { Pages } from '../pages.tsx';
import { Disclosure } from './disclosure.tsx';
import { EntryFacts } from './entry-facts.tsx';
import type { ReportPlace } from './entry-facts.tsx';
import { nameOf } from './node-line.tsx';
import { ReportTree, treeAddress } from './report-tree.tsx';

/** One folder or container of a tree: what it lies in, the file itself where it is one, what is in it, and the pages of that. */
export function LevelOfReport(props: {
  readonly level: ReportLevel;
  readonly place: ReportPlace;
  /** What the file that was opened is called: `The artifact itself`. */
  readonly itself: string;
  /** A page behind the first. */
  readonly isLater: boolean;
}) {
  const { level, place, itself, isLater } = props;
  const { at, above, nodes, next } = level;
  const addressOf = (position: number, after: number | null = null): string =>
    treeAddress(place, { at: position === 0 ? null : position, after });
  return (
    <>
      {above.length === 0 ? null : (
        <nav aria-label="Folders above" className="mt-2">
          <ol className="flex flex-wrap gap-x-1.5 text-sm">
            {above.map((node) => (
              <li key={node.position} className="min-w-0">
                <Link className="link inline-block min-h-6 wrap-anywhere" href={addressOf(node.position)}>
                  {nameOf(node)}
                </Link>{' '}
                <span aria-hidden="true">›</span>
              </li>
            ))}
          </ol>
        </nav>
      )}
      {at.entry?.type === 'file' ? (
        <details className="mt-4" open={nodes.length === 0}>
          <Disclosure>
            <span className="link">{itself}</span>
          </Disclosure>
          <div className="my-2 rounded-lg border border-rule bg-surface p-3 sm:p-4">
            <EntryFacts entry={at.entry} place={place} />
          </div>
        </details>
      ) : null}
      <ReportTree level={level} place={place} />
      <Pages
        first={isLater ? addressOf(at.position) : null}
        next={next === null ? null : addressOf(at.position, next)}
      />
    </>
  );
}
