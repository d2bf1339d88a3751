import Link from 'next/link';
import type { RewrittenLists as Lists } from '../../lib/requests/index.ts';
import { plural } from './format.ts';
import { Typed } from './typed.tsx';

/** Lists of a release that differ from those of the build, because files that they list were signed; nothing where there are none. */
export function RewrittenLists({
  rewritten: { lists, total },
  request,
  level,
}: {
  readonly rewritten: Lists;
  readonly request: string;
  readonly level: 'h2' | 'h3';
}) {
  if (total === 0) return null;
  const Heading = level;
  return (
    <section aria-labelledby="rewritten">
      <Heading id="rewritten" className={level === 'h2' ? 'mt-10 text-2xl' : 'mt-7 text-lg'}>
        Lists written anew
      </Heading>
      <p className="mt-1 max-w-prose text-muted">
        They state digests or sizes of files that were signed, so they differ from what the build made: in
        these values, and in nothing else. The{' '}
        <Link className="link" href={`/requests/${request}#trace`}>
          trace
        </Link>{' '}
        has each value, old and new.
      </p>
      <ul className="mt-3 grid gap-3">
        {lists.map((list) => (
          <li key={list.path} className="min-w-0 rounded-lg border border-rule p-4">
            <p className="font-medium wrap-anywhere">
              <Typed>{list.path}</Typed>
            </p>
            <dl className="facts mt-2 gap-y-1! text-sm! sm:grid-cols-[9rem_minmax(0,1fr)]!">
              <dt>Written anew</dt>
              <dd>{plural(list.fields, 'value')}</dd>
              <dt>As it was built</dt>
              <dd className="hash">{list.inspectedSha256}</dd>
              <dt>As it is released</dt>
              <dd className="hash">{list.releasedSha256}</dd>
            </dl>
          </li>
        ))}
      </ul>
      {total > lists.length ? (
        <p className="mt-3 text-muted">And {plural(total - lists.length, 'more list')}.</p>
      ) : null}
    </section>
  );
}
