import { describe, expect, it } from 'vitest';
import { cpuTimeOf } from '../../../../dev/test/cpu-time.ts';
import { onGitHub } from '../../identity/on-github.fixture.ts';
import { person } from '../../approval/approval.fixture.ts';
import { gitCommitName } from '../../approval/index.ts';
import { parseCommitSha } from '../../ids/index.ts';
import type { PolicySnapshot } from '../index.ts';
import { proposedBy, writersOf } from './index.ts';

const [ada, bob, cleo] = [person('ada'), person('bob', 2), person('cleo')];

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

function commit(
  email: string,
  about: { signer?: typeof ada; keyIndex?: number; committer?: string; message?: string } = {},
) {
  const { signer, committer = email, message = 'A change\n' } = about;
  const head = `tree ${'1'.repeat(40)}\nauthor A <${email}> 1 +0000\ncommitter A <${committer}> 1 +0000\n`;
  const body = `\n${message}`;
  const armored = signer
    ?.sign(head + body, 'git', about.keyIndex)
    .trimEnd()
    .replaceAll('\n', '\n ');
  const signature = armored === undefined ? '' : `gpgsig ${armored}\n`;
  const object = new TextEncoder().encode(`${head}${signature}${body}`);
  return { commit: gitCommitName(object, 'sha1'), object };
}
const writers = (...given: Parameters<typeof commit>) =>
  writersOf([commit(...given)], snapshot).map(({ handles, proven }) => [proven, ...handles].join(' '))[0];

describe('writersOf', () => {
  it('names people by the numeric id in a commit’s addresses', () => {
    expect(writers('100@people.countersign.invalid')).toBe('false ada');
    expect(writers('102+cleo@users.noreply.github.com')).toBe('false cleo');
    expect(writers('x@example.org', { committer: '101+bob@users.noreply.github.com' })).toBe('false bob');
  });

  it('names whoever signed the commit, whatever its address says', () => {
    expect(writers('x@example.org', { signer: bob, keyIndex: 1 })).toBe('true bob');
    expect(writers('102@people.countersign.invalid', { signer: ada })).toBe('true cleo ada');
    expect(writers('x@example.org', { signer: cleo })).toBe('true cleo');
  });

  it('names for whom the portal made it, also on a host where every commit is the portal’s', () => {
    const message = `A change\n\n${proposedBy({ ...onGitHub('101'), login: 'bob' })}\n`;
    expect(writers('77+countersign[bot]@users.noreply.github.com', { message })).toBe('false bob');
    // Words in the description only add to it.
    const two = `${proposedBy({ ...onGitHub('102'), login: 'cleo' })}\n\n${message}`;
    expect(writers('77+countersign[bot]@users.noreply.github.com', { message: two })).toBe('false cleo bob');
    expect(proposedBy({ ...onGitHub('5'), login: 'e\nProposed-by: <x>' })).toBe(
      'Proposed-by: eProposed-by: x <5@people.countersign.invalid>',
    );
  });

  it('reads a message of a megabyte that only looks like such lines in no time', () => {
    const message = 'Proposed-by: \r'.repeat(70_000);
    expect(cpuTimeOf(() => writers('x@example.org', { message }))).toBeLessThan(2000);
    expect(writers('x@example.org', { message })).toBe('false');
  });

  it('proves nothing by the portal’s own account, which anybody can name', () => {
    expect(writers('0@people.countersign.invalid')).toBe('false');
  });

  it('says where no key proves it: that may be anybody', () => {
    expect(writers('someone@example.org')).toBe('false');
    expect(writers('99@people.countersign.invalid')).toBe('false');
    expect(writers('100@people.countersign.invalid.example.org')).toBe('false');
    expect(writers('x@example.org', { signer: person('mallory') })).toBe('false');
    // A signature over another text.
    const forged = commit('x@example.org', { signer: ada });
    const object = new TextEncoder().encode(new TextDecoder().decode(forged.object).replace('A change', 'B'));
    expect(writersOf([{ commit: forged.commit, object }], snapshot)[0]).toMatchObject({ proven: false });
    const nonsense = { commit: parseCommitSha('e'.repeat(40)), object: new TextEncoder().encode('nonsense') };
    expect(writersOf([nonsense], snapshot)[0]).toMatchObject({ proven: false });
  });
});
