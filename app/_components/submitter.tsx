import { describeSubmitter } from '../../lib/requests/index.ts';
import type { DescribedSubmitter } from '../../lib/requests/index.ts';
import type { Context } from '../../lib/platform/portal/index.ts';
import { Typed } from './typed.tsx';

/** Who submitted or cancelled a request of a project: a person, a token by its name, or a run with a link to its page. */
export async function Submitter(props: {
  readonly ctx: Context;
  readonly project: string;
  readonly by: string;
}) {
  const { ctx, project, by } = props;
  return <SubmitterWords submitter={await describeSubmitter({ ctx, input: { project, by } })} />;
}

/** A phrase that may stand in a sentence after “by”. */
function SubmitterWords({ submitter }: { readonly submitter: DescribedSubmitter }) {
  switch (submitter.kind) {
    case 'person':
      return <Typed>{submitter.person}</Typed>;
    case 'token':
      return (
        <>
          the API token “<Typed>{submitter.token}</Typed>”
          {submitter.person === null ? null : (
            <>
              , made by <Typed>{submitter.person}</Typed>
            </>
          )}
        </>
      );
    case 'build': {
      const { run, attempt, address, person } = submitter;
      const name = `run ${run}${attempt === '1' ? '' : `, attempt ${attempt}`}`;
      return (
        <>
          {address === null ? (
            name
          ) : (
            <a className="link" href={address}>
              {name}
            </a>
          )}
          {person === null ? null : (
            <>
              , started by <Typed>{person}</Typed>
            </>
          )}
        </>
      );
    }
    case 'other':
      return (
        <span className="wrap-anywhere">
          <Typed>{submitter.text}</Typed>
        </span>
      );
  }
}
