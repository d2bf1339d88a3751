/** Writes gzip files around a tar archive that are unusual in one way: header fields, compressed data, members, what follows. */
import { crc32 } from 'node:zlib';
import { writeDeflate } from './deflate-writer.ts';
import type { Random } from './random.ts';

const names = [
  'a.tar',
  'a.tgz',
  'A.TAR',
  'a',
  'setup.exe',
  '../a.tar',
  '/a.tar',
  'b\\a.tar',
  'a.tar.exe',
  'a:b.tar',
  'ä.tar',
  '.tar',
  '',
] as const;

/** tar archive → gzip file. About half of them are such that an honest program could have written them. */
export function writeOddGzip(tar: Buffer, random: Random): Buffer {
  const whole = member(tar, random);
  if (random.chance(0.8)) return whole;
  const packed: Buffer = Buffer.from(whole);
  const place = (from: number, length: number): void => {
    packed[from + random.below(length)] = random.below(256);
  };
  return random.pick<() => Buffer>([
    () => Buffer.concat([whole, Buffer.alloc(random.pick([1, 512, 10_240]))]),
    () => Buffer.concat([whole, random.bytes(1 + random.below(40))]),
    () => Buffer.concat([whole, member(tar, random)]),
    () => Buffer.concat([member(Buffer.alloc(0), random), whole]),
    () => Buffer.concat([member(tar.subarray(0, 512), random), member(tar.subarray(512), random)]),
    () => whole.subarray(0, whole.length - 1 - random.below(9)),
    () => (place(0, 10), packed),
    () => (place(packed.length - 8, 8), packed),
    () => (place(0, packed.length), packed),
  ])();
}

/** RFC 1952 §2.3. */
function member(content: Buffer, random: Random): Buffer {
  const isHonest = random.chance(0.6);
  const flags = isHonest
    ? random.pick([0, 0, 8])
    : random.below(32) | (random.chance(0.1) ? 1 << (5 + random.below(3)) : 0);
  const parts: Buffer[] = [
    Buffer.from([
      0x1f,
      0x8b,
      8,
      flags,
      ...random.bytes(4),
      random.pick([0, 2, 4]),
      random.pick([0, 3, 7, 10, 255]),
    ]),
  ];
  if ((flags & 4) !== 0) {
    const extra = random.bytes(random.below(40));
    parts.push(Buffer.from([extra.length, 0]), extra);
  }
  if ((flags & 8) !== 0) parts.push(Buffer.from(`${isHonest ? 'a.tar' : random.pick(names)}\0`, 'latin1'));
  if ((flags & 16) !== 0) parts.push(Buffer.from('a comment\0'));
  if ((flags & 2) !== 0) {
    const sum = Buffer.alloc(2);
    sum.writeUInt16LE(random.chance(0.8) ? crc32(Buffer.concat(parts)) & 0xffff : 0);
    parts.push(sum);
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length, 4);
  return Buffer.concat([...parts, writeDeflate(content, random), trailer]);
}
