import Link from 'next/link';
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
      {parameters.map(({ name, value, given = false }) => (
        <p key={name} className="mt-1 text-sm text-muted">
          With <code>{name}</code> = “<Typed>{value}</Typed>”,{' '}
          {given ? 'as given with the sample' : 'as found in the file'}.
        </p>
      ))}
      {passed === true ? (
        <>
          <Notice tone="passed" title="It fits: as far as can be told of a sample, it would be signed" />
          {against.findingCount === 0 ? null : <Findings found={against} project={project} commit={commit} />}
        </>
      ) : (
        <>
          {passed === null ? (
            <Notice tone="waiting" title="It could not be held against it">
              The configuration asks requests for values that the file itself doesn’t tell, or takes others
              than were given.{' '}
              <Link className="link" href={`/samples?for=${encodeURIComponent(placeIn(configuration))}`}>
                Drop it again with values
              </Link>
            </Notice>
          ) : null}
          <Findings found={against} project={project} commit={commit} />
        </>
      )}
    </section>
  );
}

/** `projects/SLUG/artifacts/NAME.yaml`, as the form has it. */
const placeIn = (configuration: string): string => {
  const [, project = '', , file = ''] = configuration.split('/');
  return `${project}/${file.replace(/[.]yaml$/, '')}`;
};
