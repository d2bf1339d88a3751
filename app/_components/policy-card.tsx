import type { DescribedPolicy } from '../../lib/projects/index.ts';
import { PolicyLink } from './policy-link.tsx';
import { PolicySections } from './policy-sections.tsx';

/** One signing policy, said in sentences; the file it was read from is a click away. */
export function PolicyCard(props: {
  readonly project: string;
  readonly commit: string;
  readonly policy: DescribedPolicy;
}) {
  const { project, commit, policy } = props;
  const release = policy.document.value.purpose === 'release';
  return (
    <article className="card p-6 sm:p-8" aria-labelledby={`policy-${policy.slug}`}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h3 id={`policy-${policy.slug}`} className="text-xl">
          {policy.slug}
        </h3>
        <span
          className={`badge ps-2.5! ${release ? 'bg-accent-soft text-accent' : 'bg-idle-soft text-muted'}`}
        >
          {release ? 'for releases' : 'for testing'}
        </span>
        <span className="sm:ms-auto">
          <PolicyLink project={project} file={policy.document.file} commit={commit} />
        </span>
      </div>
      <PolicySections sections={policy.sections} />
    </article>
  );
}
