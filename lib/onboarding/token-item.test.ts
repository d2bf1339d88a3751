import { describe, expect, it } from 'vitest';
import type { SigningPolicy } from '#core/generated/index.ts';
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import type { ProjectSnapshot } from '#core/policy/index.ts';
import type { ListedToken } from '../api-tokens/index.ts';
import { tokenItemOf } from './token-item.ts';

const release = parsePolicySlug('release-signing');
const projectOf = (submitters?: SigningPolicy['submitters'], policies = true) =>
  ({
    slug: parseProjectSlug('widget'),
    project: { value: {} },
    policies: new Map(
      policies ? [[release, { value: { purpose: 'release', origin: {}, submitters } as SigningPolicy }]] : [],
    ),
  }) as unknown as ProjectSnapshot;
const token = (changes: object = {}) =>
  ({
    name: 'ci',
    policies: [],
    state: 'active',
    lastUsedAt: null,
    maker: { name: 'Ada' },
    ...changes,
  }) as unknown as ListedToken;
const ci = { tokens: ['ci'] };

describe('the step about tokens', () => {
  it('is done where the policy takes builds by the identity token of their run', () => {
    expect(tokenItemOf(projectOf(), [])).toMatchObject({
      state: 'done',
      detail: expect.stringContaining('None is needed') as string,
    });
    expect(tokenItemOf(projectOf({ builds: 'origin' }), [])).toMatchObject({ state: 'done' });
  });

  it('asks for one that the policy takes, where it takes no builds', () => {
    expect(tokenItemOf(projectOf(ci), [])).toMatchObject({ state: 'to-do' });
    expect(
      tokenItemOf(projectOf(ci), [token({ policies: [parsePolicySlug('test-signing')] })]),
    ).toMatchObject({
      state: 'to-do',
      detail: '“ci” may not submit under a policy for releases. Make one that may.',
    });
    expect(tokenItemOf(projectOf(ci), [token({ state: 'maker-left' })]).detail).toContain('has left');
    expect(tokenItemOf(projectOf(ci), [token()])).toMatchObject({
      state: 'done',
      detail: 'There is one; it has not been used yet.',
    });
  });

  it('waits for the policy for releases, and asks for no token before that', () => {
    expect(tokenItemOf(projectOf(ci, false), [token()])).toMatchObject({ state: 'waiting' });
    expect(tokenItemOf(projectOf(ci, false), [])).toMatchObject({
      state: 'waiting',
      detail: 'The policy for releases will say whether the build needs one.',
    });
  });
});
