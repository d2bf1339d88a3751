import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, eachWhole, UnreadableFile } from './read-scanned.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-scanned-'));
  await writeFile(at('small'), 'one two three');
  await writeFile(at('largest'), Buffer.alloc(65_536, 1));
  await writeFile(at('larger'), Buffer.alloc(65_537, 1));
  await symlink('/etc/passwd', at('link'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function texts(chunks: AsyncIterable<Uint8Array>): Promise<string[]> {
  const read: string[] = [];
  for await (const chunk of chunks) read.push(Buffer.from(chunk).toString('latin1'));
  return read;
}

describe('what is sent to clamd', () => {
  it('is read of pieces wherever they lie, and of files of their own up to the size of small ones', async () => {
    const names = ['small@8+5', 'small@0+3', 'small@4+0', 'small@2+4', 'largest', 'small'];
    const read = await texts(eachWhole(names.map(at)));
    expect(read.map((text) => text.slice(0, 20))).toEqual([
      'three',
      'one',
      '',
      'e tw',
      '\x01'.repeat(20),
      'one two three',
    ]);
  });

  it.each([
    ['of a file that is larger than a small one', 'larger', '65537 bytes, where'],
    ['of a piece that ends beyond its file', 'small@8+6', 'range'],
    ['of a piece that begins beyond it', 'small@900+1', 'range'],
    ['of a piece of no file', 'other/small@0+1', 'ENOENT'],
    ['behind a link', 'link', 'ELOOP'],
    ['of a folder', '.', 'no file'],
  ])('is nothing %s', async (_what, name, why) => {
    const failure = await texts(eachWhole([at('small'), at(name)])).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnreadableFile);
    expect((failure as Error).message).toContain(why);
    if (name !== 'larger') await expect(texts(bytesOf(at(name)))).rejects.toBeInstanceOf(UnreadableFile);
  });
});
