import type { DescribedPolicy } from '../../lib/projects/index.ts';
import { PolicyLink } from './policy-link.tsx';

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
          {release ? 'for releases' : 'for trying out'}
        </span>
        <span className="sm:ms-auto">
          <PolicyLink project={project} file={policy.document.file} commit={commit} />
        </span>
      </div>
      {policy.sections.length === 0 ? (
        <p className="mt-4 text-muted">
          Nothing is signed under this policy while the project is not active.
        </p>
      ) : (
        <dl className="mt-6 grid gap-x-10 gap-y-6 md:grid-cols-2">
          {policy.sections.map((section) => (
            <div key={section.title} className="min-w-0 border-t border-rule pt-3">
              <dt className="font-semibold">{section.title}</dt>
              <dd className="mt-1 grid gap-1.5 break-words text-muted">
                {section.sentences.map((sentence) => (
                  <p key={sentence}>{sentence}</p>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </article>
  );
}
