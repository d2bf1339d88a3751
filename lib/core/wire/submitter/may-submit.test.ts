import { describe, expect, it } from 'vitest';
import type { Project, SigningPolicy } from '../../generated/index.ts';
import { parsePersonHandle, parseProjectSlug } from '../../ids/index.ts';
import { maySubmit, submittingPeople } from './index.ts';

const slug = parseProjectSlug('widget');
const team = { authors: ['ada'], reviewers: ['rob'], approvers: ['ada', 'bob'], submitters: ['sue'] };
const place = (submitters?: SigningPolicy['submitters']) => ({
  slug,
  project: { team } as unknown as Project,
  policy: (submitters === undefined ? {} : { submitters }) as SigningPolicy,
});
const person = (handle: string) => ({ kind: 'person', handle: parsePersonHandle(handle) }) as const;
const token = (name: string, project = slug) => ({ kind: 'token', name, project, maker: null }) as const;

const origin = { repository: { id: '123' } } as unknown as SigningPolicy['origin'];
const build = (repositoryId: string, provider = 'github') =>
  ({ kind: 'build', provider, repositoryId, run: '1', attempt: '1', person: null }) as const;
const ofOrigin = (submitters?: SigningPolicy['submitters']) => {
  const { policy, ...rest } = place(submitters);
  return { ...rest, policy: { ...policy, origin } as SigningPolicy };
};

describe('which builds may submit', () => {
  it('are those of the origin’s repository, where the policy doesn’t say', () => {
    expect(maySubmit(ofOrigin(), build('123'))).toBe(true);
    expect(maySubmit(ofOrigin(), build('124'))).toBe(false);
    expect(maySubmit(ofOrigin(), build('123', 'gitlab'))).toBe(false);
    expect(maySubmit(place(), build('123'))).toBe(false);
  });

  it('are none where submitters are named and builds aren’t among them', () => {
    expect(maySubmit(ofOrigin({ tokens: ['ci'] }), build('123'))).toBe(false);
    expect(maySubmit(ofOrigin({ builds: 'none' }), build('123'))).toBe(false);
    expect(maySubmit(ofOrigin({ builds: 'origin' }), build('123'))).toBe(true);
    expect(maySubmit(place({ builds: 'origin' }), build('123'))).toBe(false);
  });
});

describe('who may submit', () => {
  it('is the whole team and every token of the project, where the policy doesn’t say', () => {
    expect(submittingPeople(place())).toEqual(['ada', 'bob', 'sue', 'rob']);
    expect(maySubmit(place(), person('sue'))).toBe(true);
    expect(maySubmit(place(), person('eve'))).toBe(false);
    expect(maySubmit(place(), token('ci'))).toBe(true);
    expect(maySubmit(place(), token('ci', parseProjectSlug('other')))).toBe(false);
  });

  it('is whom the policy names and nobody else, on the team or not', () => {
    const named = place({ people: ['eve'], tokens: ['release workflow'] });
    expect(submittingPeople(named)).toEqual(['eve']);
    expect(maySubmit(named, person('eve'))).toBe(true);
    expect(maySubmit(named, person('ada'))).toBe(false);
    expect(maySubmit(named, token('release workflow'))).toBe(true);
    expect(maySubmit(named, token('ci'))).toBe(false);
  });

  it('is nobody where only the other kind is named', () => {
    expect(maySubmit(place({ tokens: ['ci'] }), person('ada'))).toBe(false);
    expect(maySubmit(place({ people: ['ada'] }), token('ci'))).toBe(false);
  });
});
