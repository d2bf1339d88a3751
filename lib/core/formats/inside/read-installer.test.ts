import { describe, expect, test } from 'vitest';
import { ArchiveError, defaultUnpackLimits, UnpackBudget } from '../archive/index.ts';
import { collect } from '../archive/stream.fixture.ts';
import { compoundFile, type Described } from '../cfb/cfb.fixture.ts';
import { databaseClass, installer } from '../msi/msi.fixture.ts';
import { memorySource } from '../random-access.ts';
import { recognise } from '../recognise/index.ts';
import { openInside } from './index.ts';

const limits = defaultUnpackLimits;
async function files(file: Uint8Array, budget = new UnpackBudget(limits)): Promise<Record<string, string>> {
  const source = memorySource(file);
  const [found] = (await recognise(source)).found;
  if (found?.format !== 'msi') throw new Error('not recognised');
  const read: Record<string, string> = {};
  for await (const { name, content } of openInside(source, found, budget))
    read[name] = Buffer.from(await collect(content)).toString('latin1');
  return read;
}
const stream = (name: string, text: string): Described => ({ name, content: Buffer.from(text) });
const file = (...children: readonly Described[]) => compoundFile(children, { clsid: databaseClass });

describe('an installer is opened stream by stream', () => {
  test('with the names that people know, in storages too', async () => {
    const opened = await files(
      await file(stream('\u41a6\u3a3b', 'x'), { name: 'ODBC', children: [stream('inner', 'y')] }),
    );
    expect(Object.keys(opened)).toEqual([expect.stringMatching(/^[A-Za-z0-9._]{4}$/), 'ODBC/inner']);
    expect(Object.values(opened)).toEqual(['x', 'y']);
    expect(await files(await installer())).toHaveProperty('!Property');
  });

  test('bytes of no stream are one more file, unless all of them are zero', async () => {
    const clean = await file(stream('a', 'x'));
    expect(Object.keys(await files(clean))).toEqual(['a']);
    const behind = Buffer.concat([clean, Buffer.from('hidden')]);
    expect((await files(behind))['(bytes of no stream)']).toMatch(/^\0*hidden\0*$/);
    const slack = Buffer.from(clean);
    slack.write('deleted', slack.indexOf('x\0\0') + 3);
    expect((await files(slack))['(bytes of no stream)']).toMatch(/^\0*deleted\0*$/);
  });

  test('one that is damaged is not half opened', async () => {
    const whole = await file(stream('a', 'x'.repeat(5000)));
    await expect(files(whole.subarray(0, whole.length - 512))).rejects.toThrow(ArchiveError);
    const looped = Buffer.from(whole);
    looped.writeUInt32LE(0, 48);
    await expect(files(looped)).rejects.toThrow();
  });

  test('within the limits', async () => {
    const whole = await file(stream('a', 'x'.repeat(5000)), stream('b', 'y'));
    const small = new UnpackBudget({ ...limits, entrySizeBytesMax: 4999 });
    await expect(files(whole, small)).rejects.toMatchObject({ code: 'LIMIT_ENTRY_SIZE' });
    const few = new UnpackBudget({ ...limits, entryCountMax: 1 });
    await expect(files(whole, few)).rejects.toMatchObject({ code: 'LIMIT_ENTRIES' });
  });
});
