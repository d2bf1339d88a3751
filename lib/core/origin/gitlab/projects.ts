import type { GitLabOrigin } from '../../generated/index.ts';
import type { NewProjects } from '../provider.ts';
import { configurationOf, configurationPattern, defaultConfiguration } from './policy.ts';

export const projects: NewProjects<GitLabOrigin> = {
  buildFile: defaultConfiguration,
  isBuildFile: (path) => path.length <= 200 && new RegExp(configurationPattern).test(path),
  buildFileOf: configurationOf,
  codeHost: 'gitlab',
  // The issuer of its tokens is the instance itself, and an instance builds what it hosts.
  buildsFrom: ({ repository, issuer }) => repository.startsWith(`${issuer}/`),
  firstOrigin: ({ buildFile, tags, asksHost }) => ({
    configuration: buildFile,
    refs: { tags: [...tags] },
    pipelineSources: ['push', 'web'],
    runner: 'gitlab-hosted',
    // Whoever starts a pipeline by hand may otherwise have its jobs run what they like; a release may start one, with variables.
    ...(asksHost ? { pipelineVariables: 'maintainers' } : {}),
  }),
};
