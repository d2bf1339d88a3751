/** Signatures beside commits of the local repository, in git's own notes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isError } from '#core/error/index.ts';
import { parseCommitSha, type CommitSha } from '#core/ids/index.ts';
import { notePaths, notesRef, withSignature } from '../co-signature-notes.ts';
import { GitHostError } from '../error.ts';
import { askGit, git, moveRef } from './git.ts';
import { readFileAt } from './read-file.ts';

const triesMax = 5;
/** The author doesn't matter: what counts is who made the signatures. */
const identity = {
  GIT_AUTHOR_NAME: 'countersign',
  GIT_AUTHOR_EMAIL: '0@people.countersign.invalid',
  GIT_COMMITTER_NAME: 'countersign',
  GIT_COMMITTER_EMAIL: '0@people.countersign.invalid',
};

interface Found {
  readonly notes: CommitSha | null;
  /** Where the note lies, or would. */
  readonly path: string;
  readonly text: string | null;
}

async function find(repository: string, commit: CommitSha): Promise<Found> {
  const { code, output } = await askGit(repository, [
    'rev-parse',
    '--verify',
    '--quiet',
    `${notesRef}^{commit}`,
  ]);
  const notes = code === 0 ? parseCommitSha(output.toString('utf8').trim()) : null;
  for (const path of notes === null ? [] : notePaths(commit)) {
    const bytes = notes === null ? null : await readFileAt(repository, notes, path);
    if (bytes !== null) return { notes, path, text: new TextDecoder('utf-8').decode(bytes) };
  }
  return { notes, path: commit, text: null };
}

export async function readCoSignatures(repository: string, commit: CommitSha): Promise<string | null> {
  return (await find(repository, commit)).text;
}

/** Compare and swap on the notes' ref, repeated if somebody else signed at the same time. */
export async function addCoSignature(
  repository: string,
  commit: CommitSha,
  signature: string,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const { notes, path, text } = await find(repository, commit);
    const next = withSignature(text, signature);
    if (next === null) return;
    try {
      await moveRef(repository, notesRef, await writeNote(repository, notes, path, next), notes);
      return;
    } catch (error) {
      if (!isError(error, GitHostError) || error.code !== 'CONFLICT' || tries >= triesMax) throw error;
      if (notes === null) await clearTheWay(repository);
    }
  }
}

/**
 * No ref can be made where others lie below its name, or where something lies that is no commit. Neither holds anybody's
 * signatures.
 */
async function clearTheWay(repository: string): Promise<void> {
  const format = '--format=delete %(refname) %(objectname)';
  const listed = await git(repository, ['for-each-ref', format, notesRef, `${notesRef}/`]);
  const own = await askGit(repository, ['rev-parse', '--verify', '--quiet', `${notesRef}^{commit}`]);
  const orders = listed
    .split('\n')
    .filter((line) => line !== '' && (own.code !== 0 || !line.startsWith(`delete ${notesRef} `)));
  if (orders.length === 0) return;
  await git(repository, ['update-ref', '--no-deref', '--stdin'], { stdin: `${orders.join('\n')}\n` });
}

async function writeNote(
  repository: string,
  parent: CommitSha | null,
  path: string,
  text: string,
): Promise<CommitSha> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-notes-'));
  const env = { ...identity, GIT_INDEX_FILE: join(folder, 'index') };
  try {
    if (parent !== null) await git(repository, ['read-tree', parent], { env });
    const blob = await git(repository, ['hash-object', '-w', '--stdin'], { stdin: text });
    await git(repository, ['update-index', '-z', '--index-info'], {
      stdin: `100644 ${blob}\t${path}\0`,
      env,
    });
    const tree = await git(repository, ['write-tree'], { env });
    const parents = parent === null ? [] : ['-p', parent];
    const args = ['commit-tree', tree, ...parents, '-m', 'A signature of a policy maintainer'];
    return parseCommitSha(await git(repository, args, { env }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
