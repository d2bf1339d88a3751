/** A project of the demo on GitLab: built by its pipelines, and GitLab itself is asked about them. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Foundation, FoundationOptions } from '../foundation/index.ts';
import { git } from '../git-host/index.ts';
import { projectDirectory, type Stack } from '../stack/index.ts';

/** Its slug. */
export const gitLabProject = 'esbuild-gitlab';

/** A foundation whose trust root lists GitLab as a build system, where the stack has one. */
export function withGitLab(
  { gitLab }: { readonly gitLab: Pick<Stack['codeHost'], 'url'> | null },
  { codeHosts = [], adapt = () => Promise.resolve(), ...options }: FoundationOptions = {},
): FoundationOptions {
  if (gitLab === null) return { codeHosts, adapt, ...options };
  const api = `${gitLab.url}/api/v4`;
  return {
    ...options,
    codeHosts: [...codeHosts, { api, token: 'glpat-maintainer' }],
    adapt: async (seed) => {
      const root = join(seed, 'trust/root.yaml');
      const lines = [
        '  - name: gitlab-com',
        '    displayName: GitLab CI/CD',
        '    provider: gitlab',
        '    issuer: https://gitlab.com',
        '    # Stands in for Sigstore on a machine without internet, as below.',
        '    trustRoot: development',
        `    hostApi: ${api}`,
      ];
      const text = await readFile(root, 'utf8');
      await writeFile(root, text.replace('buildSystems:\n', `buildSystems:\n${lines.join('\n')}\n`));
      await adapt(seed);
    },
  };
}

/** The seed of the policies with the project on GitLab in it, in a folder of the demo's own. */
export async function seedWithGitLab(demo: string): Promise<string> {
  const seed = join(demo, 'seed');
  await rm(seed, { recursive: true, force: true });
  await mkdir(demo, { recursive: true });
  await cp(join(projectDirectory, 'policies'), seed, { recursive: true });
  await cp(join(projectDirectory, 'dev/demo/on-gitlab'), seed, { recursive: true });
  return seed;
}

/** A foundation that was made before there was such a project goes on without. */
export async function hasGitLabProject({ policies }: Pick<Foundation, 'policies'>): Promise<boolean> {
  const listed = await git(
    policies.repository,
    'ls-tree',
    '--name-only',
    'refs/heads/main',
    `projects/${gitLabProject}/project.yaml`,
  );
  return listed !== '';
}
