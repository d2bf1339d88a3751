import { describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { parsePersonHandle, parseProjectSlug } from '#core/ids/index.ts';
import type { Actor } from '../platform/auth/index.ts';
import { authoriseFiles } from './authorise.ts';

type Person = Extract<Actor, { kind: 'person' }>;
const person = (projects: readonly string[]): Person =>
  ({
    kind: 'person',
    handle: parsePersonHandle('ada'),
    identity: onGitHub('1'),
    identities: [onGitHub('1')],
    name: 'Ada',
    roles: {
      projects: new Map(projects.map((slug) => [parseProjectSlug(slug), ['author']])),
      policyMaintainer: false,
      foundationReviewer: false,
      auditor: false,
    },
  }) as unknown as Person;
const known = new Map([
  ['people/ada.yaml', null],
  ['people/bob.yaml', null],
]);
const may = (who: Person, path: string): boolean => {
  try {
    authoriseFiles(who, [path], known);
    return true;
  } catch {
    return false;
  }
};

describe('who proposes to change a person’s file', () => {
  it.each([
    ['their own', 'people/ada.yaml', true],
    ['somebody’s whom the policy names', 'people/bob.yaml', false],
    ['that of somebody new', 'people/carl.yaml', true],
    ['the foundation’s', 'foundation.yaml', false],
    ['that of another project', 'projects/other/project.yaml', false],
  ])('a member of a team: %s', (_what, path, allowed) => {
    expect(may(person(['loom']), path)).toBe(allowed);
  });

  it('nobody without a team can add a person', () => {
    expect(may(person([]), 'people/carl.yaml')).toBe(false);
    expect(may(person([]), 'people/ada.yaml')).toBe(true);
  });
});
