/** The policy that a build of exampleJob is allowed by. */
import type { OriginPolicy } from '#core/origin/index.ts';
import { exampleJob } from './index.ts';

export const gitlabPolicy: Extract<OriginPolicy, { readonly provider: 'gitlab' }> = {
  provider: 'gitlab',
  issuer: exampleJob.issuer,
  repository: {
    id: exampleJob.projectId,
    ownerId: exampleJob.namespaceId,
    uri: `${exampleJob.instance}/${exampleJob.projectPath}`,
  },
  configuration: exampleJob.configuration,
  refs: { branches: ['main'], tags: ['v*'] },
  pipelineSources: ['push', 'web'],
  runner: 'gitlab-hosted',
  attestations: ['slsa-provenance-v1', 'slsa-provenance-v0.2'],
  visibility: 'public',
  host: null,
};
