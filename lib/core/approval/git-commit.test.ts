import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GitCommitError, gitCommitName, parseGitCommit } from './index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const tree = `tree ${'1'.repeat(40)}\n`;
const parent = `parent ${'2'.repeat(40)}\n`;
const people = 'author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n';
const signature = 'gpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----\n';
const message = '\nThe message\ngpgsig not a header\n';

describe('parseGitCommit', () => {
  it('separates the signature from what it is over', () => {
    const commit = parseGitCommit(bytes(tree + parent + people + signature + message), 'sha1');
    expect(commit.signature).toBe('-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n');
    expect(new TextDecoder().decode(commit.signedBytes)).toBe(tree + parent + people + message);
    expect(commit.parents).toEqual(['2'.repeat(40)]);
  });

  it('reads a root commit, a merge and a commit without signature', () => {
    expect(parseGitCommit(bytes(tree + people + message), 'sha1')).toMatchObject({
      parents: [],
      signature: null,
    });
    expect(parseGitCommit(bytes(tree + parent + parent + people + message), 'sha1').parents).toHaveLength(2);
  });

  it('reads who wrote it, who committed it, when, and what they said', () => {
    const names = 'author A <a@b> 1 +0000\ncommitter B B <b@c> 1795000000 -0730\n';
    expect(parseGitCommit(bytes(tree + names + signature + message), 'sha1')).toMatchObject({
      author: { email: 'a@b', at: new Date(1000) },
      committer: { email: 'b@c', at: new Date(1_795_000_000_000) },
      message: 'The message\ngpgsig not a header\n',
    });
  });

  const refusals: readonly [string, string][] = [
    ['nothing', ''],
    ['a commit without blank line', tree + people],
    ['headers in another order', people + tree + message],
    ['a second tree', tree + people + tree + message],
    ['a second author', tree + people + people + message],
    ['a parent after the author', tree + people + parent + message],
    ['an author without a date', tree + people.replace('<a@b> 1 +0000', '<a@b>') + message],
    ['a committer without an address', `${tree}author A <a@b> 1 +0000\ncommitter A 1 +0000\n${message}`],
    ['a date before 1970', tree + people.replace(' 1 +', ' -1 +') + message],
    ['two addresses', tree + people.replace('<a@b>', '<a@b> <c@d>') + message],
    ['a second signature', tree + people + signature + signature + message],
    ['a signature for another hash', tree + people + signature.replace('gpgsig', 'gpgsig-sha256') + message],
    ['a short object name', tree.replace('1', '') + people + message],
    ['a continuation line at the start', ` x\n${tree}${people}${message}`],
    ['a header without value', `${tree}${people}header\n${message}`],
    ['a NUL byte', `${tree}${people}\nmes\0sage\n`],
    ['too many headers', `${tree}${people}${'x y\n'.repeat(300)}${message}`],
    ['too many parents', `${tree}${parent.repeat(65)}${people}${message}`],
    ['too many bytes', `${tree}${people}\n${'x'.repeat(1024 * 1024)}`],
  ];
  it.each(refusals)('refuses %s', (_what, text) => {
    expect(() => parseGitCommit(bytes(text), 'sha1')).toThrow(GitCommitError);
  });

  it('throws only its own error, whatever the bytes', () => {
    const line = fc.constantFrom(tree, parent, people, signature, message, '\n', ' x\n', 'gpgsig', '\0');
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string()), { maxLength: 12 }), (parts) => {
        try {
          parseGitCommit(bytes(parts.join('')), 'sha1');
        } catch (error) {
          expect(error).toBeInstanceOf(GitCommitError);
        }
      }),
    );
  });
});

describe('gitCommitName', () => {
  it('differs for every changed byte', () => {
    const object = bytes(tree + people + message);
    expect(gitCommitName(object, 'sha1')).toHaveLength(40);
    expect(gitCommitName(object, 'sha256')).toHaveLength(64);
    expect(gitCommitName(object.subarray(1), 'sha1')).not.toBe(gitCommitName(object, 'sha1'));
  });
});
