/** MsiFileHash: MD5 as four numbers, by which Windows Installer sees whether a file without a version was changed. It is no protection. */
import { createHash } from 'node:crypto';
import type { Table } from '../tables.ts';
import { contentsError } from './damage.ts';

const parts = ['HashPart1', 'HashPart2', 'HashPart3', 'HashPart4'] as const;

/** The content, which must have this digest. */
export async function* withHash(
  content: AsyncIterable<Uint8Array>,
  table: Table,
  row: number,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('md5');
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
  const digest = hash.digest();
  const isSame = parts.every((part, index) => table.number(row, part) === digest.readInt32LE(index * 4));
  if (!isSame)
    throw contentsError(
      'BAD_CHECKSUM',
      `states another digest of a file than it has (row ${row + 1} of its table MsiFileHash)`,
      table.stream.offset,
    );
}

/** Writes the digest of the content into the bytes of the table. */
export async function writeHash(
  bytes: Buffer,
  table: Table,
  row: number,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const hash = createHash('md5');
  for await (const chunk of content) hash.update(chunk);
  const digest = hash.digest();
  for (const [index, part] of parts.entries())
    bytes.writeUInt32LE(stored(digest.readInt32LE(index * 4)), table.place(row, part).at);
}

/** Numbers of four bytes are stored plus 0x80000000. */
export const stored = (value: number): number => value + 0x8000_0000;

export const hashPlaces = (table: Table, row: number): readonly { at: number; bytes: number }[] =>
  parts.map((part) => table.place(row, part));
