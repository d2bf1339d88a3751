import { expect, it } from 'vitest';
import type { Contents } from './contents.ts';
import { accepted, differences, heldPackages, type Reviewed } from './review.ts';

const holding = (process: string, ...packages: readonly (readonly [string, string])[]): Contents => ({
  process,
  entry: 'main.ts',
  bytes: 1,
  outside: [],
  builtins: [],
  own: [],
  packages: packages.map(([name, version]) => ({ name, version, licence: 'MIT', bytes: 1 })),
});
const held = heldPackages([
  holding('daemon', ['pg', '8.0.0'], ['zod', '4.0.0'], ['tslib', '1.0.0'], ['tslib', '2.0.0']),
  holding('keyholder', ['zod', '4.0.0']),
]);
const reviewed: Reviewed = {
  pg: { versions: ['8.0.0'], licence: 'MIT', in: ['daemon'], why: 'The database.' },
  tslib: { versions: ['1.0.0', '2.0.0'], licence: 'MIT', in: ['daemon'], why: 'Helpers.' },
  zod: { versions: ['4.0.0'], licence: 'MIT', in: ['daemon', 'keyholder'], why: 'Messages.' },
};

it('finds nothing if the signing processes contain what was reviewed', () => {
  expect(differences(held, reviewed)).toEqual([]);
});

it('finds what is new, what is gone, another licence, another process, and a reason that is missing', () => {
  const { pg, zod, ...others } = reviewed;
  if (pg === undefined || zod === undefined) throw new Error('the list has changed');
  expect(differences(held, { ...others, zod })).toEqual(['pg 8.0.0 (MIT) is new, in daemon']);
  expect(differences(held, { ...reviewed, left: pg })).toEqual(['left is in no process any more']);
  expect(differences(held, { ...reviewed, pg: { ...pg, versions: ['7.9.9'] } })).toEqual([
    'pg is 8.0.0; reviewed was 7.9.9',
  ]);
  expect(differences(held, { ...reviewed, pg: { ...pg, licence: 'ISC' } })).toEqual([
    'pg is under MIT; reviewed was ISC',
  ]);
  expect(differences(held, { ...reviewed, zod: { ...zod, in: ['daemon'] } })).toEqual([
    'zod is in keyholder, too',
  ]);
  expect(differences(held, { ...reviewed, pg: { ...pg, in: ['daemon', 'issue'] } })).toEqual([
    'pg is no longer in issue',
  ]);
  expect(differences(held, { ...reviewed, pg: { ...pg, why: ' ' } })).toEqual([
    'pg has no reason: write its “why”',
  ]);
});

it('keeps the reasons of what is accepted, and gives a new package none', () => {
  const { pg, ...others } = reviewed;
  expect(pg).toBeDefined();
  const list = accepted(held, others);
  expect(list).toEqual({ ...reviewed, pg: { ...pg, why: '' } });
  expect(differences(held, list)).toEqual(['pg has no reason: write its “why”']);
});
