/** A seeded policy repository, a database and signers that follow it. For tests. */
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { policyAcceptanceStatement, policyNamespace } from '../../lib/core/approval/index.ts';
import { parseCommitSha } from '../../lib/core/ids/index.ts';
import { seedPolicyRepository, type SeededPolicies } from '../../dev/foundation/index.ts';
import { commitFolder, git, type Committer } from '../../dev/git-host/index.ts';
import { projectDirectory, runCommand } from '../../dev/stack/index.ts';
import { testFolder } from '../../dev/test/index.ts';
import type { Database } from '../database/index.ts';
import { openPolicySource, type PolicySource } from './index.ts';

export const releasePolicy = 'projects/esbuild-demo/policies/release-signing.yaml';

export interface FollowedRepository {
  readonly seeded: SeededPolicies;
  readonly folder: string;
  /** A signer with memory of its own, by its name. */
  open(name: string, url?: string, initialCommit?: string): PolicySource;
  /** Commits a change of the present tree, signed by the committer (the maintainer unless said) → its name. */
  commit(change: (tree: string) => Promise<void>, committer?: Committer): Promise<string>;
  /** Puts a signature of one of the seed's people beside a commit, as git does. */
  coSign(handle: string, commit: string): Promise<void>;
  release(): Promise<void>;
}

/** Changes a file and nothing that decides. */
export const comment = (tree: string): Promise<void> =>
  appendFile(path.join(tree, releasePolicy), '# a remark\n');

export async function followedRepository(database: Database): Promise<FollowedRepository> {
  const work = await testFolder('policy');
  const seeded = await seedPolicyRepository({
    seed: path.join(projectDirectory, 'policies'),
    repositories: work.folder,
    secrets: path.join(work.folder, 'secrets'),
  });
  return {
    seeded,
    folder: work.folder,
    open: (name, url = seeded.repository, initialCommit = seeded.initialCommit) =>
      openPolicySource({
        clone: { directory: path.join(work.folder, `${name}.git`), url, ref: 'refs/heads/main' },
        initialCommit,
        database,
        log: pino({ level: 'silent' }),
        now: () => new Date(),
      }),
    async commit(change, committer = seeded.maintainer) {
      const tree = await mkdtemp(path.join(tmpdir(), 'countersign-policy-'));
      try {
        await runCommand('sh', [
          '-c',
          `git --git-dir '${seeded.repository}' archive main | tar -x -C '${tree}'`,
        ]);
        await change(tree);
        return await commitFolder(seeded.repository, tree, 'A change', committer);
      } finally {
        await rm(tree, { recursive: true, force: true });
      }
    },
    async coSign(handle, commit) {
      const statement = path.join(work.folder, `statement-${handle}-${commit}`);
      await writeFile(statement, policyAcceptanceStatement(parseCommitSha(commit)));
      const key = seeded.people.get(handle)?.privateKeyFile ?? '';
      await runCommand('ssh-keygen', ['-Y', 'sign', '-q', '-f', key, '-n', policyNamespace, statement]);
      const identity = ['-c', 'user.name=M', '-c', 'user.email=m@countersign.example'];
      const note = ['notes', '--ref=policy-signatures', 'append', '-F', `${statement}.sig`, commit];
      await git(seeded.repository, ...identity, ...note);
    },
    release: () => work.release(),
  };
}
