/** What GitHub writes into the identity token of a job (docs.github.com, "OpenID Connect reference"): texts, ids and numbers included. */
import { workflowUri, type WorkflowRun } from '../../build-system/claims.ts';

export interface TokenRun extends WorkflowRun {
  /** Who started the run. */
  readonly actorId: string;
  /** Commit of the workflow that the job is of; left out: the run's own. */
  readonly jobWorkflowSha?: string;
}

export type Claims = Readonly<Record<string, string | number | undefined>>;

export function claimsOf(run: TokenRun): Claims {
  const uri = new URL(run.repository.uri);
  const repository = uri.pathname.slice(1);
  const withoutHost = (address: string): string => address.slice(`${uri.origin}/`.length);
  return {
    // Whoever reads `sub` reads something that repositories may shape as they like.
    sub: `repo:${repository}:ref:${run.ref}`,
    repository,
    repository_id: run.repository.id,
    repository_owner: repository.split('/')[0],
    repository_owner_id: run.repository.ownerId,
    repository_visibility: run.visibility,
    workflow: 'Release',
    workflow_ref: `${repository}/${run.workflow}@${run.ref}`,
    workflow_sha: run.commit,
    job_workflow_ref: withoutHost(run.signerUri ?? workflowUri(run)),
    job_workflow_sha: run.jobWorkflowSha ?? run.commit,
    ref: run.ref,
    ref_type: run.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: 'true',
    base_ref: '',
    head_ref: '',
    sha: run.commit,
    event_name: run.trigger,
    run_id: run.runId,
    run_number: '17',
    run_attempt: String(run.attempt),
    check_run_id: '55000000001',
    runner_environment: run.runner,
    actor: 'a-login-that-may-change',
    actor_id: run.actorId,
    ...(run.environment === null ? {} : { environment: run.environment }),
  };
}
