import { describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import type { Actor, PersonRoles } from '../platform/auth/index.ts';
import { parsePersonHandle } from '#core/ids/index.ts';
import { kindsFor, kindsOf } from './choices.ts';

const nobody: PersonRoles = {
  policyMaintainer: false,
  foundationReviewer: false,
  auditor: false,
  projects: new Map(),
};
const person = (roles: Partial<PersonRoles>): Actor => ({
  kind: 'person',
  handle: parsePersonHandle('alex'),
  name: 'Alex',
  development: false,
  identity: onGitHub('1'),
  identities: [onGitHub('1')],
  roles: { ...nobody, ...roles },
});

describe('kinds of messages that an account can choose', () => {
  it('are all of them for reviewers', () => {
    expect(kindsFor(person({ foundationReviewer: true }))).toEqual(kindsOf());
  });

  it('omit what only reviewers get, but for policy maintainers not what concerns running the foundation', () => {
    const all = kindsOf().filter((kind) => !kind.startsWith('review-'));
    expect(kindsFor(person({ policyMaintainer: true }))).toEqual(all);
    expect(kindsFor(person({}))).toEqual(all.filter((kind) => kind !== 'foundation-alert'));
  });

  it('omit requests for people who are in no policy', () => {
    const account: Actor = { kind: 'account', identity: onGitHub('2'), name: 'Nora', development: false };
    expect(kindsFor(account)).toEqual(['application-news', 'project-news']);
  });
});
