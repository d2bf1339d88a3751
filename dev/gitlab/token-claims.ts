/** What GitLab writes into the id token of a job: https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload */
import type { PipelineJob } from '../build-system/index.ts';

export function tokenClaimsOf(
  job: PipelineJob,
  { userId = '900001', pipelineId = '8000000001' } = {},
): Readonly<Record<string, string | number>> {
  const { host } = new URL(job.instance);
  const namespace = job.projectPath.split('/').slice(0, -1).join('/');
  const ref = `refs/${job.refType === 'branch' ? 'heads' : 'tags'}/${job.ref}`;
  return {
    // Whoever reads `sub` reads something that projects may shape as they like.
    sub: `project_path:${job.projectPath}:ref_type:${job.refType}:ref:${job.ref}`,
    namespace_id: job.namespaceId,
    namespace_path: namespace,
    project_id: job.projectId,
    project_path: job.projectPath,
    job_project_id: job.projectId,
    job_project_path: job.projectPath,
    job_namespace_id: job.namespaceId,
    job_namespace_path: namespace,
    user_id: userId,
    user_login: 'a-name-that-may-change',
    user_email: 'someone@example.org',
    user_access_level: 'maintainer',
    pipeline_id: pipelineId,
    pipeline_source: job.pipelineSource,
    job_id: job.jobId,
    ref: job.ref,
    ref_type: job.refType,
    ref_path: ref,
    ref_protected: 'true',
    runner_id: 12_270_831,
    runner_environment: job.runnerEnvironment,
    sha: job.sha,
    project_visibility: job.visibility,
    ci_config_ref_uri: job.ciConfigRefUri ?? `${host}/${job.projectPath}//${job.configuration}@${ref}`,
    ci_config_sha: job.ciConfigSha,
    ...(job.environment === null ? {} : { environment: job.environment, environment_protected: 'false' }),
  };
}
