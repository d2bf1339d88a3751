import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairFiles, type ComparedFile } from './compare.ts';
import { likeName } from './like-name.ts';

let position = 0;
const file = (path: string, sha256 = path, sizeBytes = 1): ComparedFile => ({
  position: (position += 1),
  path,
  likeness: likeName(path),
  sha256,
  sizeBytes,
});
const said = (before: readonly ComparedFile[], after: readonly ComparedFile[]) => {
  const { added, removed, paired, moved } = pairFiles(before, after);
  return {
    added: added.map(({ path }) => path),
    removed: removed.map(({ path }) => path),
    paired: paired.map((pair) => `${pair.before.path} > ${pair.after.path}`),
    moved: moved.map((pair) => `${pair.before.path} > ${pair.after.path}`),
  };
};

describe('files of two reports', () => {
  it('belong together by path, then by path but for versions, then by content', () => {
    expect(
      said(
        [
          file('w-1.4/a.dll', 'a'),
          file('w-1.4/b.dll', 'b'),
          file('same', 'c'),
          file('old/x', 'x'),
          file('gone', 'g'),
        ],
        [
          file('w-1.5/a.dll', 'a'),
          file('w-1.5/b.dll', 'B'),
          file('same', 'C'),
          file('new/x', 'x'),
          file('come', 'n'),
        ],
      ),
    ).toEqual({
      added: ['come'],
      removed: ['gone'],
      paired: ['w-1.4/a.dll > w-1.5/a.dll', 'w-1.4/b.dll > w-1.5/b.dll', 'same > same'],
      moved: ['old/x > new/x'],
    });
  });

  it('of which versions make several alike, are paired by content first', () => {
    expect(
      said([file('l-1.0', 'a'), file('l-2.0', 'b')], [file('l-3.0', 'b'), file('l-4.0', 'n')]),
    ).toMatchObject({
      paired: ['l-2.0 > l-3.0', 'l-1.0 > l-4.0'],
    });
  });

  it('are not called moved where they are empty', () => {
    expect(said([file('a', 'e', 0)], [file('b', 'e', 0)])).toMatchObject({
      added: ['b'],
      removed: ['a'],
      moved: [],
    });
  });

  it('are each told of once, whatever their names and however many are alike', () => {
    const files = fc.array(
      fc.record({
        path: fc.constantFrom('a', 'b', 'x-1.0', 'x-1.1', 'x-2.0'),
        sha256: fc.constantFrom('1', '2', '3'),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(files, files, (one, other) => {
        const before = one.map(({ path, sha256 }) => file(path, sha256));
        const after = other.map(({ path, sha256 }) => file(path, sha256));
        const { added, removed, paired, moved } = pairFiles(before, after);
        const pairs = [...paired, ...moved];
        const sorted = (all: readonly ComparedFile[]) =>
          all.map((each) => each.position).sort((a, b) => a - b);
        expect(sorted([...removed, ...pairs.map((pair) => pair.before)])).toEqual(sorted(before));
        expect(sorted([...added, ...pairs.map((pair) => pair.after)])).toEqual(sorted(after));
      }),
    );
  });
});

describe('a name without what changes from release to release', () => {
  it.each([
    ['widget-1.4/widget.exe', 'widget-1.5.0/widget.exe'],
    ['widget-v1.4.0-rc.2', 'widget-v1.5.0'],
    ['lib/foo_1_2.jar', 'lib/foo_1_3.jar'],
    ['app-20261129.zip', 'app-20261201.zip'],
    ['main.3f2a9c41.js', 'main.00ab12cd.js'],
    ['Widget 1.4 setup.exe', 'Widget 1.5 setup.exe'],
    ['libz.so.1.2.13', 'libz.so.1.3'],
    ['widget-1.4.0.dll', 'widget-1.5.0.dll'],
  ])('is one for %s and %s', (one, other) => {
    expect(likeName(one)).toBe(likeName(other));
    expect(likeName(one)).toContain('*');
  });

  it.each(['lib2.dll', 'x86_64/a.dll', 'README.md', 'deadbeef', 'feedface.txt', '12345', 'mp3.1'])(
    'is %s itself',
    (name) => {
      expect(likeName(name)).toBe(name);
    },
  );

  it('is found in any name without long waits', () => {
    for (const name of [
      '1.'.repeat(4000),
      '1_'.repeat(4000),
      'a1'.repeat(4000),
      '-rc'.repeat(3000),
      '1.1-rc'.repeat(2000),
    ]) {
      const started = performance.now();
      likeName(name);
      expect(performance.now() - started).toBeLessThan(2000);
    }
  });
});
