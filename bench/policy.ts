/**
 * `npm run bench:policy`: 10,000 projects in a Git repository of its own; each way of reading them next to what
 * `git diff` and the bare `yaml` package take for the very same files, in one run.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { plan } from '../cli/policy/plan.ts';
import { readRevision } from '../cli/policy/read-revision.ts';
import type { Revision } from '../cli/policy/read-revision.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import { formatDiagnostic, loadSnapshot } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { planChange, requiredSignatures } from '#core/policy/plan/index.ts';
import { policyFiles, pastRequests, releasePolicyOf } from './policy-repository.ts';

const projects = Number(process.env['BENCH_PROJECTS'] ?? '10000');
const requests = 10_000;
const mebibyte = 1024 * 1024;

const folder = mkdtempSync(path.join(os.tmpdir(), 'countersign-bench-'));
try {
  await bench(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function bench(repository: string): Promise<void> {
  const files = policyFiles(projects);
  const bytes = [...files.values()].reduce((sum, file) => sum + file.length, 0);
  console.log(
    `${projects} projects, ${files.size} files, ${(bytes / mebibyte).toFixed(1)} MiB; one process, one core\n`,
  );
  const [base, head] = commits(repository, files);

  const gitDiff = await timed(() => git(repository, ['diff', '--stat', base, head]));
  const rawParse = await timed(() => [...files.values()].forEach((text) => parse(text) as unknown));
  const yardstick = gitDiff.milliseconds + rawParse.milliseconds;
  row('git diff of the two commits', gitDiff);
  row('raw parsing with yaml', rawParse);
  console.log(`the two together are the yardstick: ${seconds(yardstick)}\n`);

  const validation = await timed(async () => {
    const revision = await readRevision(repository, base);
    return { revision, snapshot: snapshotOf(revision, null) };
  });
  const { revision, snapshot } = validation.value;
  row('full validation, out of Git', validation, { limit: 10_000, yardstick });

  const followed = await timed(async () => {
    const next = await readRevision(repository, head, revision);
    const followed = snapshotOf(next, snapshot);
    // As the signer does: how many signatures it takes is part of following.
    if (requiredSignatures(snapshot, followed).effect !== 'loosens') throw new Error('the change was missed');
    return followed;
  });
  row('following a one-file commit, signatures counted', followed, { limit: 1000, yardstick });

  const past = pastRequests(requests, projects);
  const planned = await timed(() => planChange(snapshot, followed.value, past));
  row(`plan with a replay of ${requests} requests`, planned, { limit: 5000, yardstick });
  const { changes, replay } = planned.value;
  if (changes.length === 0 || replay?.changed.length === 0) throw new Error('the plan missed the change');

  const cold = await timed(() => plan({ repository, base, head, requests: null, format: 'json' }));
  row('countersign plan from nothing, no replay', cold, { yardstick });
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    `\npeak memory of the whole run: ${peak.toFixed(0)} MiB ${peak < 1024 ? '(under 1 GiB)' : '(OVER 1 GiB)'}`,
  );
}

function commits(repository: string, files: ReadonlyMap<string, string>): readonly [string, string] {
  git(repository, ['init', '--quiet', '--bare']);
  const stream = [...files].map(([file, text]) => `M 100644 inline ${file}\n${data(text)}`);
  const changed = releasePolicyOf(0);
  const edited = files.get(changed)?.replace("tags: ['v*']", "tags: ['w*']") ?? '';
  const import_ = [
    commitHeader('base'),
    ...stream,
    '',
    commitHeader('head'),
    `M 100644 inline ${changed}\n${data(edited)}`,
    '',
  ];
  git(repository, ['fast-import', '--quiet'], import_.join('\n'));
  const name = (revision: string): string => git(repository, ['rev-parse', revision]).trim();
  return [parseCommitSha(name('main~1')), parseCommitSha(name('main'))];
}

function commitHeader(message: string): string {
  return `commit refs/heads/main\ncommitter Bench <bench@example.org> 1700000000 +0000\n${data(message)}`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`;
}

function git(repository: string, args: readonly string[], input = ''): string {
  return execFileSync('git', ['-C', repository, ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 256 * mebibyte,
  });
}

function snapshotOf(revision: Revision, previous: PolicySnapshot | null): PolicySnapshot {
  const loaded = loadSnapshot(revision.files, revision.commit, previous);
  if (loaded.ok) return loaded.snapshot;
  throw new Error(loaded.diagnostics.map(formatDiagnostic).join('\n'));
}

interface Cost {
  readonly milliseconds: number;
  /** Of this process alone: on a busy machine it says more than the clock. */
  readonly cpuMilliseconds: number;
}

interface Timed<T> extends Cost {
  readonly value: T;
}

async function timed<T>(work: () => T | Promise<T>): Promise<Timed<T>> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const value = await work();
  const milliseconds = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return { value, milliseconds, cpuMilliseconds: (user + system) / 1000 };
}

function row(what: string, cost: Cost, against?: { limit?: number; yardstick: number }): void {
  const time = `${seconds(cost.milliseconds)} (processor ${seconds(cost.cpuMilliseconds)})`;
  const ratio =
    against === undefined ? '' : `${(cost.milliseconds / against.yardstick).toFixed(2)} × the yardstick`;
  const limit = against?.limit;
  const goal =
    limit === undefined
      ? ''
      : `goal ${limit / 1000} s: ${cost.milliseconds < limit ? 'met' : cost.cpuMilliseconds < limit ? 'met in processor time only' : 'MISSED'}`;
  console.log(`${what.padEnd(42)} ${time.padStart(29)}  ${ratio.padEnd(22)} ${goal}`.trimEnd());
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
