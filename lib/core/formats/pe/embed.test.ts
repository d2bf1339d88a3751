import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import fc from 'fast-check';
import { octetString, sequence } from '../../pki/asn1/index.ts';
import { chunkBytes, memorySource } from '../random-access.ts';
import { PeChecksum } from './checksum.ts';
import {
  compareSignedPe,
  embedPeSignatures,
  extractPeSignatures,
  parsePe,
  peChecksum,
  peDigest,
} from './index.ts';
import { buildProgram, collect, offsets, peOffset } from './program.fixture.ts';

const pkcs7 = sequence(octetString(new Uint8Array(99).fill(7)));

async function open(bytes: Uint8Array) {
  const source = memorySource(bytes);
  return { source, layout: await parsePe(source) };
}

async function sign(program: Uint8Array) {
  const { source, layout } = await open(program);
  return collect(embedPeSignatures(source, layout, [pkcs7]));
}

/** The checksum as Microsoft describes it, one 16-bit word at a time. */
function checksumByWords(bytes: Uint8Array, checksumOffset: number): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 2) {
    const field = index >= checksumOffset && index < checksumOffset + 4;
    if (!field) sum += (bytes[index] ?? 0) | ((bytes[index + 1] ?? 0) << 8);
    sum = (sum & 0xffff) + (sum >>> 16);
  }
  return sum + bytes.length;
}

const overlays = fc.uint8Array({ maxLength: 40 });
const formats = fc.constantFrom('pe32' as const, 'pe32+' as const);

test('a signed program has the digest of the unsigned one, the right checksum, and its signature back', async () => {
  await fc.assert(
    fc.asyncProperty(formats, overlays, async (format, overlay) => {
      const unsigned = await open(buildProgram({ format, overlay }));
      const bytes = await sign(buildProgram({ format, overlay }));
      const signed = await open(bytes);
      expect(await peDigest(signed.source, signed.layout)).toEqual(
        await peDigest(unsigned.source, unsigned.layout),
      );
      expect(bytes.length % 8).toBe(0);
      expect(signed.layout.checksumStated).toBe(checksumByWords(bytes, signed.layout.checksumOffset));
      expect(await peChecksum(signed.source, signed.layout)).toBe(signed.layout.checksumStated);
      expect(await extractPeSignatures(signed.source, signed.layout)).toEqual([pkcs7]);
      expect(await compareSignedPe(unsigned, signed)).toEqual({ equal: true });
    }),
    { numRuns: 100 },
  );
});

test('the digest leaves out checksum and certificate directory, and nothing else', async () => {
  const program = buildProgram({ overlay: Uint8Array.of(9) });
  const at = offsets('pe32+');
  const digest = async (bytes: Uint8Array) => {
    const { source, layout } = await open(bytes);
    return Buffer.from(await peDigest(source, layout)).toString('hex');
  };
  const parts = [
    program.subarray(0, at.checksum),
    program.subarray(at.checksum + 4, at.certificateDirectory),
    program.subarray(at.certificateDirectory + 8),
    new Uint8Array(7),
  ];
  const expected = createHash('sha256').update(Buffer.concat(parts)).digest('hex');
  expect(await digest(program)).toBe(expected);
  const changed = Uint8Array.from(program);
  changed[at.checksum] = 0xff;
  expect(await digest(changed)).toBe(expected);
  for (const offset of [2, at.optional + 40, at.checksum + 4, 0x3ff, 0x400, program.length - 1]) {
    const other = Uint8Array.from(program);
    other[offset] = (other[offset] ?? 0) ^ 1;
    expect(await digest(other)).not.toBe(expected);
  }
});

