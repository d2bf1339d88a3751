/**
 * A policy repository of so many projects: read from nothing and followed by a commit that changes one of them, as the signer and as the portal
 * do it, each in a process of its own whose memory is told.
 */
import { execFileSync, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policyFiles, releasePolicyOf } from '../policy-repository.ts';

export interface ReaderTask {
  readonly reader: 'signer' | 'portal';
  readonly repository: string;
  readonly folder: string;
  readonly commits: readonly string[];
}

export interface ReaderResult {
  readonly lines: readonly string[];
}

export async function policy(sizes: readonly number[]): Promise<void> {
  for (const projects of sizes) {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-scale-policy-'));
    try {
      const repository = join(folder, 'policies.git');
      const commits = fill(repository, folder, projects);
      for (const reader of ['signer', 'portal'] as const)
        for (const line of await inProcess({ reader, repository, folder, commits })) console.log(line);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** The first, then one that changes a project's policy, a person's name, a project that is new, and foundation.yaml. */
function fill(repository: string, folder: string, projects: number): readonly string[] {
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', repository]);
  const files = policyFiles(projects);
  const bytes = [...files.values()].reduce((sum, text) => sum + text.length, 0);
  console.log(
    `policy of ${projects} projects: ${files.size} files, ${(bytes / 1024 ** 2).toFixed(0)} MiB; load averages and memory are of the reader alone`,
  );
  const one = releasePolicyOf(7);
  const person = 'people/person-0003.yaml';
  const edited = (path: string, from: string, to: string): readonly [string, string] => [
    path,
    (files.get(path) ?? '').replace(from, to),
  ];
  const another = [...files].filter(([path]) => path.startsWith('projects/project-00009/'));
  const changes: readonly (readonly (readonly [string, string])[])[] = [
    [...files],
    [edited(one, 'branches: [main]', 'branches: [main, next]')],
    [edited(person, 'name: Person', 'name: A person')],
    another.map(([path, text]) => [path.replace('project-00009', 'another-one'), text] as const),
    [edited('foundation.yaml', 'name: Benchmark', 'name: Another')],
  ];
  return commits(repository, folder, changes);
}

/** By way of an index: fast-import looks for each path in a list of all projects. */
function commits(
  repository: string,
  folder: string,
  changes: readonly (readonly (readonly [path: string, text: string])[])[],
): readonly string[] {
  const env = {
    ...process.env,
    GIT_INDEX_FILE: join(folder, 'index'),
    GIT_AUTHOR_NAME: 'Bench',
    GIT_AUTHOR_EMAIL: 'bench@countersign.example',
    GIT_COMMITTER_NAME: 'Bench',
    GIT_COMMITTER_EMAIL: 'bench@countersign.example',
  };
  const git = (args: readonly string[], input = ''): string =>
    execFileSync('git', ['-C', repository, ...args], {
      input,
      env,
      encoding: 'utf8',
      maxBuffer: 1024 ** 3,
    }).trim();
  const made: string[] = [];
  for (const change of changes) {
    const marks = join(folder, 'marks');
    const blobs = change.map(
      ([, text], at) => `blob\nmark :${at + 1}\ndata ${Buffer.byteLength(text)}\n${text}\n`,
    );
    git(['fast-import', '--quiet', `--export-marks=${marks}`], blobs.join(''));
    const ids = new Map(
      readFileSync(marks, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(' ') as [string, string]),
    );
    const lines = change.map(([path], at) => `100644 ${ids.get(`:${at + 1}`) ?? ''}\t${path}\n`);
    git(['update-index', '--add', '--index-info'], lines.join(''));
    const parent = made.at(-1);
    const parents = parent === undefined ? [] : ['-p', parent];
    made.push(git(['commit-tree', '-m', 'x', ...parents, git(['write-tree'])]));
    git(['update-ref', 'refs/heads/main', made.at(-1) ?? '']);
  }
  git(['repack', '-a', '-d', '-q', '--window=0']);
  return made;
}

async function inProcess(task: ReaderTask): Promise<readonly string[]> {
  const child = fork(join(import.meta.dirname, 'read-policy.ts'));
  child.send(task);
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve((message as ReaderResult).lines));
    child.once('exit', (code) => reject(new Error(`the reader ended with ${code}`)));
  });
}
