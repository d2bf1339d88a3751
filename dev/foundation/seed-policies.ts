/** The policy repository of the local foundation: the seed, with the public halves of keys made on this machine. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { withApprovalKeys } from '#core/policy/index.ts';
import {
  commitFolder,
  git,
  keepRepository,
  keepSshKey,
  type Committer,
  type SshKey,
} from '../git-host/index.ts';

export interface SeededPolicies {
  readonly repository: string;
  /** The commit to pin in the signer's configuration: the oldest one of the repository. */
  readonly initialCommit: string;
  /** SSH keys of the demo's people by handle. */
  readonly people: ReadonlyMap<string, SshKey>;
  /** The policy maintainer, to sign further commits with. */
  readonly maintainer: Committer;
}

export interface SeedInput {
  /** Folder of the seed, for example policies/. */
  readonly seed: string;
  /** Folder of bare repositories. */
  readonly repositories: string;
  /** Folder for the people's private keys, mode 0700. */
  readonly secrets: string;
  /** Changes to the seed's working copy before it is committed. */
  readonly adapt?: (folder: string) => Promise<void>;
}

const repositoryName = 'policies.git';
const maintainerHandle = 'demo-maintainer';

/**
 * Makes the repository from the seed, or keeps the one that exists: what was changed in it since is the policy,
 * not the seed.
 */
export async function seedPolicyRepository(input: SeedInput): Promise<SeededPolicies> {
  await mkdir(input.secrets, { recursive: true, mode: 0o700 });
  const people = new Map<string, SshKey>();
  for (const file of (await readdir(join(input.seed, 'people'))).sort()) {
    const handle = basename(file, '.yaml');
    people.set(handle, await keepSshKey(join(input.secrets, `ssh-${handle}`), handle));
  }
  const maintainer: Committer = {
    name: 'Policy maintainer (demo)',
    email: 'maintainer@countersign.example',
    ...maintainerKey(people),
  };
  const fresh = !existsSync(join(input.repositories, repositoryName, 'HEAD'));
  const repository = await keepRepository(input.repositories, repositoryName);
  if (fresh || (await git(repository, 'for-each-ref', 'refs/heads/main')) === '') {
    const work = await mkdtemp(join(tmpdir(), 'countersign-seed-'));
    try {
      await cp(input.seed, work, { recursive: true });
      for (const [handle, key] of people) {
        const file = join(work, 'people', `${handle}.yaml`);
        await writeFile(file, withApprovalKeys(new Uint8Array(await readFile(file)), [key.publicKey]));
      }
      await input.adapt?.(work);
      await commitFolder(repository, work, 'Policies of the demo foundation', maintainer);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  const [initialCommit = ''] = (
    await git(repository, 'rev-list', '--max-parents=0', 'refs/heads/main')
  ).split('\n');
  return { repository, initialCommit, people, maintainer };
}

function maintainerKey(people: ReadonlyMap<string, SshKey>): Pick<Committer, 'key'> {
  const key = people.get(maintainerHandle);
  return key === undefined ? {} : { key };
}
