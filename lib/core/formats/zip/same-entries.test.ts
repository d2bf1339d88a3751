import { describe, expect, test } from 'vitest';
import { UnpackBudget, defaultUnpackLimits } from '../archive/index.ts';
import { collect, pieces } from '../archive/stream.fixture.ts';
import { memorySource } from '../random-access.ts';
import { readZip, rewriteZip } from './index.ts';
import { sameZipEntries } from './same-entries.ts';
import { zip, type ZipPart } from './zip.fixture.ts';

const budget = () => new UnpackBudget(defaultUnpackLimits);
const same = async (before: Uint8Array, after: Uint8Array): Promise<readonly string[]> => [
  ...(await sameZipEntries(memorySource(before), memorySource(after), {
    before: budget(),
    after: budget(),
  })),
];

const parts: readonly ZipPart[] = [
  { name: 'a.txt', content: 'first '.repeat(50) },
  { name: 'b.exe', content: 'program '.repeat(500) },
  { name: 'c/d.txt', content: 'x', method: 0 },
  { name: 'e.bin', content: 'last '.repeat(5), descriptor: { signature: true, wide: false } },
];
const before = zip(parts);

describe('entries of two zip archives', () => {
  test('are the same where only their places differ', async () => {
    const source = memorySource(before);
    const replace = ({ path }: { readonly path: string }) =>
      Promise.resolve(path === 'b.exe' ? () => pieces(Buffer.alloc(9000, 'signed'), 100) : null);
    const after = Uint8Array.from(await collect(rewriteZip(source, budget(), { replace })));
    expect(await same(before, after)).toEqual(['a.txt', 'c/d.txt', 'e.bin']);
  });

  test('are not the same where a record, a header or one packed byte differs, or the same path is there twice', async () => {
    const other = (change: Partial<ZipPart>) =>
      zip(parts.map((part) => (part.name === 'a.txt' ? { ...part, ...change } : part)));
    expect(await same(before, other({ comment: 'new' }))).not.toContain('a.txt');
    expect(await same(before, other({ content: 'firsT '.repeat(50) }))).not.toContain('a.txt');
    expect(await same(before, other({ method: 0 }))).not.toContain('a.txt');
    const damaged = Uint8Array.from(before);
    const [entry] = (await readZip(memorySource(before), budget())).entries;
    const at = entry?.dataOffset ?? 0;
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    expect(await same(before, damaged)).toEqual(['b.exe', 'c/d.txt', 'e.bin']);
    expect(await same(zip([...parts, ...parts.slice(0, 1)]), before)).not.toContain('a.txt');
  });
});
