import { describe, expect, test } from 'vitest';
import { parsePolicySlug, parseProjectSlug } from '../ids/index.ts';
import { changed, releasePolicy } from './plan/snapshots.fixture.ts';
import { findRecipients, noticeOccasions } from './index.ts';
import type { NoticeOccasion } from './index.ts';

const project = parseProjectSlug('esbuild-demo');
const policy = parsePolicySlug('release-signing');
const byToken = 'token:esbuild-demo/ci by person:demo-maintainer';

const saying = (notifications: string | null) =>
  changed(
    notifications === null
      ? {}
      : { [releasePolicy]: [['scan: required', `scan: required\nnotifications: ${notifications}`]] },
  );
const told = (notifications: string | null, occasion: NoticeOccasion, submittedBy = byToken) =>
  findRecipients(saying(notifications), { project, policy, occasion, submittedBy });

describe('who is told of a request', () => {
  test('without a word in the policy: approvers that it waits, who submitted it how it ended, nobody else', () => {
    expect(noticeOccasions.map((occasion) => [occasion, told(null, occasion)])).toEqual([
      ['waiting', ['demo-approver']],
      ['approved', []],
      ['completed', ['demo-maintainer']],
      ['denied', ['demo-maintainer']],
      ['failed', ['demo-maintainer']],
      ['delayed', []],
    ]);
  });

  test('is whom the policy names, each once, and nobody for an empty list', () => {
    const policyText =
      '{waiting: [], approved: [demo-approver, role:submitter, role:team], delayed: [role:authors]}';
    expect(told(policyText, 'waiting')).toEqual([]);
    expect(told(policyText, 'approved')).toEqual(['demo-approver', 'demo-maintainer']);
    expect(told(policyText, 'delayed')).toEqual(['demo-maintainer']);
    // What the policy doesn't mention stays as it is.
    expect(told(policyText, 'denied')).toEqual(['demo-maintainer']);
  });

  test('is no person whom the policy doesn’t know, whatever the request says of who submitted it', () => {
    for (const submittedBy of [
      'person:somebody-else',
      'token:esbuild-demo/old',
      '',
      'person:../x',
      'x'.repeat(9999),
    ])
      expect(told('{completed: [role:submitter]}', 'completed', submittedBy)).toEqual([]);
  });

  test('is nobody for a policy that isn’t there', () => {
    const of = { occasion: 'denied', submittedBy: byToken } as const;
    const snapshot = saying(null);
    expect(findRecipients(snapshot, { ...of, project, policy: parsePolicySlug('none') })).toEqual([]);
    expect(findRecipients(snapshot, { ...of, project: parseProjectSlug('none'), policy })).toEqual([]);
  });

  test.each(['role:everybody', 'Nobody', 'a@example.org', 'role:'])(
    'is never %s: a policy that says so is refused',
    (recipient) => {
      expect(() => saying(`{denied: ['${recipient}']}`)).toThrow('notifications.denied');
    },
  );
});
