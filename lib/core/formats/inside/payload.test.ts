import { describe, expect, test } from 'vitest';
import { memorySource } from '../random-access.ts';
import { payloadOf } from './index.ts';
import { innoInstaller as installer, loader, tablePlace } from './inno.fixture.ts';

const payload = (bytes: Uint8Array) =>
  payloadOf(memorySource(bytes), { format: 'inno', start: loader.length, end: bytes.length }, 'inno');
const unbounded = { dataStart: loader.length, isBounded: false, passedOver: null };

describe('an installer by Inno Setup', () => {
  test('ends where its table says, and holds Setup’s own program, which innoextract passes over', async () => {
    const bytes = installer();
    expect(await payload(bytes)).toEqual({
      start: 0,
      dataStart: loader.length,
      end: bytes.length,
      isFollowed: false,
      isBounded: true,
      passedOver: {
        start: loader.length + 600,
        end: bytes.length,
        what: 'Inno Setup’s own program, which becomes the uninstaller',
      },
    });
    const first = await payload(installer({ engineAt: loader.length, filesAt: loader.length + 300 }));
    expect(first.passedOver).toMatchObject({ start: loader.length, end: loader.length + 300 });
  });

  test('is followed by what is behind its end, however its marks reach', async () => {
    expect(await payload(installer({}, 'more'))).toMatchObject({
      isFollowed: true,
      end: loader.length + 900,
    });
  });

  test.each<[string, Buffer]>([
    ['of another version', installer({ version: 2 })],
    ['that is damaged', damaged(installer())],
    ['that is there twice', Buffer.concat([installer(), installer()])],
    ['with parts behind its end', installer({ engineAt: loader.length + 900 })],
    ['whose files are elsewhere', installer({ filesAt: 0 })],
  ])('has no bounds by a table %s', async (_what, bytes) => {
    expect(await payload(bytes)).toMatchObject(unbounded);
  });

  test('that is cut off is damaged', async () => {
    await expect(payload(installer().subarray(0, -1))).rejects.toThrow('ends before its own header says so');
  });
});

function damaged(bytes: Buffer): Buffer {
  bytes[tablePlace + 20] = (bytes[tablePlace + 20] ?? 0) ^ 1;
  return bytes;
}
