/** What the inspector reports of a list that it wrote anew is held against what was to be changed, and against the released files. */
import { describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import { governingAs } from '../checks/proofs.fixture.ts';
import { versionOf } from '../file-version/versions.fixture.ts';
import { followedProblem, type FollowedFile } from './follow-list.ts';
import { verifySigned, type SignedFile } from './index.ts';

const digest = (letter: string) => parseSha256Hex(letter.repeat(64));
const base64 = (letter: string): string => Buffer.from(digest(letter), 'hex').toString('base64');
const before = versionOf({ path: ['app.exe'], sha256: digest('a'), sizeBytes: 10, before: null });
const first = versionOf({ path: ['app.exe'], sha256: digest('b'), sizeBytes: 15, before, cause: 'signed' });
const after = versionOf({
  path: ['app.exe'],
  sha256: digest('c'),
  sizeBytes: 20,
  before: first,
  cause: 'signed',
});
const field = { line: 1, label: 'SHA-256', of: ['app.exe'], start: 0, end: 64 };
const change = {
  line: 1,
  label: 'SHA-256',
  of: ['app.exe'],
  from: digest('a') as string,
  to: digest('c') as string,
};

const list = (changes: FollowedFile['changes'], of = after): FollowedFile => ({
  target: {
    path: ['SUMS'],
    file: '',
    format: 'checksums',
    sha256: digest('e'),
    sizeBytes: 1,
    fields: [field],
  },
  version: versionOf({ path: ['SUMS'], sha256: digest('f'), replaced: [of] }),
  changes,
  finding: {
    rule: '',
    outcome: 'pass',
    message: '',
    expected: null,
    found: null,
    fix: null,
    policy: null,
    path: [],
  },
});

describe('a list that was written anew', () => {
  it('has the values of the released file, as far as the daemon knows them', () => {
    for (const [from, to] of [
      [digest('a'), digest('c')],
      [digest('a').toUpperCase(), digest('c').toUpperCase()],
      [base64('a'), base64('c')],
      ['10', '20'],
      ['a digest by another function', 'another one'],
    ] as const)
      expect(followedProblem(list([{ ...change, from, to }]))).toBeNull();
  });

  it.each([
    ['without its change', []],
    ['with a change too many', [change, { ...change, line: 2 }]],
    ['in another line', [{ ...change, line: 2 }]],
    ['in another field', [{ ...change, label: 'size' }]],
    ['for another file', [{ ...change, of: ['other.exe'] }]],
    ['with the digest of another file', [{ ...change, to: digest('d') }]],
    ['with the digest of the file before its last signature', [{ ...change, to: digest('b') }]],
    ['in other letters', [{ ...change, to: digest('c').toUpperCase() }]],
    ['with another size', [{ ...change, from: '10', to: '15' }]],
    ['with another digest in Base64', [{ ...change, from: base64('a'), to: base64('b') }]],
  ])('%s is withheld', (_, changes) => {
    expect(followedProblem(list(changes))).not.toBeNull();
  });

  const verify = (followed: FollowedFile) => {
    const signed = [
      { target: { path: ['app.exe'] }, version: after, signatures: [] },
    ] as unknown as SignedFile[];
    return verifySigned({ signed, followed: [followed], governing: governingAs({}), timestampRoots: [] });
  };

  it('is verified before release, against what is signed in the end', async () => {
    expect(await verify(list([change]))).toMatchObject({
      ok: true,
      findings: [{ rule: 'verification.followed' }],
    });
    const early = await verify(list([{ ...change, to: digest('b') }], first));
    expect(early.findings).toMatchObject([{ rule: 'verification.followed', outcome: 'fail' }]);
    expect((await verify(list([{ ...change, to: digest('d') }]))).ok).toBe(false);
  });
});
