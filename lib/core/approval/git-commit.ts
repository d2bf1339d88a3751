import { CodedError } from '#core/error/index.ts';
import { createHash } from 'node:crypto';
import { parseCommitSha } from '../ids/index.ts';
import type { CommitSha } from '../ids/index.ts';

export type GitCommitErrorCode = 'TOO_LARGE' | 'HEADER_INVALID' | 'SIGNATURE_AMBIGUOUS';

/** Bytes that aren't a commit object this software reads. */
export class GitCommitError extends CodedError<GitCommitErrorCode> {
  static override readonly errorName = 'GitCommitError';
}

/** Person and time in a commit: claims of its creator, unless a signature covers them. */
export interface GitIdentity {
  readonly email: string;
  readonly at: Date;
}

export interface GitCommit {
  readonly tree: CommitSha;
  readonly parents: readonly CommitSha[];
  readonly author: GitIdentity;
  readonly committer: GitIdentity;
  readonly message: string;
  /** The signature in the commit, armor included, or null where it has none. */
  readonly signature: string | null;
  /** What that signature covers: the object without the signature's header. */
  readonly signedBytes: Uint8Array;
}

const commitBytesMax = 1024 * 1024;
const headersMax = 256;
const parentsMax = 64;
const lineFeed = 0x0a;
const space = 0x20;

interface Header {
  readonly name: string;
  /** The value with continuation lines joined by line feeds, without the space each starts with. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Commit object as git cat-file prints it (without the `commit <size>` prefix) and the hash's name → its parts.
 * Rejects: over 1 MiB, a NUL byte, headers out of order, people without address or date, a second signature. No two
 * readers may parse the same bytes as different commits.
 */
export function parseGitCommit(object: Uint8Array, hash: 'sha1' | 'sha256'): GitCommit {
  if (object.length > commitBytesMax) throw new GitCommitError('TOO_LARGE', 'a commit over 1 MiB');
  if (object.includes(0)) throw new GitCommitError('HEADER_INVALID', 'the commit holds a NUL byte');
  const { headers, end } = readHeaders(object);
  const [tree, ...rest] = headers;
  const parentCount = rest.findIndex((header) => header.name !== 'parent');
  const parents = rest.slice(0, Math.max(parentCount, 0));
  const [author, committer, ...others] = rest.slice(parents.length);
  if (tree?.name !== 'tree' || author?.name !== 'author' || committer?.name !== 'committer') {
    throw new GitCommitError('HEADER_INVALID', 'a commit starts with tree, parents, author and committer');
  }
  if (parents.length > parentsMax) throw new GitCommitError('HEADER_INVALID', `over ${parentsMax} parents`);
  if (others.some((other) => ['tree', 'parent', 'author', 'committer'].includes(other.name))) {
    throw new GitCommitError('HEADER_INVALID', 'the commit repeats one of its first headers');
  }
  const signatures = others.filter((other) => other.name === 'gpgsig' || other.name === 'gpgsig-sha256');
  const [signature, second] = signatures;
  // A repository uses one hash; a commit signed for both could present different contents to different readers.
  const wanted = hash === 'sha1' ? 'gpgsig' : 'gpgsig-sha256';
  if (second !== undefined || (signature !== undefined && signature.name !== wanted)) {
    throw new GitCommitError('SIGNATURE_AMBIGUOUS', `the commit has other signatures than one ${wanted}`);
  }
  return {
    tree: objectName(tree, hash),
    parents: parents.map((parent) => objectName(parent, hash)),
    author: identity(author),
    committer: identity(committer),
    message: new TextDecoder('utf-8').decode(object.subarray(end + 1)),
    signature: signature === undefined ? null : `${signature.value}\n`,
    signedBytes: signature === undefined ? object : without(object, signature),
  };
}

/** `end`: where the blank line after them is. */
function readHeaders(object: Uint8Array): { readonly headers: readonly Header[]; readonly end: number } {
  const headers: Header[] = [];
  const decoder = new TextDecoder('latin1');
  let at = 0;
  while (object[at] !== lineFeed) {
    const start = at;
    do {
      const lineEnd = object.indexOf(lineFeed, at);
      if (lineEnd < 0) throw new GitCommitError('HEADER_INVALID', 'no blank line after the headers');
      at = lineEnd + 1;
    } while (object[at] === space);
    const text = decoder.decode(object.subarray(start, at - 1));
    const match = /^([a-z][a-z0-9-]{0,63}) ([^]*)$/.exec(text);
    const [, name, value] = match ?? [];
    if (name === undefined || value === undefined || headers.length >= headersMax) {
      throw new GitCommitError('HEADER_INVALID', `not a commit header, at byte ${start}`);
    }
    headers.push({ name, value: value.replaceAll('\n ', '\n'), start, end: at });
  }
  return { headers, end: at };
}

/** `name <address> seconds zone`, as git writes it. */
function identity({ name, value }: Header): GitIdentity {
  const match = /^[^<>\n]*<([^<>\n]*)> (\d{1,11}) [+-]\d{4}$/.exec(value);
  if (match === null) throw new GitCommitError('HEADER_INVALID', `${name} has no address or no date`);
  return { email: match[1] ?? '', at: new Date(Number(match[2]) * 1000) };
}

function objectName(header: Header, hash: 'sha1' | 'sha256'): CommitSha {
  if (!new RegExp(hash === 'sha1' ? '^[0-9a-f]{40}$' : '^[0-9a-f]{64}$').test(header.value)) {
    throw new GitCommitError('HEADER_INVALID', `${header.name} is not a ${hash} object name`);
  }
  return parseCommitSha(header.value);
}

function without(object: Uint8Array, header: Header): Uint8Array {
  const rest = new Uint8Array(object.length - (header.end - header.start));
  rest.set(object.subarray(0, header.start));
  rest.set(object.subarray(header.end), header.start);
  return rest;
}

/** Name that Git gives a commit object: the hash over `commit <size>`, NUL, and the object. */
export function gitCommitName(object: Uint8Array, hash: 'sha1' | 'sha256'): CommitSha {
  const name = createHash(hash).update(`commit ${object.length}\0`).update(object).digest('hex');
  return parseCommitSha(name);
}
