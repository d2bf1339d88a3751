import type { SampleFindings } from '#core/wire/sample/index.ts';
import { FindingItem } from '../../../_components/finding-item.tsx';
import { plural } from '../../../_components/format.ts';

/** What was found wrong; nothing where there is nothing. */
export function FoundList(props: {
  readonly id: string;
  readonly title: string;
  readonly found: SampleFindings;
  readonly project: string | null;
  readonly commit: string | null;
}) {
  const { id, title, found, project, commit } = props;
  if (found.findingCount === 0) return null;
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="mt-10 text-2xl">
        {title}
      </h2>
      <Findings found={found} project={project} commit={commit} />
    </section>
  );
}

export function Findings({
  found: { findings, findingCount },
  project,
  commit,
}: {
  readonly found: SampleFindings;
  readonly project: string | null;
  readonly commit: string | null;
}) {
  return (
    <>
      <ul className="mt-4 grid gap-3">
        {findings.map((finding, index) => (
          <li key={index} className="min-w-0">
            <FindingItem finding={finding} project={project ?? ''} commit={commit} />
          </li>
        ))}
      </ul>
      {findingCount > findings.length ? (
        <p className="mt-3 text-muted">And {plural(findingCount - findings.length, 'more reason')}.</p>
      ) : null}
    </>
  );
}
