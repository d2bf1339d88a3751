import { describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { base } from '#core/policy/plan/snapshots.fixture.ts';
import { accountsOf, actorName, isOwn, personOfAccount } from './index.ts';
import type { Actor } from './index.ts';

const robin = personOfAccount(base, onGitHub('900003'), false);
const nora: Actor = { kind: 'account', identity: onGitHub('7'), name: 'Nora', development: false };

describe('an account', () => {
  it('is matched to a person of the policy by host and id, never by the id alone', () => {
    expect(robin).toMatchObject({ handle: 'demo-reviewer', roles: { foundationReviewer: true } });
    for (const host of ['gitlab', '', 'GitHub'])
      expect(personOfAccount(base, { host, id: '900003' }, false)).toBeNull();
  });

  it('owns its own records, and none of the same id on another host', () => {
    if (robin === null) throw new Error('the seed has no account 900003');
    for (const actor of [robin, nora]) {
      const id = accountsOf(actor)[0]?.id ?? '';
      expect(isOwn(actor, { host: 'github', id })).toBe(true);
      expect(isOwn(actor, { host: 'gitlab', id })).toBe(false);
    }
    expect(isOwn({ kind: 'public' }, { host: 'github', id: '7' })).toBe(false);
  });

  it('of a person with two accounts is that one person: both own the records, which are stored under the first', () => {
    if (robin === null) throw new Error('the seed has no account 900003');
    const identities = [onGitHub('900003'), onGitHub('31')];
    const two: Actor = { ...robin, identities };
    for (const one of identities) expect(isOwn(two, one)).toBe(true);
    expect(actorName(nora)).toBe('github:7');
  });
});
