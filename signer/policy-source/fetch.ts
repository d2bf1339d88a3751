/** Fetches two refs of the policy repository, each by its full name; nothing else there is fetched. */
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseCommitSha, type CommitSha } from '#core/ids/index.ts';
import { GitError } from '../../lib/host/git/index.ts';
import { cloneBounds, exitCodeOf, git, type PolicyClone } from './run-git.ts';
import { formatOf, type RefsHost } from './ls-refs/index.ts';
import { measureClone, removeUnfinished } from './clone-size.ts';

const headRef = 'refs/countersign/head';
/** Signatures beside commits, from the remote's `remoteNotesRef`. */
export const notesRef = 'refs/countersign/policy-signatures';
const remoteNotesRef = 'refs/notes/policy-signatures';

export interface Fetched {
  /** Where the remote's branch points. */
  readonly head: CommitSha;
  /** Why the signatures beside commits could not be fetched; null: they were. */
  readonly notesProblem: string | null;
}

/** What the clone's own refs are known to be, by whoever alone writes to it; null: they are read the next time. */
export interface KnownRefs {
  refs: LocalRefs | null;
}

/**
 * Asks the remote where both refs point, each time; fetches what is not here yet. Rejects (GitError) where the branch can't be asked
 * for or fetched. Anybody may write notes: where they can't be fetched, the previous ones stay, and the branch is followed all the
 * same. `known` is kept between calls: as long as nothing moves, the clone's own refs aren't read again. `host` saves git's question then.
 */
export async function fetchPolicy(
  clone: PolicyClone,
  known: KnownRefs = { refs: null },
  host: RefsHost | null = null,
): Promise<Fetched> {
  const before = known.refs;
  known.refs = null;
  if (!(await hasClone(clone))) {
    await mkdir(clone.directory, { recursive: true });
    await git(clone, ['init', '--quiet', '--bare']);
    return follow(clone, new Map(), known, host);
  }
  return follow(clone, before, known, host);
}

async function follow(
  clone: PolicyClone,
  before: LocalRefs | null,
  known: KnownRefs,
  host: RefsHost | null,
): Promise<Fetched> {
  const here = before ?? (await localRefs(clone));
  const head = here.get(headRef);
  const ours: PointedTo = { branch: head?.object, notes: here.get(notesRef)?.object };
  const there = (await isUnmoved(clone, ours, host)) ? ours : await remoteRefs(clone);
  const isKnown = there.branch !== undefined && there.branch === ours.branch;
  // Forced on our side only: a rewound branch is examined, and refused, when commits are accepted.
  if (!isKnown) await fetchRef(clone, clone.ref, headRef);
  const notesProblem = await fetchNotes(clone, there.notes, ours.notes).then(
    () => null,
    (error: unknown) => {
      if (error instanceof GitError) return error.message;
      throw error;
    },
  );
  const commit =
    isKnown && head?.isCommit === true ? head.object : await resolve(clone, `${headRef}^{commit}`);
  if (commit === null) throw new GitError('GIT_FAILED', `${clone.ref} points at no commit`);
  if (isKnown && there.notes === ours.notes) known.refs = here;
  return { head: parseCommitSha(commit), notesProblem };
}

async function fetchNotes(
  clone: PolicyClone,
  there: string | undefined,
  here: string | undefined,
): Promise<void> {
  if (there === here) return;
  if (there === undefined) await git(clone, ['update-ref', '-d', notesRef]);
  else await fetchRef(clone, remoteNotesRef, notesRef);
}

