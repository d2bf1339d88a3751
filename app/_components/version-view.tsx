import Link from 'next/link';
import type { ProjectVersion, RepositoryVersion } from '../../lib/policy-versions/index.ts';
import { DiffView } from './diff-view.tsx';
import { EffectMark } from './effect-mark.tsx';
import { plural } from './format.ts';
import { Notice } from './notice.tsx';
import { PolicyLink } from './policy-link.tsx';
import { Time } from './time.tsx';

/** Why there is no list of changes. */
const withoutChanges = {
  first: 'It is the first policy: there was nothing before it.',
  waiting: 'This is being computed. Try again in a moment.',
  'too-large':
    'It changed more than is listed here. Every line is in the files below, and in the policy repository.',
  unreadable:
    'This version of the portal can’t put into words what changed. Every line is in the files below, and in the policy repository.',
} as const;

/** One accepted commit: who signed it, what it changed in plain language, then every line. */
export function VersionView(props: {
  readonly version: RepositoryVersion | ProjectVersion;
  /** Where other versions are, without the commit. */
  readonly here: string;
}) {
  const { version, here } = props;
  const { state, summary, changes } = version;
  const more = (summary?.changeCount ?? 0) - changes.length;
  return (
    <>
      {version.inForce ? (
        <Notice tone="passed" title="This is the policy in force" />
      ) : (
        <Notice tone="waiting" title="An earlier policy">
          The signer has accepted newer commits since.
        </Notice>
      )}
      <dl className="facts mt-6">
        <dt>Commit</dt>
        <dd className="hash">{version.commit}</dd>
        <dt>Accepted by the signer</dt>
        <dd>
          <Time value={version.acceptedAt} />
          {version.signers.length === 0
            ? ', pinned at installation'
            : `, signed by ${version.signers.join(', ')}`}
        </dd>
      </dl>
      <nav aria-label="Versions" className="mt-4 flex flex-wrap gap-x-6 gap-y-1">
        {version.previous === null ? null : (
          <Link className="link inline-block min-h-6" href={`${here}/${version.previous}`}>
            The commit before
          </Link>
        )}
        {version.following === null ? null : (
          <Link className="link inline-block min-h-6" href={`${here}/${version.following}`}>
            The commit after
          </Link>
        )}
      </nav>
      <section aria-labelledby="changed" className="pt-12">
        <h2 id="changed" className="text-2xl">
          What it changed
        </h2>
        {state !== 'complete' || summary === null ? (
          <p className="mt-4">{withoutChanges[state === 'complete' ? 'unreadable' : state]}</p>
        ) : summary.changeCount === 0 ? (
          <p className="mt-4">Nothing relevant to signing.</p>
        ) : (
          <ul className="card mt-4 divide-y divide-rule">
            {changes.map((change) => (
              <li
                key={`${change.file} ${change.field}`}
                className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-5 py-3"
              >
                <EffectMark effect={change.effect} />
                <span className="min-w-0 grow break-words">{change.reason}</span>
                {change.project === null ? (
                  <code className="text-[0.8125rem] wrap-anywhere">{change.file}</code>
                ) : (
                  <PolicyLink
                    project={change.project}
                    file={change.file}
                    line={change.line}
                    commit={change.removed ? version.previous : version.commit}
                  />
                )}
              </li>
            ))}
          </ul>
        )}
        {state === 'complete' && more > 0 ? <p className="mt-2 text-muted">… and {more} more.</p> : null}
      </section>
      {version.files.length === 0 ? null : (
        <section aria-labelledby="files" className="pt-12">
          <h2 id="files" className="text-2xl">
            {version.filesLeftOut === null
              ? `The first ${plural(version.files.length, 'file')}`
              : plural(version.files.length + version.filesLeftOut, 'file')}
          </h2>
          <DiffView files={version.files} />
          {version.filesLeftOut === 0 ? null : (
            <p className="mt-3 text-muted">… and {version.filesLeftOut} more: see the commit in git.</p>
          )}
        </section>
      )}
    </>
  );
}