test('sums are read once for the same content, and again for another', async () => {
  const program = buildProgram({ overlay: new Uint8Array(5000).fill(3) });
  const other = Uint8Array.from(program);
  other[program.length - 1] = 9;
  const reads: number[] = [];
  const counted = async (bytes: Uint8Array, content: object) => {
    const memory = memorySource(bytes);
    const source = {
      size: memory.size,
      content,
      read: (offset: number, length: number) => {
        if (length > 4096) reads.push(length);
        return memory.read(offset, length);
      },
    };
    return { source, layout: await parsePe(source) };
  };
  const [one, two] = [{}, {}];
  const first = await counted(program, one);
  const digest = await peDigest(first.source, first.layout);
  const again = await counted(program, one);
  const signed = await collect(embedPeSignatures(again.source, again.layout, [pkcs7]));
  expect(Buffer.compare(signed, await sign(program))).toBe(0);
  // Once for both sums, once to write it.
  expect(reads.length).toBe(2);
  const changed = await counted(other, two);
  expect(await peDigest(changed.source, changed.layout)).not.toEqual(digest);
});

test('patches a directory entry that lies across two pieces of the stream', async () => {
  const program = buildProgram();
  const at = offsets('pe32+');
  const shift = chunkBytes - (at.certificateDirectory + 4);
  const moved = new Uint8Array(program.length + shift);
  moved.set(program.subarray(0, peOffset));
  moved.set(program.subarray(peOffset), peOffset + shift);
  const view = new DataView(moved.buffer);
  view.setUint32(60, peOffset + shift, true);
  view.setUint32(at.optional + shift + 60, 0x400 + shift, true);
  view.setUint32(at.optional + shift + 112 + 128 + 20, 0x400 + shift, true);
  const unsigned = await open(moved);
  const signed = await open(await sign(moved));
  expect(unsigned.layout.certificateDirectoryOffset).toBe(chunkBytes - 4);
  expect(await compareSignedPe(unsigned, signed)).toEqual({ equal: true });
  expect(await peChecksum(signed.source, signed.layout)).toBe(signed.layout.checksumStated);
});

test('a table that is there goes, and several signatures stand side by side', async () => {
  const first = await open(await sign(buildProgram({ overlay: Uint8Array.of(1, 2, 3) })));
  const other = sequence(octetString(new Uint8Array(30).fill(9)));
  const both = await open(await collect(embedPeSignatures(first.source, first.layout, [pkcs7, other])));
  expect(await extractPeSignatures(both.source, both.layout)).toEqual([pkcs7, other]);
  expect(await compareSignedPe(first, both)).toEqual({ equal: true });
  const replaced = await open(await collect(embedPeSignatures(both.source, both.layout, [other])));
  expect(await extractPeSignatures(replaced.source, replaced.layout)).toEqual([other]);
  expect(await peChecksum(replaced.source, replaced.layout)).toBe(replaced.layout.checksumStated);
  expect(await peDigest(replaced.source, replaced.layout)).toEqual(
    await peDigest(first.source, first.layout),
  );
  const many = Array.from({ length: 17 }, () => other);
  await expect(collect(embedPeSignatures(both.source, both.layout, many))).rejects.toMatchObject({
    code: 'CERTIFICATE_TABLE_ENTRIES',
  });
});

test('refuses to embed what is no DER', async () => {
  const unsigned = await open(buildProgram());
  const trailing = Uint8Array.from([...pkcs7, 0]);
  await expect(
    collect(embedPeSignatures(unsigned.source, unsigned.layout, [trailing])),
  ).rejects.toMatchObject({
    code: 'SIGNATURE_INVALID',
  });
});

test('the comparison finds any other change', async () => {
  const program = buildProgram({ overlay: Uint8Array.of(1, 2, 3) });
  const unsigned = await open(program);
  const good = await sign(program);
  for (const offset of [2, 0x450, program.length - 1, program.length]) {
    const bad = Uint8Array.from(good);
    bad[offset] = (bad[offset] ?? 0) ^ 0x80;
    expect(await compareSignedPe(unsigned, await open(bad))).toMatchObject({ equal: false, offset });
  }
  expect(await compareSignedPe(unsigned, unsigned)).toMatchObject({ equal: false });
});

test('the checksum does not depend on how the bytes are cut into pieces', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat(200), { maxLength: 8 }), (bytes, cuts) => {
      const checksum = new PeChecksum();
      const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
      places.forEach((place, index) => {
        checksum.update(bytes.subarray(place, places[index + 1] ?? bytes.length));
      });
      expect(checksum.value()).toBe(checksumByWords(bytes, Number.POSITIVE_INFINITY));
    }),
  );
});
