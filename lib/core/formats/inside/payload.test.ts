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
    ['whose program is elsewhere', installer({ engineAt: 0 })],
    ['with a part in the loader before it', installer({ engineAt: 64 })],
    ['with a part in the table itself', installer({ filesAt: tablePlace + 43 })],
    ['with files behind its end', installer({ filesAt: 0xffff_ffff })],
    ['with a part at minus one', installer({ engineAt: 0xffff_ffff })],
    ['that ends at 0', installer({ end: 0 })],
    ['that ends in the loader', installer({ end: loader.length })],
    ['that ends between its parts', installer({ end: loader.length + 550 })],
  ])('has no bounds by a table %s', async (_what, bytes) => {
    expect(await payload(bytes)).toMatchObject(unbounded);
  });

  test('has its program up to the next part, even if two begin at one place', async () => {
    const at = loader.length + 500;
    const { passedOver, end } = await payload(installer({ engineAt: at }));
    expect({ passedOver, end }).toMatchObject({ passedOver: { start: at, end: at + 400 }, end: at + 400 });
  });

  test.each([0xffff_ffff, 0x8000_0000, loader.length + 901])(
    'is damaged whose table says that it ends at %i',
    async (end) => {
      await expect(payload(installer({ end }))).rejects.toThrow('ends before its own header says so');
    },
  );

  test('is followed by what its table leaves out', async () => {
    expect(await payload(installer({ end: loader.length + 899 }))).toMatchObject({
      isFollowed: true,
      end: loader.length + 899,
    });
  });

  test('that is cut off is damaged', async () => {
    await expect(payload(installer().subarray(0, -1))).rejects.toThrow('ends before its own header says so');
  });
});

function damaged(bytes: Buffer): Buffer {
  bytes[tablePlace + 20] = (bytes[tablePlace + 20] ?? 0) ^ 1;
  return bytes;
}
