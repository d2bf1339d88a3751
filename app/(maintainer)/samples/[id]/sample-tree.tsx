import Link from 'next/link';
import type { SampleOutcome } from '#core/wire/sample/index.ts';
import { readSampleLevel } from '../../../../lib/samples/index.ts';
import type { Sample } from '../../../../lib/samples/index.ts';
import { plural } from '../../../_components/format.ts';
import { pageContext } from '../../../_components/page-context.ts';
import { Disclosure } from '../../../_components/report/disclosure.tsx';
import { EntryFacts } from '../../../_components/report/entry-facts.tsx';
import { nameOf } from '../../../_components/report/node-line.tsx';
import { ReportTree, treeAddress } from '../../../_components/report/report-tree.tsx';

/** Every file in it, as the report of a request shows them. */
export async function SampleTree(props: {
  readonly sample: Sample;
  readonly outcome: SampleOutcome;
  readonly at: number | undefined;
  readonly after: number | undefined;
}) {
  const { sample, outcome, at = 0, after } = props;
  const { tree } = outcome;
  const place = {
    request: sample.id,
    tree: `/samples/${sample.id}`,
    project: sample.project ?? '',
    commit: null,
  };
  const ctx = await pageContext();
  const level =
    (await readSampleLevel({ ctx, input: { sample, at, after } })) ??
    (await readSampleLevel({ ctx, input: { sample, at: 0 } }));
  if (level === null) return null;
  const { position } = level.at;
  return (
    <section aria-labelledby="files">
      <h2 id="files" className="mt-10 text-2xl">
        {position === 0 ? 'What is in it' : nameOf(level.at)}
      </h2>
      <p className="mt-2 text-muted">
        {plural(tree.files, 'file')}; {tree.toBeSigned} would be signed
        {tree.notSeen === 0 ? '' : `; ${tree.notSeen} with something inside that nobody could look into`}.
        {tree.kept < tree.nodes ? ` Only the first ${tree.kept} files and folders are shown here.` : ''}
      </p>
      {level.above.length === 0 ? null : (
        <nav aria-label="Folders above" className="mt-2">
          <ol className="flex flex-wrap gap-x-1.5 text-sm">
            {level.above.map((node) => (
              <li key={node.position}>
                <Link
                  className="link inline-block min-h-6 wrap-anywhere"
                  href={treeAddress(place, { at: node.position === 0 ? null : node.position })}
                >
                  {nameOf(node)}
                </Link>{' '}
                <span aria-hidden="true">›</span>
              </li>
            ))}
          </ol>
        </nav>
      )}
      {level.at.entry?.type === 'file' ? (
        <details className="mt-4" open={level.nodes.length === 0}>
          <Disclosure>
            <span className="link">{position === 0 ? 'The file itself' : 'This file itself'}</span>
          </Disclosure>
          <div className="my-2 rounded-lg border border-rule bg-surface p-3 sm:p-4">
            <EntryFacts entry={level.at.entry} place={place} />
          </div>
        </details>
      ) : null}
      <ReportTree level={level} place={place} />
      {level.next === null && after === undefined ? null : (
        <nav aria-label="Pages" className="mt-8 flex flex-wrap gap-3">
          {after === undefined ? null : (
            <Link
              className="button button-quiet"
              href={treeAddress(place, { at: position === 0 ? null : position })}
            >
              First page
            </Link>
          )}
          {level.next === null ? null : (
            <Link
              className="button button-quiet"
              href={treeAddress(place, { at: position, after: level.next })}
              rel="next"
            >
              Next page
            </Link>
          )}
        </nav>
      )}
    </section>
  );
}
