/** A signed program with one change more than its signature: read back beside the one before it, byte by byte. */
import { describe, expect, test } from 'vitest';
import { octetString, sequence } from '../../pki/asn1/index.ts';
import { memorySource } from '../random-access.ts';
import { compareSignedPe, embedPeSignatures, extractPeSignatures, parsePe } from './index.ts';
import { buildProgram, collect, offsets } from './program.fixture.ts';

const pkcs7 = sequence(octetString(new Uint8Array(99).fill(7)));
const open = async (bytes: Uint8Array) => {
  const source = memorySource(bytes);
  return { source, layout: await parsePe(source) };
};
const signed = async (program: Uint8Array) => {
  const { source, layout } = await open(program);
  return Buffer.from(await collect(embedPeSignatures(source, layout, [pkcs7])));
};
const flipped = (bytes: Uint8Array, at: number, mask = 1): Buffer => {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ mask;
  return changed;
};
/** Why it isn't the program before with a signature; null: it passes as that. */
async function refusal(before: Uint8Array, after: Uint8Array): Promise<string | null> {
  try {
    const [one, other] = [await open(before), await open(after)];
    const compared = await compareSignedPe(one, other);
    if (!compared.equal) return compared.message;
    const [found, ...more] = await extractPeSignatures(other.source, other.layout);
    return found !== undefined && more.length === 0 && Buffer.compare(found, pkcs7) === 0
      ? null
      : 'another signature';
  } catch (error) {
    expect(error).toMatchObject({ name: 'PeError' });
    return String(error);
  }
}

describe.each(['pe32', 'pe32+'] as const)('of a %s program', (format) => {
  const program = buildProgram({ format, overlay: Uint8Array.of(1, 2, 3) });
  const places = offsets(format);

  test('each byte outside the checksum is the one before, or the file is refused', async () => {
    const good = await signed(program);
    expect(await refusal(program, good)).toBeNull();
    const checksum = (await open(program)).layout.checksumOffset;
    const passed: number[] = [];
    for (let at = 0; at < good.length; at++)
      for (const mask of [0x01, 0x80])
        if ((await refusal(program, flipped(good, at, mask))) === null) passed.push(at);
    // The checksum is compared with the one that the program has: read-back.test.ts.
    expect([...new Set(passed)].filter((at) => at < checksum || at >= checksum + 4)).toEqual([]);
  });

  test.each<[string, (good: Buffer) => Buffer]>([
    ['a byte more of overlay', (good) => inserted(good, program.length, Buffer.alloc(8, 1))],
    ['zeros more before the table', (good) => inserted(good, program.length, Buffer.alloc(8))],
    [
      'overlay that is gone',
      (good) =>
        moved(Buffer.concat([good.subarray(0, program.length - 3), good.subarray(program.length + 5)]), -8),
    ],
    ['bytes behind the table', (good) => Buffer.concat([good, Buffer.alloc(8)])],
    ['a byte behind the table', (good) => Buffer.concat([good, Buffer.from([1])])],
    ['bytes in the table behind the signature', (good) => resized(Buffer.concat([good, Buffer.alloc(8)]), 8)],
    [
      'bytes in the table that are no entry',
      (good) => resized(Buffer.concat([good, Buffer.alloc(64, 5)]), 64),
    ],
    [
      'a second table inside the first',
      (good) => resized(Buffer.concat([good, tableOf(good)]), tableOf(good).length),
    ],
    ['a second table before the first', (good) => inserted(good, tableAt(good), tableOf(good))],
    [
      'a second table behind, which the directory names',
      (good) => moved(Buffer.concat([good, tableOf(good)]), tableOf(good).length),
    ],
    ['a table that begins in the program', (good) => resized(moved(good, -8), 8)],
    ['a table that is cut off', (good) => good.subarray(0, -8)],
    [
      'no table',
      (good) => resized(moved(good.subarray(0, tableAt(good)), -tableAt(good)), -tableOf(good).length),
    ],
  ])('%s is refused', async (_name, change) => {
    expect(await refusal(program, change(await signed(program)))).not.toBeNull();
  });

  const tableAt = (good: Buffer) => good.readUInt32LE(places.certificateDirectory);
  const tableOf = (good: Buffer) => Buffer.from(good.subarray(tableAt(good)));
  function moved(good: Buffer, by: number): Buffer {
    const changed = Buffer.from(good);
    changed.writeUInt32LE(tableAt(changed) + by, places.certificateDirectory);
    return changed;
  }
  function resized(good: Buffer, by: number): Buffer {
    const changed = Buffer.from(good);
    const at = places.certificateDirectory + 4;
    changed.writeUInt32LE(changed.readUInt32LE(at) + by, at);
    return changed;
  }
  const inserted = (good: Buffer, at: number, bytes: Uint8Array): Buffer =>
    moved(Buffer.concat([good.subarray(0, at), bytes, good.subarray(at)]), bytes.length);
});
