/** A policy of the demo by which the signer asks the code host about releases, so that their traces show what it answered. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Foundation, FoundationOptions } from '../foundation/index.ts';
import { git } from '../git-host/index.ts';
import { StackError, type Stack } from '../stack/index.ts';
import { askingPolicy, demoPolicy, demoProject } from './scenario.ts';

const folder = `projects/${demoProject}/policies`;
const file = `${folder}/${askingPolicy}.yaml`;

/** For a stack whose code host knows the demo's builds. `adapt`: what else is changed in the seed of the policies. */
export function askingTheHost(
  { codeHost }: { readonly codeHost: Pick<Stack['codeHost'], 'url'> },
  adapt: NonNullable<FoundationOptions['adapt']> = () => Promise.resolve(),
): FoundationOptions {
  return {
    codeHosts: [{ api: codeHost.url, token: 'dev-signer' }],
    adapt: async (seed) => {
      const root = join(seed, 'trust/root.yaml');
      await writeFile(
        root,
        // Its first line: others of the seed say the same of another build system.
        await withLines(root, '  - name: development', [`    hostApi: ${codeHost.url}`]),
      );
      const asking = await withLines(join(seed, folder, `${demoPolicy}.yaml`), '  runner: github-hosted', [
        '  requireRunSuccess: true',
        '  actions: pinned',
        '  caches: refused',
      ]);
      const why =
        '# As release-signing; and what no certificate says, the signer asks the code host itself.\n';
      await writeFile(join(seed, file), `${why}${asking}`);
      await adapt(seed);
    },
  };
}

/** A foundation that was made before there was such a policy goes on without. */
export async function hasAskingPolicy({ policies }: Pick<Foundation, 'policies'>): Promise<boolean> {
  return (await git(policies.repository, 'ls-tree', '--name-only', 'refs/heads/main', file)) !== '';
}

async function withLines(path: string, after: string, added: readonly string[]): Promise<string> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  const at = lines.indexOf(after);
  if (at < 0) throw new StackError('BAD_STATE', `${path} of the seed has no line ${after.trim()}`);
  return lines.toSpliced(at + 1, 0, ...added).join('\n');
}
