import { expect, it } from 'vitest';
import { count, type Given, type Left } from './count.ts';

const given = (change: Partial<Given> = {}): Given => ({
  by: 'one',
  slot: 'a/1',
  requestId: 'a',
  sha256: 'x',
  ...change,
});
const good: Left = {
  given: [given(), given({ by: 'two' })],
  logged: new Set(['x', 'y']),
  releases: new Map([['a', 1]]),
  completed: ['a'],
  stuck: [],
  filesWrong: [],
  chainsBroken: [],
};
const faultsOf = (change: Partial<Left>) => count({ ...good, ...change });

it('one signature that both keyholders gave, with the same octets, is no fault', () => {
  expect(count(good)).toEqual({ signed: 1, unlogged: 0, doubled: 0, stuck: 0, broken: 0, faults: [] });
});

it.each<[string, Partial<Left>, RegExp]>([
  [
    'a signature that no entry names',
    { logged: new Set() },
    /^unlogged: request a, a\/1: signature x by one$/,
  ],
  [
    'two different ones for one place',
    { given: [given(), given({ by: 'two', sha256: 'y' })] },
    /2 different/,
  ],
  ['one keyholder that signed twice', { given: [given(), given()] }, /one signed 2 times/],
  ['a second release', { releases: new Map([['a', 2]]) }, /released 2 times/],
  ['a request that doesn’t end', { stuck: ['request b is checking'] }, /^stuck: request b/],
  ['an end without a release', { completed: ['a', 'b'] }, /^broken: request b: completed/],
  ['a file that isn’t there', { filesWrong: ['f'] }, /^broken: released file f/],
  ['a chain that doesn’t hold', { chainsBroken: ['entry 3'] }, /^broken: entry 3$/],
])('counts %s', (_, change, fault) => {
  const { faults, unlogged, doubled, stuck, broken } = faultsOf(change);
  expect(faults.some((line) => fault.test(line))).toBe(true);
  expect(unlogged + doubled + stuck + broken).toBe(faults.length);
});
