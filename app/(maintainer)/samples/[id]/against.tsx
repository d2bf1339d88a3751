import type { HeldAgainst } from '#core/wire/sample/index.ts';
import { Notice } from '../../../_components/notice.tsx';
import { PolicyLink } from '../../../_components/policy-link.tsx';
import { Typed } from '../../../_components/typed.tsx';
import { Findings } from './found-list.tsx';

/** The file and a configuration of the policy in force: what fits, and what nearly does. */
export function Against({
  against,
  project,
}: {
  readonly against: HeldAgainst;
  readonly project: string | null;
}) {
  const { configuration, commit, passed, parameters } = against;
  return (
    <section aria-labelledby="against">
      <h2 id="against" className="mt-10 text-2xl">
        Against the configuration in force
      </h2>
      <p className="mt-2">
        <PolicyLink project={project ?? ''} file={configuration} commit={commit} />
      </p>
      {parameters.map(({ name, value }) => (
        <p key={name} className="mt-1 text-sm text-muted">
          With <code>{name}</code> = “<Typed>{value}</Typed>”, as found in the file.
        </p>
      ))}
      {passed === true ? (
        <Notice tone="passed" title="It fits: as far as can be told of a sample, it would be signed" />
      ) : (
        <>
          {passed === null ? (
            <Notice tone="waiting" title="It could not be held against it">
              The configuration asks requests for values that the file itself doesn’t tell. Give them on your
              own machine:{' '}
              <code className="wrap-anywhere">
                countersign preflight FILE --config CONFIG --parameter NAME=VALUE
              </code>
            </Notice>
          ) : null}
          <Findings found={against} project={project} commit={commit} />
        </>
      )}
    </section>
  );
}
