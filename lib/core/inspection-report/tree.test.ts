import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOutTree } from './tree.ts';
import { cpuTimeOf } from '../../../dev/test/cpu-time.ts';

const file = (...path: readonly string[]) => ({ path, type: 'file' as const });
const folder = (...path: readonly string[]) => ({ path, type: 'directory' as const });
const drawn = (entries: readonly ReturnType<typeof file | typeof folder>[]) => {
  const nodes = layOutTree(entries);
  const depth = (at: number | null): number => (at === null ? 0 : 1 + depth(nodes[at]?.parent ?? null));
  return nodes.map(
    ({ name, parent, entry, last }, position) =>
      `${'  '.repeat(depth(parent))}${name}${entry === null ? ' (implied)' : ''} ${position}-${last}`,
  );
};

describe('the tree of a report', () => {
  it('has the folders that no entry names, folders first, and what is in a file below it', () => {
    expect(
      drawn([
        file('b/z.zip', 'in/x'),
        file('b/z.zip'),
        file(),
        file('a.txt'),
        file('b/a/y'),
        folder('b'),
        folder('c'),
      ]),
    ).toEqual([
      ' 0-8',
      '  b 1-6',
      '    a (implied) 2-3',
      '      y 3-3',
      '    z.zip 4-6',
      '      in (implied) 5-6',
      '        x 6-6',
      '  c 7-7',
      '  a.txt 8-8',
    ]);
  });

  it('keeps a file apart from a folder of its name, and each of several of one name', () => {
    expect(drawn([file(), file('a'), file('a/b'), file('a')])).toEqual([
      ' 0-4',
      '  a (implied) 1-2',
      '    b 2-2',
      '  a 3-3',
      '  a 4-4',
    ]);
  });

  it('has each entry once, and numbers what is below a node right behind it', () => {
    const step = fc.array(fc.constantFrom('a', 'b', '', '.', '..', 'constructor', '__proto__'), {
      minLength: 1,
      maxLength: 4,
    });
    const paths = fc.array(
      fc.array(
        step.map((names) => names.join('/')),
        { maxLength: 3 },
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(paths, (all) => {
        const entries = all.filter((path) => path.length > 0).map((path) => file(...path));
        const nodes = layOutTree(entries);
        expect(nodes.filter(({ entry }) => entry !== null)).toHaveLength(entries.length);
        for (const { position, parent, last } of nodes.slice(1)) {
          const above = nodes[parent ?? -1];
          expect(above !== undefined && above.position < position && last <= above.last).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('stays small and shallow for names that are thousands of folders deep', () => {
    const deep = Array.from({ length: 2000 }, (_, at) => file(`${at}/${'x/'.repeat(500)}end`));
    let nodes: ReturnType<typeof layOutTree> = [];
    const milliseconds = cpuTimeOf(() => {
      nodes = layOutTree([file(), ...deep]);
    });
    expect(nodes.length).toBeLessThan(110_000);
    expect(milliseconds).toBeLessThan(5000);
  });
});
