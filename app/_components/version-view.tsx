import Link from 'next/link';
import type { ProjectVersion, RepositoryVersion } from '../../lib/policy-versions/index.ts';
import { DiffView } from './diff-view.tsx';
import { EffectMark } from './effect-mark.tsx';
import { plural } from './format.ts';
import { Notice } from './notice.tsx';
import { PolicyLink } from './policy-link.tsx';
import { Time } from './time.tsx';

const changesShownMax = 200;

/** One accepted commit: who signed it, what it changed in plain language, then every line. */
export function VersionView(props: {
  readonly version: RepositoryVersion | ProjectVersion;
  /** Where other versions are, without the commit. */
  readonly here: string;
}) {
  const { version, here } = props;
  const { summary } = version;
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
        {summary === null ? (
          <p className="mt-4">It is the first policy: there was nothing before it.</p>
        ) : summary.changes.length === 0 ? (
          <p className="mt-4">Nothing here that decides.</p>
        ) : (
          <ul className="card mt-4 divide-y divide-rule">
            {summary.changes.slice(0, changesShownMax).map((change) => (
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
                    commit={change.after === null ? version.previous : version.commit}
                  />
                )}
              </li>
            ))}
          </ul>
        )}
        {summary !== null && summary.changes.length > changesShownMax ? (
          <p className="mt-2 text-muted">… and {summary.changes.length - changesShownMax} more.</p>
        ) : null}
      </section>
      {version.files.length === 0 ? null : (
        <section aria-labelledby="files" className="pt-12">
          <h2 id="files" className="text-2xl">
            {plural(version.files.length + version.filesLeftOut, 'file')}
          </h2>
          <DiffView files={version.files} />
          {version.filesLeftOut === 0 ? null : (
            <p className="mt-3 text-muted">… and {version.filesLeftOut} more: look at the commit with git.</p>
          )}
        </section>
      )}
    </>
  );
}