async function fetchRef(clone: PolicyClone, from: string, to: string): Promise<void> {
  const { fetchBytesMax, cloneBytesMax } = clone.bounds ?? cloneBounds;
  // Left over from a killed git.
  await removeUnfinished(clone);
  const size = await measureClone(clone);
  if (size > cloneBytesMax) throw tooLarge(clone, size, cloneBytesMax);
  const options = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
  // Always one pack, so that one limit applies to everything sent.
  const fetch = ['-c', 'fetch.unpackLimit=1', 'fetch', ...options, '--end-of-options'];
  const bounds = { fileBytesMax: fetchBytesMax };
  try {
    await git(clone, [...fetch, clone.url, `+${from}:${to}`], bounds);
  } catch (error) {
    await removeUnfinished(clone);
    if (error instanceof GitError && error.message.includes('mismatched algorithms'))
      throw new GitError(
        'GIT_FAILED',
        'its objects are named by SHA-256 (git init --object-format=sha256), and the signer follows repositories with SHA-1 names alone: make it anew without that option',
        error.exitCode,
        { cause: error },
      );
    // As the C library says it; git's own locale is fixed.
    if (error instanceof GitError && /no space left on device|disk quota exceeded/i.test(error.message))
      throw new GitError(
        'GIT_FAILED',
        `there is no room left for ${clone.directory} (ENOSPC): give its file system more; the accepted policy stays in force, and the rest is fetched then`,
        error.exitCode,
        { cause: error },
      );
    // What git reports where its pack reached the limit or was interrupted.
    if (error instanceof GitError && error.message.includes('index-pack'))
      throw new GitError(
        'GIT_FAILED',
        `what the Git host sent for ${from} was interrupted, or is more than ${fetchBytesMax} bytes: find out what is stored there`,
        error.exitCode,
        { cause: error },
      );
    throw error;
  }
}

function tooLarge({ directory }: PolicyClone, size: number, max: number): GitError {
  return new GitError(
    'GIT_FAILED',
    `the clone of the policy repository takes ${size} bytes, more than ${max}: find out what the Git host sends; with ${directory} removed it is fetched anew`,
  );
}

/** The objects of both refs, here or there; undefined: there is no such ref. */
interface PointedTo {
  readonly branch: string | undefined;
  readonly notes: string | undefined;
}

/** Whether the host says that both refs are where the clone has them. Anything else that it says is not heard: git asks. */
async function isUnmoved(clone: PolicyClone, ours: PointedTo, host: RefsHost | null): Promise<boolean> {
  if (ours.branch === undefined || host === null) return false;
  const there = await host.refs([clone.ref, remoteNotesRef], formatOf(ours.branch));
  if (there === null) return false;
  return there.get(clone.ref) === ours.branch && there.get(remoteNotesRef) === ours.notes;
}

const objectForm = /^[0-9a-f]{40,64}$/;

/** What the branch and the notes of the remote point to, asked in one exchange. */
async function remoteRefs(clone: PolicyClone): Promise<PointedTo> {
  const wanted = [clone.ref, remoteNotesRef];
  const text = await git(clone, ['ls-remote', '--refs', '--end-of-options', clone.url, ...wanted]);
  const found = new Map<string, string>();
  // A pattern also matches the ends of names: refs/heads/refs/notes/policy-signatures is another ref.
  for (const line of text.toString('utf8').split('\n')) {
    const [object = '', name = ''] = line.split('\t');
    if (wanted.includes(name) && objectForm.test(object)) found.set(name, object);
  }
  return { branch: found.get(clone.ref), notes: found.get(remoteNotesRef) };
}

/** By full name. */
type LocalRefs = ReadonlyMap<string, { readonly object: string; readonly isCommit: boolean }>;

/** The clone's own two refs. Fails where what they point to isn't there. */
async function localRefs(clone: PolicyClone): Promise<LocalRefs> {
  const format = '--format=%(refname) %(objectname) %(objecttype)';
  const text = await git(clone, ['for-each-ref', format, headRef, notesRef]);
  return new Map(
    text
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [name = '', object = '', type = ''] = line.split(' ');
        return [name, { object, isCommit: type === 'commit' }] as const;
      }),
  );
}

async function resolve(clone: PolicyClone, name: string): Promise<CommitSha | null> {
  try {
    const answer = await git(clone, ['rev-parse', '--verify', '--quiet', name]);
    return parseCommitSha(answer.toString('utf8').trim());
  } catch (error) {
    if (exitCodeOf(error) === 1) return null;
    throw error;
  }
}

/** Whether there is a clone: none exists before the first fetch, or after its folder was lost. */
export async function hasClone({ directory }: Pick<PolicyClone, 'directory'>): Promise<boolean> {
  return stat(path.join(directory, 'objects')).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
