import { describe, expect, it } from 'vitest';
import { parsePersonHandle, parseProjectSlug } from '#core/ids/index.ts';
import type { PersonHandle } from '#core/ids/index.ts';
import type { SignatureCount } from '#core/policy/acceptance/index.ts';
import { conditionsOf } from './readiness.ts';
import type { ReadinessInput } from './readiness.ts';

const [ada, bob, cleo] = ['ada', 'bob', 'cleo'].map((name) => parsePersonHandle(name)) as [
  PersonHandle,
  PersonHandle,
  PersonHandle,
];
const signed = (needed: number, ...counted: readonly PersonHandle[]): SignatureCount => ({
  needed,
  counted,
  own: [],
  leaving: [],
  able: [ada, bob, cleo],
  reasons: [],
  enough: counted.length >= needed,
});

const move = {
  project: parseProjectSlug('shelf'),
  repositoryId: '7',
  repositoryUri: 'https://github.com/example/widget',
  from: 'components',
  to: 'executables',
};

const good: ReadinessInput = {
  problems: 0,
  behindBy: 0,
  mainInForce: true,
  moves: [],
  unreviewed: [],
  signatures: signed(1, bob),
  objections: [],
  mergeable: true,
};
const missing = (changes: Partial<ReadinessInput>) =>
  conditionsOf({ ...good, ...changes }).filter((condition) => !condition.met);

describe('conditionsOf', () => {
  it('are met by a valid, current, signed, mergeable change without objections', () => {
    expect(missing({})).toEqual([]);
  });

  const cases: readonly [string, Partial<ReadinessInput>, string][] = [
    ['problems', { problems: 3 }, 'valid'],
    ['a policy that moved on', { behindBy: 2 }, 'current'],
    ['commits on main that the signer has not accepted', { mainInForce: false }, 'current'],
    ['a move to a program that nobody reviewed', { moves: [move], unreviewed: [move] }, 'reviewed'],
    ['a signature too few', { signatures: signed(2, bob) }, 'signatures'],
    ['an objection', { objections: ['Cleo'] }, 'objections'],
    ['a conflict', { mergeable: false }, 'mergeable'],
    ['a host that has not said yet', { mergeable: null }, 'mergeable'],
  ];
  it.each(cases)('is not met with %s, and says what to do', (_what, changes, name) => {
    const found = missing(changes);
    expect(found.map((condition) => condition.name)).toEqual([name]);
    expect(found[0]?.fix).toBeTruthy();
  });

  it('says that a move was reviewed', () => {
    expect(missing({ moves: [move] })).toEqual([]);
    const all = conditionsOf({ ...good, moves: [move] });
    expect(all.find((condition) => condition.name === 'reviewed')?.message).toContain(
      'shelf for executables',
    );
    expect(conditionsOf(good).map((condition) => condition.name)).not.toContain('reviewed');
  });

  it('says if the required signatures can never be reached', () => {
    expect(missing({ signatures: { ...signed(3, bob), able: [ada, bob] } })[0]?.fix).toContain(
      'Only 2 of the maintainers',
    );
  });
});
