/** Accepted changes of the local policy repository: written by one person, signed by others. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policyAcceptanceStatement, policyNamespace } from '#core/approval/index.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import { commitFolder, git, type Committer } from '../git-host/index.ts';
import { runCommand } from '../stack/index.ts';
import type { SeededPolicies } from './seed-policies.ts';

type Policies = Pick<SeededPolicies, 'repository' | 'people'>;

/** Somebody of the seed, who signs what they commit. */
export function committerOf({ people }: Policies, handle: string): Committer {
  const key = people.get(handle);
  if (key === undefined) throw new Error(`the seed has no ${handle}`);
  return { name: handle, email: `${handle}@countersign.example`, key };
}

/** Puts a signature of one of the seed's people beside a commit, as git does. */
export async function coSign(policies: Policies, handle: string, commit: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-co-sign-'));
  try {
    const statement = join(folder, 'statement');
    await writeFile(statement, policyAcceptanceStatement(parseCommitSha(commit)));
    const key = policies.people.get(handle)?.privateKeyFile ?? '';
    await runCommand('ssh-keygen', ['-Y', 'sign', '-q', '-f', key, '-n', policyNamespace, statement]);
    const identity = ['-c', 'user.name=M', '-c', 'user.email=m@countersign.example'];
    const note = ['notes', '--ref=policy-signatures', 'append', '-F', `${statement}.sig`, commit];
    await git(policies.repository, ...identity, ...note);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes a folder the newest commit of main, written by an approver and signed by these policy maintainers → its name. */
export async function commitAccepted(
  policies: Policies,
  folder: string,
  message: string,
  signers: readonly string[] = ['demo-maintainer'],
): Promise<string> {
  const author = committerOf(policies, 'demo-approver');
  const commit = await commitFolder(policies.repository, folder, message, author);
  for (const handle of signers) await coSign(policies, handle, commit);
  return commit;
}
