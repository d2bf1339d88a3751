import { describe, expect, test } from 'vitest';
import { FileNames, type Found } from './names.ts';

const plain = (found: Found) =>
  found.kind === 'several' ? { kind: 'several', paths: [...new Set(found.paths)].sort() } : found;
const find = (paths: readonly string[], text: string) =>
  plain(new FileNames(paths).find({ text, as: 'path' }, 'SUMS'));

describe('a name that is no path leads to', () => {
  const paths = ['app.exe', 'x/app.exe', 'x/y/lib.dll', 'x/ylib.dll', 'x/lib.dll.sig', 'tool.exe'];

  test.each([
    ['the file whose path ends like it', 'y/lib.dll', 'x/y/lib.dll'],
    ['the file whose path is its end', 'dist/tool.exe', 'tool.exe'],
    ['the file, from whatever folder it is written', '../../y/lib.dll', 'x/y/lib.dll'],
  ])('%s', (_what, name, path) => {
    expect(find(paths, name)).toEqual({ kind: 'one', path, exact: false });
  });

  test('every file that fits, on both sides', () => {
    const several = ['app.exe', 'x/app.exe'];
    expect(find(paths, 'dist/x/app.exe')).toEqual({ kind: 'several', paths: several });
    expect(find(['x/y/app.exe', 'z/y/app.exe', 'y/apple'], 'y/app.exe')).toEqual({
      kind: 'several',
      paths: ['x/y/app.exe', 'z/y/app.exe'],
    });
  });

  test('none where a part of a name fits', () => {
    expect(find(paths, 'pp.exe')).toEqual({ kind: 'none' });
    expect(find(['b/app.exe'], 'dist/a/app.exe')).toEqual({ kind: 'none' });
  });
});

test('20,000 names among as many files that are called alike are found in time that grows with their number', () => {
  const numbers = Array.from({ length: 20_000 }, (_, at) => at);
  const names = new FileNames(numbers.map((at) => `${at}/app.exe`));
  const before = process.threadCpuUsage();
  for (const at of numbers)
    expect(names.find({ text: `x${at}/app.exe`, as: 'path' }, 'SUMS').kind).toBe('none');
  const { user, system } = process.threadCpuUsage(before);
  // 0.1 s; looking at each of them takes 30 s.
  expect((user + system) / 1000).toBeLessThan(3000);
});
