import { describe, expect, test } from 'vitest';
import { UnpackBudget, defaultUnpackLimits } from '../archive/index.ts';
import { collect } from '../archive/stream.fixture.ts';
import { memorySource } from '../random-access.ts';
import { cab, lzxType } from './cab.fixture.ts';
import { lzxCabinet, packLzx, sampleBytes, seeded } from './lzx.fixture.ts';
import { openCab } from './index.ts';

async function unpack(bytes: Uint8Array): Promise<Buffer> {
  const found: Buffer[] = [];
  for await (const { content } of openCab(memorySource(bytes), new UnpackBudget(defaultUnpackLimits)))
    found.push(await collect(content));
  return Buffer.concat(found);
}

describe('LZX', () => {
  test.each([15, 16, 17, 18, 19, 20, 21])(
    'with a window of 2^%i bytes gives what was packed',
    async (windowBits) => {
      for (let seed = 0; seed < 6; seed += 1) {
        const content = sampleBytes(seeded(seed), 20_000 + seed * 30_000);
        expect(
          (await unpack(lzxCabinet(content, { windowBits, random: seeded(seed + 100) }))).equals(content),
        ).toBe(true);
      }
    },
  );

  test('gives translated calls their own addresses back', async () => {
    const content = Buffer.alloc(70_000, 0x90);
    for (let at = 0; at + 5 < content.length; at += 1000) content.writeUInt8(0xe8, at);
    // At 1000 a call of an address that lies 16 behind the beginning: from there −984; at 2000 of one before it.
    content.writeInt32LE(16, 1001);
    content.writeInt32LE(-500, 2001);
    content.writeInt32LE(900_000, 3001);
    const seen = await unpack(
      lzxCabinet(content, { windowBits: 16, random: seeded(1), translated: 500_000 }),
    );
    expect([1001, 2001, 3001].map((at) => seen.readInt32LE(at))).toEqual([-984, 499_500, 900_000]);
    // The last ten bytes of a chunk stay.
    expect(seen.subarray(32_758, 32_768)).toEqual(content.subarray(32_758, 32_768));
  });

  test('that is damaged is refused, or gives other bytes that a checksum would tell', async () => {
    const content = sampleBytes(seeded(5), 3000);
    const [block] = packLzx(content, { windowBits: 15, random: seeded(7) });
    const packed = Buffer.from(block?.packed ?? []);
    const outcomes = new Set<string>();
    for (let at = 0; at < packed.length; at += 1) {
      const hostile = Buffer.from(packed);
      hostile.writeUInt8(255 - (packed[at] ?? 0), at);
      const bytes = cab([
        {
          type: lzxType(15),
          files: [{ name: 'a', content }],
          blocks: [{ packed: hostile, unpackedBytes: content.length }],
        },
      ]);
      try {
        outcomes.add((await unpack(bytes)).length === content.length ? 'unpacked' : 'short');
      } catch (error) {
        outcomes.add((error as { code: string }).code);
      }
    }
    expect([...outcomes].sort()).toEqual(['BAD_CHECKSUM', 'unpacked']);
  });

  test('that is cut off, or longer than its content, is refused', async () => {
    const content = sampleBytes(seeded(3), 500);
    const [block] = packLzx(content, { windowBits: 15, random: seeded(4) });
    const packed = Buffer.from(block?.packed ?? []);
    const folder = (bytes: Uint8Array) =>
      cab([
        {
          type: lzxType(15),
          files: [{ name: 'a', content }],
          blocks: [{ packed: bytes, unpackedBytes: content.length }],
        },
      ]);
    expect((await unpack(folder(packed))).equals(content)).toBe(true);
    for (let size = 0; size < packed.length; size += 1)
      await expect(unpack(folder(packed.subarray(0, size))), `${size}`).rejects.toMatchObject({
        code: 'BAD_CHECKSUM',
      });
    await expect(unpack(folder(Buffer.concat([packed, Buffer.alloc(2)])))).rejects.toMatchObject({
      message: expect.stringMatching(/left over/) as string,
    });
  });
});
