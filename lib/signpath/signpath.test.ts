import { describe, expect, it } from 'vitest';
import { defaultUnpackLimits, UnpackBudget } from '#core/formats/archive/index.ts';
import { memorySource } from '#core/formats/random-access.ts';
import { readZip } from '#core/formats/zip/index.ts';
import { requestStatuses } from '#core/wire/request/index.ts';
import { isWorthTelling, statusName } from './status.ts';
import { storedZip, zippedBytesMax, zipSizeBytes } from './stored-zip.ts';

const zipped = async (bytes: Buffer, told = bytes.length, name = 'Größe 1.exe'): Promise<Buffer> => {
  const file = {
    name,
    sizeBytes: told,
    bytes: async function* () {
      for (let at = 0; at < bytes.length; at += 7) yield await Promise.resolve(bytes.subarray(at, at + 7));
    },
  };
  const chunks: Uint8Array[] = [];
  for await (const chunk of storedZip(file)) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const namesIn = async (bytes: Buffer): Promise<readonly string[]> => {
  const { entries } = await readZip(memorySource(bytes), new UnpackBudget(defaultUnpackLimits));
  return entries.flatMap(({ path, issues }) => (issues.length === 0 ? [path] : [JSON.stringify(issues)]));
};

describe('a zip of one stored file', () => {
  it.each([0, 1, 7, 1000])('is read by our own strict reader, with %i bytes in it', async (size) => {
    const bytes = Buffer.alloc(size, 'program');
    const made = await zipped(bytes);
    expect(made).toHaveLength(zipSizeBytes({ name: 'Größe 1.exe', sizeBytes: size }));
    expect(Buffer.from(made.subarray(30 + 13, 30 + 13 + size)).equals(bytes)).toBe(true);
    expect(await namesIn(made)).toEqual(['Größe 1.exe']);
    expect((await zipped(bytes)).equals(made)).toBe(true);
  });

  it('is none of a file that has other bytes than it was said to have, or too many', async () => {
    await expect(zipped(Buffer.alloc(10), 9)).rejects.toThrow(RangeError);
    await expect(zipped(Buffer.alloc(10), 11)).rejects.toThrow(RangeError);
    await expect(zipped(Buffer.alloc(0), zippedBytesMax + 1)).rejects.toThrow(RangeError);
  });
});

describe('SignPath’s words for a status', () => {
  it('are those of its API', () => {
    expect(Object.fromEntries(requestStatuses.map((status) => [status, statusName(status, null)]))).toEqual({
      received: 'InProgress',
      checking: 'InProgress',
      signing: 'InProgress',
      'waiting-for-approval': 'WaitingForApproval',
      completed: 'Completed',
      denied: 'Denied',
      failed: 'Failed',
    });
    expect(statusName('denied', 'denied')).toBe('Denied');
    for (const outcome of ['cancelled', 'superseded'] as const)
      expect(statusName('denied', outcome)).toBe('Canceled');
  });

  it('are told at once when it ends or begins to wait for people, and otherwise when the time is over', () => {
    expect(isWorthTelling('checking', 'signing')).toBe(false);
    expect(isWorthTelling('checking', 'waiting-for-approval')).toBe(true);
    expect(isWorthTelling('waiting-for-approval', 'waiting-for-approval')).toBe(false);
    expect(isWorthTelling('waiting-for-approval', 'checking')).toBe(false);
    for (const end of ['completed', 'denied', 'failed'] as const)
      expect(isWorthTelling('waiting-for-approval', end)).toBe(true);
  });
});
