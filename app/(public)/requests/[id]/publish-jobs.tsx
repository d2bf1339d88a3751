import type { PublishJob, PublishJobState } from '../../../../lib/publish-jobs/index.ts';
import { Notice } from '../../../_components/notice.tsx';
import { Time } from '../../../_components/time.tsx';

const look: Readonly<
  Record<PublishJobState, readonly [tone: 'waiting' | 'passed' | 'failed', words: string]>
> = {
  asked: ['waiting', 'A job that publishes waits'],
  waiting: ['waiting', 'The job that publishes waits for this run’s files'],
  approved: ['passed', 'The job that publishes may start'],
  rejected: ['failed', 'The job that publishes was turned away'],
  ended: ['failed', 'The job that publishes doesn’t wait any more'],
};

/** Jobs on the host that wait for what the run of this request submitted. */
export function PublishJobs(props: {
  readonly jobs: readonly PublishJob[];
  readonly address: string | null;
}) {
  if (props.jobs.length === 0) return null;
  const notices = props.jobs.map(({ environment, run, attempt, state, reason, askedAt }) => {
    const [tone, title] = look[state];
    const name = `run ${run}${attempt === null || attempt === 1 ? '' : `, attempt ${attempt}`}`;
    return (
      <Notice key={`${run} ${environment}`} tone={tone} title={title}>
        {reason} Environment <span className="wrap-anywhere">{environment}</span>,{' '}
        {props.address === null ? (
          name
        ) : (
          <a className="link" href={props.address}>
            {name}
          </a>
        )}
        , asked <Time value={askedAt} />.{' '}
        {state === 'approved'
          ? 'A job that started proves nothing: compare the digest of what it publishes with the release’s.'
          : null}
      </Notice>
    );
  });
  return <div className="mb-12 grid gap-6 *:mt-0!">{notices}</div>;
}
