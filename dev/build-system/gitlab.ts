import { developmentIssuer } from './claims.ts';
import type { CertifiedBuild, ExtensionValues } from './extensions.ts';

/** One job of GitLab CI/CD, by the claims of its id token. */
export interface PipelineJob {
  readonly issuer: string;
  /** `url` of Fulcio's template values for this instance. */
  readonly instance: string;
  readonly projectPath: string;
  readonly projectId: string;
  readonly namespaceId: string;
  /** Of a merge request's pipeline the name of its source branch. */
  readonly ref: string;
  readonly refType: 'branch' | 'tag';
  readonly sha: string;
  readonly pipelineSource: string;
  readonly runnerEnvironment: string;
  /** `host/path//file@ref`; null: what GitLab would say of `configuration` in the project. */
  readonly ciConfigRefUri: string | null;
  readonly configuration: string;
  readonly ciConfigSha: string;
  readonly jobId: string;
  readonly visibility: string;
  readonly environment: string | null;
}

const sha = '89abcdef0123456789abcdef0123456789abcdef';

export const exampleJob: PipelineJob = {
  issuer: developmentIssuer,
  instance: 'https://gitlab.com',
  projectPath: 'example/tools/widget',
  projectId: '20000001',
  namespaceId: '7000001',
  ref: 'main',
  refType: 'branch',
  sha,
  pipelineSource: 'push',
  runnerEnvironment: 'gitlab-hosted',
  ciConfigRefUri: null,
  configuration: '.gitlab-ci.yml',
  ciConfigSha: sha,
  jobId: '9000000001',
  visibility: 'public',
  environment: null,
};

/** A job → what Fulcio's template for `gitlab-pipeline` makes of its token (config/identity/config.yaml). */
export function certifiedJob(job: PipelineJob): CertifiedBuild {
  const project = `${job.instance}/${job.projectPath}`;
  // Whatever isn't a branch is called a tag.
  const ref = `refs/${job.refType === 'branch' ? 'heads' : 'tags'}/${job.ref}`;
  const local = `${project.replace('https://', '')}//${job.configuration}@${ref}`;
  const configuration = `https://${job.ciConfigRefUri ?? local}`;
  const jobUri = `${project}/-/jobs/${job.jobId}`;
  const values: ExtensionValues = {
    1: job.issuer,
    8: job.issuer,
    9: configuration,
    10: job.ciConfigSha,
    11: job.runnerEnvironment,
    12: project,
    13: job.sha,
    14: ref,
    15: job.projectId,
    16: project.split('/').slice(0, -1).join('/'),
    17: job.namespaceId,
    18: configuration,
    19: job.ciConfigSha,
    20: job.pipelineSource,
    21: jobUri,
    22: job.visibility,
    23: job.environment,
    24: `project_path:${job.projectPath}:ref_type:${job.refType}:ref:${job.ref}`,
  };
  return {
    subjectUri: configuration,
    values,
    provenance: (subjects) => ({
      _type: 'https://in-toto.io/Statement/v1',
      subject: subjects.map((subject) => ({ name: subject.name, digest: { ...subject.digest } })),
      predicateType: 'https://slsa.dev/provenance/v1',
      predicate: {
        buildDefinition: {
          buildType: 'https://docs.gitlab.com/ci/pipeline_security/slsa/provenance_v1',
          externalParameters: { source: project, entryPoint: 'release', variables: {} },
          resolvedDependencies: [{ uri: project, digest: { gitCommit: job.sha } }],
        },
        runDetails: {
          builder: { id: 'https://development-build-system.example/runner' },
          metadata: { invocationId: jobUri },
        },
      },
    }),
  };
}
