import { describe, expect, it } from 'vitest';
import { person } from '../core/approval/approval.fixture.ts';
import { gitCommitName } from '../core/approval/index.ts';
import { parseCommitSha } from '../core/ids/index.ts';
import type { PolicySnapshot } from '../core/policy/index.ts';
import { authorsOf } from './authors.ts';

const [ada, bob, cleo] = [person('ada'), person('bob'), person('cleo')];

/** As much of a snapshot as names people: ada and bob are policy maintainers, cleo is not. */
const snapshot = {
  trustRoot: { value: { policyMaintainers: { members: ['ada', 'bob'], threshold: 1 } } },
  people: new Map(
    [ada, bob, cleo].map((one, index) => [
      one.approver.handle,
      {
        value: {
          githubId: `10${index}`,
          approvalKeys: one.approver.keys.map((publicKey) => ({ publicKey })),
        },
      },
    ]),
  ),
} as unknown as PolicySnapshot;

function commit(email: string, signer: typeof ada | null = null) {
  const head = `tree ${'1'.repeat(40)}\nauthor A <${email}> 1 +0000\ncommitter A <${email}> 1 +0000\n`;
  const body = '\nA change\n';
  const signature =
    signer === null
      ? ''
      : `gpgsig ${signer
          .sign(head + body, 'git')
          .trimEnd()
          .replaceAll('\n', '\n ')}\n`;
  const object = new TextEncoder().encode(`${head}${signature}${body}`);
  return { commit: gitCommitName(object, 'sha1'), object, authorEmail: email };
}
const authors = (proposedBy: readonly string[], ...commits: readonly ReturnType<typeof commit>[]) =>
  [...authorsOf({ proposedBy, commits, snapshot })].sort();

describe('authorsOf', () => {
  it('names whoever proposed it', () => {
    expect(authors(['101'])).toEqual(['bob']);
  });

  it('names people by the numeric id in a commit’s address', () => {
    expect(authors([], commit('100@people.countersign.invalid'))).toEqual(['ada']);
    expect(authors([], commit('101+bob@users.noreply.github.com'))).toEqual(['bob']);
  });

  it('names a maintainer who signed a commit, whatever its address says', () => {
    expect(authors(['102'], commit('someone@example.org', ada), commit('x@example.org', bob))).toEqual([
      'ada',
      'bob',
      'cleo',
    ]);
  });

  it('believes no address that only looks like one of those', () => {
    expect(
      authors([], commit('100@people.countersign.invalid.example.org'), commit('100@example.org')),
    ).toEqual([]);
  });

  it('takes bytes that are no commit for nobody’s', () => {
    const object = new TextEncoder().encode('nonsense');
    expect(authors([], { commit: parseCommitSha('e'.repeat(40)), object, authorEmail: '' })).toEqual([]);
  });
});
