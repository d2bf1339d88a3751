import type { SampleOutcome } from '#core/wire/sample/index.ts';
import { readSampleLevel } from '../../../../lib/samples/index.ts';
import type { Sample } from '../../../../lib/samples/index.ts';
import { plural } from '../../../_components/format.ts';
import { pageContext } from '../../../_components/page-context.ts';
import { LevelOfReport } from '../../../_components/report/level-of-report.tsx';
import { nameOf } from '../../../_components/report/node-line.tsx';

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
      <LevelOfReport
        level={level}
        place={place}
        itself={position === 0 ? 'The file itself' : 'This file itself'}
        isLater={after !== undefined}
      />
    </section>
  );
}
