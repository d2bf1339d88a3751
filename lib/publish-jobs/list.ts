import { parseSubmitter } from '#core/wire/submitter/index.ts';
import type { Portal } from '../platform/portal/index.ts';

export type PublishJobState = 'asked' | 'waiting' | 'approved' | 'rejected' | 'ended';

export interface PublishJob {
  readonly environment: string;
  readonly run: string;
  readonly attempt: number | null;
  readonly state: PublishJobState;
  readonly reason: string;
  readonly askedAt: Date;
}

const shownMax = 10;

/** Jobs that wait, or waited, for what the run of a request submitted. Public, as runs and requests are. */
export async function listPublishJobs(call: {
  readonly ctx: Pick<Portal, 'db'>;
  readonly input: { readonly project: string; readonly submittedBy: string };
}): Promise<readonly PublishJob[]> {
  const { project, submittedBy } = call.input;
  const build = parseSubmitter(submittedBy);
  if (build?.kind !== 'build' || build.provider !== 'github') return [];
  const rows = await call.ctx.db.publishJob.findMany({
    where: { repositoryId: build.repositoryId, runId: build.run, projectSlug: project },
    orderBy: { askedAt: 'desc' },
    take: shownMax,
  });
  return rows.map(({ environment, runId, attempt, state, reason, askedAt }) => ({
    environment,
    run: runId,
    attempt,
    state: state as PublishJobState,
    reason,
    askedAt,
  }));
}
