/** A process that reads a policy as the signer or the portal does, for policy.ts. */
import { join } from 'node:path';
import { parseCommitSha } from '#core/ids/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { requiredSignatures } from '#core/policy/plan/index.ts';
import { openPolicyRepository } from '../../lib/platform/policy-repository/index.ts';
import { Snapshots } from '../../signer/policy-source/snapshots.ts';
import type { ReaderTask } from './policy.ts';

const steps = [
  'from nothing',
  'one policy changed',
  'one person changed',
  'a project more',
  'foundation.yaml changed',
];

async function read({ reader, repository, folder, commits }: ReaderTask): Promise<readonly string[]> {
  const load = reader === 'signer' ? signer(repository) : portal(repository, join(folder, 'clone.git'));
  const lines: string[] = [];
  for (const [at, commit] of commits.entries()) {
    const [cpu, began] = [process.cpuUsage(), performance.now()];
    await load(commit);
    const seconds = ((performance.now() - began) / 1000).toFixed(2);
    const { user, system } = process.cpuUsage(cpu);
    lines.push(
      `${reader.padEnd(8)}${(steps[at] ?? '').padEnd(26)}${seconds.padStart(8)} s, of the processor ${((user + system) / 1e6).toFixed(2).padStart(6)} s, now ${mib(process.memoryUsage.rss())} MiB`,
    );
  }
  lines.push(`${reader.padEnd(8)}at most ${mib(process.resourceUsage().maxRSS * 1024)} MiB`);
  return lines;
}

const mib = (bytes: number): number => Math.round(bytes / 1024 ** 2);

/** With how many signatures the change takes, which is part of following it. */
function signer(repository: string): (commit: string) => Promise<void> {
  const snapshots = new Snapshots({ directory: repository, url: repository, ref: 'refs/heads/main' });
  let before: PolicySnapshot | null = null;
  return async (commit) => {
    const snapshot = await snapshots.load(parseCommitSha(commit), before?.commit ?? null, before === null);
    if (before !== null && requiredSignatures(before, snapshot).needed < 1)
      throw new Error('no signature is needed');
    before = snapshot;
  };
}

/** With what it fetches. */
function portal(url: string, cloneDir: string): (commit: string) => Promise<void> {
  const repository = openPolicyRepository({ url, cloneDir });
  return async (commit) => {
    await repository.at(parseCommitSha(commit));
  };
}

// As both programs do (signer/daemon/main.ts, server.ts).
process.env = { ...process.env };
process.once('message', (task) => {
  void read(task as ReaderTask).then((lines) => process.send?.({ lines }, () => process.exit(0)));
});
