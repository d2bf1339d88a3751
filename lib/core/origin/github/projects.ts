import type { GitHubOrigin } from '../../generated/index.ts';
import type { NewProjects } from '../provider.ts';

export const projects: NewProjects<GitHubOrigin> = {
  buildFile: '.github/workflows/release.yml',
  isBuildFile: (path) => /^\.github\/workflows\/[A-Za-z0-9._-]{1,100}\.ya?ml$/.test(path),
  codeHost: 'github',
  // Its issuer is no code host, and an enterprise's has another name than the host.
  buildsFrom: () => null,
  buildFileOf: ({ workflow }) => workflow,
  firstOrigin: ({ buildFile, tags }) => ({
    workflow: buildFile,
    refs: { tags: [...tags] },
    triggers: ['push', 'release', 'workflow_dispatch'],
    runner: 'github-hosted',
  }),
};
