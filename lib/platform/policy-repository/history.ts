/** The commits between two commits, read in two git calls. */
import { parseCommitSha } from '#core/ids/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import type { Clone } from './clone.ts';
import { PolicyRepositoryError, git } from './git.ts';

export interface CommitRecord {
  readonly commit: CommitSha;
  readonly parents: readonly CommitSha[];
  readonly authorName: string;
  readonly authorEmail: string;
  readonly at: Date;
  readonly subject: string;
  /** The raw commit object, signature included. */
  readonly object: Uint8Array;
}

const commitsMax = 200;
const commitBytesMax = 1024 * 1024;

/** Commits of `head` that `base` lacks, newest first. Throws TREE_UNACCEPTABLE beyond 200: nobody would review that. */
export async function readCommitsBetween(
  clone: Clone,
  base: CommitSha,
  head: CommitSha,
): Promise<readonly CommitRecord[]> {
  const listed = await git([
    '-C',
    clone.directory,
    'rev-list',
    '--topo-order',
    `--max-count=${commitsMax + 1}`,
    head,
    `^${base}`,
  ]);
  const commits = listed
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parseCommitSha(line));
  if (commits.length > commitsMax) {
    const message = `${head} is over ${commitsMax} commits away from ${base}`;
    throw new PolicyRepositoryError('TREE_UNACCEPTABLE', message);
  }
  const objects = await readObjects(clone, commits);
  return commits.map((commit, index) => describe(commit, objects[index] ?? new Uint8Array()));
}

/** `git cat-file --batch`: `<name> commit <size>\n<object>\n` for each, in the order asked. */
async function readObjects(clone: Clone, commits: readonly CommitSha[]): Promise<readonly Uint8Array[]> {
  if (commits.length === 0) return [];
  const asked = commits.map((commit) => `${commit}\n`).join('');
  const answer = await git(['-C', clone.directory, 'cat-file', '--batch'], asked);
  const objects: Uint8Array[] = [];
  let at = 0;
  for (const commit of commits) {
    const end = answer.indexOf(0x0a, at);
    const match = /^([0-9a-f]{40,64}) commit (\d{1,9})$/.exec(answer.subarray(at, end).toString('latin1'));
    const size = Number(match?.[2]);
    if (match?.[1] !== commit || size > commitBytesMax) {
      throw new PolicyRepositoryError('GIT_FAILED', `git cat-file gave something else than commit ${commit}`);
    }
    objects.push(new Uint8Array(answer.subarray(end + 1, end + 1 + size)));
    at = end + 1 + size + 1;
  }
  return objects;
}

const authorLine = /^author (.*) <([^<>\n]*)> (\d{1,12}) [+-]\d{4}$/m;

/** Everything here is claimed by its author; only the signature in the object proves anything. */
function describe(commit: CommitSha, object: Uint8Array): CommitRecord {
  const text = new TextDecoder('utf-8').decode(object);
  const split = text.indexOf('\n\n');
  const headers = split === -1 ? text : text.slice(0, split);
  const author = authorLine.exec(headers);
  const parents = [...headers.matchAll(/^parent ([0-9a-f]{40,64})$/gm)].map((match) =>
    parseCommitSha(match[1]),
  );
  const message = split === -1 ? '' : text.slice(split + 2);
  return {
    commit,
    parents,
    authorName: author?.[1] ?? '',
    authorEmail: author?.[2] ?? '',
    at: new Date(Number(author?.[3] ?? 0) * 1000),
    subject: message.split('\n')[0]?.slice(0, 300) ?? '',
    object,
  };
}
