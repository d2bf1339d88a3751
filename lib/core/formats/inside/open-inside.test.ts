import { deflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { defaultUnpackLimits, UnpackBudget } from '../archive/index.ts';
import { memorySource } from '../random-access.ts';
import { recognise } from '../recognise/index.ts';
import { zip, type ZipPart } from '../zip/zip.fixture.ts';
import { openInside } from './index.ts';

/** Name of each file inside → whether it can be read. */
async function filesOf(parts: readonly ZipPart[]): Promise<Readonly<Record<string, boolean>>> {
  const source = memorySource(zip(parts));
  const [found] = (await recognise(source)).found;
  if (found === undefined) throw new Error('nothing is recognised');
  const files: Record<string, boolean> = {};
  for await (const file of openInside(source, found, new UnpackBudget(defaultUnpackLimits))) {
    files[file.name] = file.closed === null;
    if (file.closed === null) for await (const _chunk of file.content);
  }
  return files;
}

const manifest = { name: 'META-INF/MANIFEST.MF', content: 'Manifest-Version: 1.0\n' };

it('gives the files of a zip archive, and no folder as an empty file', async () => {
  expect(await filesOf([{ name: 'META-INF/', method: 0 }, { name: 'META-INF/deflated/' }, manifest])).toEqual(
    { 'META-INF/MANIFEST.MF': true },
  );
});

it('refuses a folder whose stream unpacks to something', async () => {
  const packed = deflateRawSync('').subarray(0, 1);
  await expect(filesOf([{ name: 'META-INF/', packed }, manifest])).rejects.toThrow(
    /damaged|does not unpack|cut/i,
  );
  const stated = { name: 'META-INF/', content: 'more' };
  await expect(filesOf([stated, manifest])).rejects.toThrow('declares content');
});

it('says of an encrypted folder that it can’t be read', async () => {
  expect(await filesOf([{ name: 'META-INF/', method: 0, flags: 1 }, manifest])).toMatchObject({
    'META-INF': false,
  });
});
