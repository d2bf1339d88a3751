/**
 * .NET single-file programs: a manifest at the offset that the host names, with the position of every file in the program.
 * major u32, minor u32, count i32, id text; from 2 on places of two JSON files and flags (40 bytes); then for each file
 * offset i64, size i64, from 6 on compressed size i64, type u8, path text. Texts are prefixed by a 7-bit length.
 */
import { ArchiveError, guardRatio, showName, streamRange, type UnpackBudget } from '../archive/index.ts';
import { inflateRaw } from '../gzip/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { damaged, hidden, metered, type Account, type InnerFile } from './inner-file.ts';

const manifestBytesMax = 16 * 1024 * 1024;
const filesMax = 100_000;

interface BundledFile {
  readonly name: string;
  readonly offset: number;
  readonly sizeBytes: number;
  /** 0: stored. */
  readonly packedBytes: number;
}

export async function* readDotnetBundle(
  source: RandomAccessSource,
  headerOffset: number,
  budget: UnpackBudget,
  account: Account,
): AsyncGenerator<InnerFile> {
  const length = Math.min(manifestBytesMax, source.size - headerOffset);
  const reader = new ByteReader(Buffer.from(await source.read(headerOffset, length)), headerOffset);
  const files = readManifest(reader);
  account(headerOffset, headerOffset + reader.position);
  for (const file of files) {
    const stored = file.packedBytes === 0 ? file.sizeBytes : file.packedBytes;
    if (file.offset + stored > source.size)
      throw damaged('A file of the .NET bundle is outside the program.');
    account(file.offset, file.offset + stored);
    budget.countEntry(file.name.length);
    const packed = streamRange(source, file.offset, stored);
    if (file.packedBytes === 0) budget.countContent(file.sizeBytes);
    yield {
      name: showName(file.name).slice(1, -1),
      closed: null,
      content: file.packedBytes === 0 ? packed : metered(inflated(packed, file, budget), budget),
    };
  }
}

async function* inflated(
  packed: AsyncIterable<Uint8Array>,
  file: BundledFile,
  budget: UnpackBudget,
): AsyncGenerator<Uint8Array> {
  let consumed = 0;
  let bytes = 0;
  const content = inflateRaw(packed, (taken) => (consumed = taken));
  for await (const chunk of guardRatio(content, file.packedBytes, budget.limits)) {
    bytes += chunk.length;
    yield chunk;
  }
  if (bytes !== file.sizeBytes || consumed !== file.packedBytes) {
    throw hidden(`${showName(file.name)} in the .NET bundle doesn’t have the size that its manifest states.`);
  }
}

function readManifest(reader: ByteReader): readonly BundledFile[] {
  const major = reader.uint32();
  reader.uint32();
  const count = reader.uint32();
  reader.text();
  if (![1, 2, 6].includes(major)) {
    throw new ArchiveError({
      code: 'UNSUPPORTED',
      message: `The .NET bundle is of version ${major}, which is not supported.`,
      fix: 'Publish the program without PublishSingleFile, or declare it as opaque.',
    });
  }
  if (count > filesMax) throw damaged('The .NET bundle names too many files.');
  if (major >= 2) reader.skip(40);
  return Array.from({ length: count }, () => {
    const offset = reader.int64();
    const sizeBytes = reader.int64();
    const packedBytes = major >= 6 ? reader.int64() : 0;
    reader.skip(1);
    return { offset, sizeBytes, packedBytes, name: reader.text() };
  });
}

/** Numbers and texts one after the other; reading past the end is an ArchiveError. */
class ByteReader {
  readonly #bytes: Buffer;
  readonly #base: number;
  #at = 0;

  constructor(bytes: Buffer, base: number) {
    this.#bytes = bytes;
    this.#base = base;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at;
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.skip(4));
  }

  int64(): number {
    const value = Number(this.#bytes.readBigInt64LE(this.skip(8)));
    if (!Number.isSafeInteger(value) || value < 0)
      throw damaged('A number in the .NET bundle is out of range.', this.#base + this.#at);
    return value;
  }

  text(): string {
    let length = 0;
    for (let shift = 0; shift < 21; shift += 7) {
      const byte = this.#bytes.readUInt8(this.skip(1));
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    const start = this.skip(length);
    return this.#bytes.toString('utf8', start, start + length);
  }

  /** → where the skipped bytes begin. */
  skip(length: number): number {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length)
      throw damaged('The manifest of the .NET bundle is cut off.', this.#base + start);
    return start;
  }
}
