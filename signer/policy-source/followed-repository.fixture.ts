/** A seeded policy repository, a database and signers that follow it. For tests. */
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { committerOf, coSign, type SeededPolicies } from '../../dev/foundation/index.ts';
import { commitFolder, type Committer } from '../../dev/git-host/index.ts';
import { runCommand } from '../../dev/stack/index.ts';
import { testFolder } from '../../dev/test/index.ts';
import { testPolicies } from '../../dev/test/seeded-policies.ts';
import type { Database } from '../ground/database/index.ts';
import { openPolicySource, type PolicySource } from './index.ts';

export const releasePolicy = 'projects/esbuild-demo/policies/release-signing.yaml';

export interface FollowedRepository {
  readonly seeded: SeededPolicies;
  readonly folder: string;
  /** A signer with its own files, by name. */
  open(name: string, url?: string, initialCommit?: string): PolicySource;
  /** Sets the signers' clock. */
  setTime(now: Date | null): void;
  /** Commits a change of the present tree, by an approver who is no policy maintainer unless said → its name. */
  commit(change: (tree: string) => Promise<void>, committer?: Committer): Promise<string>;
  /** The same, signed by these policy maintainers. */
  accepted(change: (tree: string) => Promise<void>, ...signers: readonly string[]): Promise<string>;
  /** One of the seed's people, who signs what they commit. */
  by(handle: string): Committer;
  /** Puts a signature of one of the seed's people beside a commit, as git does. */
  coSign(handle: string, commit: string): Promise<void>;
  release(): Promise<void>;
}

/** Changes a file without affecting any decision. */
export const comment = (tree: string): Promise<void> =>
  appendFile(path.join(tree, releasePolicy), '# a remark\n');

export async function followedRepository(database: Database): Promise<FollowedRepository> {
  const work = await testFolder('policy');
  const seeded = await testPolicies(work.folder);
  let time: Date | null = null;
  const followed: FollowedRepository = {
    seeded,
    folder: work.folder,
    open: (name, url = seeded.repository, initialCommit = seeded.initialCommit) =>
      openPolicySource({
        clone: { directory: path.join(work.folder, `${name}.git`), url, ref: 'refs/heads/main' },
        initialCommit,
        database,
        signer: name,
        log: pino({ level: 'silent' }),
        now: () => time ?? new Date(),
      }),
    setTime(now) {
      time = now;
    },
    by: (handle) => committerOf(seeded, handle),
    async commit(change, committer = committerOf(seeded, 'demo-approver')) {
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
    async accepted(change, ...signers) {
      const commit = await followed.commit(change);
      for (const handle of signers) await coSign(seeded, handle, commit);
      return commit;
    },
    coSign: (handle, commit) => coSign(seeded, handle, commit),
    release: () => work.release(),
  };
  return followed;
}
