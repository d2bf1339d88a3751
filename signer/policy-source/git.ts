/**
 * The policy repository through the git program: fetched into a bare clone of the signer's own, read by
 * object name. Nothing is ever checked out, no hook or configuration of the remote or the user is run.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { GitTreeError, parseBlobs, parseTreeListing, type TreeEntry } from '../../lib/core/git-tree/index.ts';
import { parseCommitSha, type CommitSha } from '../../lib/core/ids/index.ts';
import { fileSizeBytesMax, snapshotFilesMax, snapshotSizeBytesMax } from '../../lib/core/policy/index.ts';

const run = promisify(execFile);

export class GitError extends Error {
  readonly code: 'GIT_FAILED' | 'GIT_TREE_REFUSED';
  constructor(code: GitError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'GitError';
    this.code = code;
  }
}

// Only what git needs, so nothing of the daemon's own environment reaches it.
const environment: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ALLOW_PROTOCOL: 'file:http:https:ssh',
};
// fsck at the door: malformed objects are turned away before anything reads them.
const hardening = ['-c', 'fetch.fsckObjects=true', '-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0'];

const fetchedRef = 'refs/countersign/head';
const notesRef = 'refs/notes/policy-signatures';

const limits = {
  filesMax: snapshotFilesMax,
  fileSizeBytesMax,
  totalSizeBytesMax: snapshotSizeBytesMax,
};

export interface PolicyClone {
  readonly directory: string;
  readonly url: string;
  readonly ref: string;
}

/** Text without user names and passwords in addresses: what fails is told in logs, the journal and on public pages. */
export function withoutCredentials(text: string): string {
  return text.replaceAll(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1');
}

async function git(clone: PolicyClone, args: readonly string[], timeoutSeconds = 60): Promise<Buffer> {
  try {
    const { stdout } = await run('git', ['--git-dir', clone.directory, ...hardening, ...args], {
      env: environment as NodeJS.ProcessEnv,
      encoding: 'buffer',
      maxBuffer: 64 * 1024 * 1024,
      timeout: timeoutSeconds * 1000,
      killSignal: 'SIGKILL',
    });
    return stdout;
  } catch (error) {
    const said = (error as { stderr?: Buffer }).stderr?.toString('utf8').trim().slice(0, 500) ?? '';
    const reason = withoutCredentials(said || (error as Error).message);
    // Of what execFile throws only the exit code is kept: the rest repeats the command with the whole address.
    const { code } = error as { code?: unknown };
    throw new GitError('GIT_FAILED', `git ${args[0] ?? ''} failed: ${reason}`, { code });
  }
}

/** Brings the clone up to date and says where the remote's branch now points. */
export async function fetchHead(clone: PolicyClone): Promise<CommitSha> {
  if (!(await isDirectory(path.join(clone.directory, 'objects')))) {
    await mkdir(clone.directory, { recursive: true });
    await git(clone, ['init', '--quiet', '--bare']);
  }
  // Forced on our side only: what a rewound branch points at is looked at, and refused, by whoever accepts.
  await git(clone, [
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    clone.url,
    `+${clone.ref}:${fetchedRef}`,
  ]);
  await git(clone, [
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    clone.url,
    `+${notesRef}*:${notesRef}*`,
  ]);
  return parseCommitSha(
    (await git(clone, ['rev-parse', '--verify', `${fetchedRef}^{commit}`])).toString('utf8').trim(),
  );
}

/** Whether `ancestor` is `descendant` or one of its ancestors. */
export async function isAncestor(
  clone: PolicyClone,
  ancestor: CommitSha,
  descendant: CommitSha,
): Promise<boolean> {
  try {
    await git(clone, ['merge-base', '--is-ancestor', ancestor, descendant]);
    return true;
  } catch (error) {
    const cause = (error as GitError).cause as { code?: unknown } | undefined;
    // 1 is git's "no"; anything else (128 where the object is unknown) is a failure.
    if (cause?.code === 1) return false;
    throw error;
  }
}

/**
 * Whether the whole history of `head` can be read and `commit` isn't in it, also where the clone has no such commit.
 * Throws GitError where part of the history is missing: that says nothing.
 */
export async function hasHistoryWithout(
  clone: PolicyClone,
  commit: CommitSha,
  head: CommitSha,
): Promise<boolean> {
  if (await hasCommit(clone, commit)) return !(await isAncestor(clone, commit, head));
  // git walks every commit here and fails at the first that it can't read; `commit` would be such a one.
  await git(clone, ['rev-list', '--count', head]);
  return true;
}

export async function hasCommit(clone: PolicyClone, commit: CommitSha): Promise<boolean> {
  return git(clone, ['cat-file', '-e', `${commit}^{commit}`]).then(
    () => true,
    () => false,
  );
}

/** The raw commit object: headers, `gpgsig` included, blank line, message. */
export async function readCommitObject(clone: PolicyClone, commit: CommitSha): Promise<Buffer> {
  return git(clone, ['cat-file', 'commit', commit]);
}

/** The note that holds further signatures over a commit, or null. */
export async function readSignatureNote(clone: PolicyClone, commit: CommitSha): Promise<string | null> {
  try {
    return (await git(clone, ['notes', `--ref=${notesRef}`, 'show', commit])).toString('utf8');
  } catch (error) {
    if (/no note found/i.test((error as Error).message)) return null;
    throw error;
  }
}

/** All files of a commit by path. Refuses links, submodules, too many and too large files. */
export async function readTree(clone: PolicyClone, commit: CommitSha): Promise<Map<string, Uint8Array>> {
  const listing = await git(clone, ['ls-tree', '-r', '-z', '--long', '--full-tree', commit]);
  try {
    const entries = parseTreeListing(listing, limits);
    return parseBlobs(await readBlobs(clone, entries), entries);
  } catch (error) {
    if (!(error instanceof GitTreeError)) throw error;
    // What git's own answers lack is the clone's fault; everything else is the commit's.
    const code = error.code === 'BLOBS_MALFORMED' ? 'GIT_FAILED' : 'GIT_TREE_REFUSED';
    throw new GitError(code, error.message, error);
  }
}

/** One `git cat-file --batch` for all blobs: `<object> blob <size>\n<contents>\n` each, in the order asked. */
async function readBlobs(clone: PolicyClone, blobs: readonly TreeEntry[]): Promise<Uint8Array> {
  const child = spawn('git', ['--git-dir', clone.directory, ...hardening, 'cat-file', '--batch'], {
    env: environment as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdin.on('error', () => undefined); // a dead child shows in its exit code
  child.stdin.end(blobs.map((one) => `${one.object}\n`).join(''));
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    received += chunk.length;
    if (received > snapshotSizeBytesMax * 2) {
      child.kill('SIGKILL');
      throw new GitError('GIT_FAILED', 'git cat-file answered more than it was asked for');
    }
    chunks.push(chunk);
  }
  const code = await ended;
  if (code !== 0) throw new GitError('GIT_FAILED', `git cat-file ended with ${String(code)}`);
  return Buffer.concat(chunks);
}

async function isDirectory(file: string): Promise<boolean> {
  return stat(file).then(
    (one) => one.isDirectory(),
    () => false,
  );
}
