import { describe, expect, it } from 'vitest';
import { parsePersonHandle } from '../core/ids/index.ts';
import { conditionsOf, countSignatures } from './readiness.ts';
import type { ReadinessInput } from './readiness.ts';

const [ada, bob, cleo] = ['ada', 'bob', 'cleo'].map((name) => parsePersonHandle(name)) as [
  never,
  never,
  never,
];
const maintainers = [ada, bob, cleo].map((handle) => ({ handle, keys: ['ssh-ed25519 AAAA'] }));

const good: ReadinessInput = {
  problems: 0,
  behindBy: 0,
  mainInForce: true,
  signatures: countSignatures({ needed: 1, signers: [bob], authors: new Set([ada]), maintainers }),
  objections: [],
  mergeable: true,
};
const missing = (changes: Partial<ReadinessInput>) =>
  conditionsOf({ ...good, ...changes }).filter((one) => !one.met);

describe('countSignatures', () => {
  it('counts nobody who wrote the change', () => {
    const count = countSignatures({ needed: 2, signers: [ada, bob], authors: new Set([ada]), maintainers });
    expect(count).toMatchObject({ counted: ['bob'], own: ['ada'], able: ['bob', 'cleo'] });
  });

  it('expects no signature of a maintainer without a key', () => {
    const keyless = [...maintainers, { handle: parsePersonHandle('dan'), keys: [] }];
    expect(
      countSignatures({ needed: 1, signers: [], authors: new Set(), maintainers: keyless }).able,
    ).toEqual(['ada', 'bob', 'cleo']);
  });
});

describe('conditionsOf', () => {
  it('is met by a valid, current, signed, mergeable change to which nobody objects', () => {
    expect(missing({})).toEqual([]);
  });

  const cases: readonly [string, Partial<ReadinessInput>, string][] = [
    ['problems', { problems: 3 }, 'valid'],
    ['a policy that moved on', { behindBy: 2 }, 'current'],
    ['commits on main that the signer has not accepted', { mainInForce: false }, 'current'],
    [
      'a signature too few',
      { signatures: countSignatures({ needed: 2, signers: [bob], authors: new Set([ada]), maintainers }) },
      'signatures',
    ],
    [
      'only the author’s signature',
      { signatures: countSignatures({ needed: 1, signers: [ada], authors: new Set([ada]), maintainers }) },
      'signatures',
    ],
    ['an objection', { objections: ['Cleo'] }, 'objections'],
    ['a conflict', { mergeable: false }, 'mergeable'],
    ['a host that has not said yet', { mergeable: null }, 'mergeable'],
  ];
  it.each(cases)('is not met with %s, and says what to do', (_what, changes, name) => {
    const found = missing(changes);
    expect(found.map((one) => one.name)).toEqual([name]);
    expect(found[0]?.fix).toBeTruthy();
  });

  it('says so where enough signatures can never come together', () => {
    const signatures = countSignatures({ needed: 3, signers: [], authors: new Set([ada]), maintainers });
    expect(missing({ signatures })[0]?.fix).toContain('Only 2 of the maintainers');
  });
});
