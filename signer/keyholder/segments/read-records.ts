import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { type JournalRecord, KeyHolderError, parseJournalRecord } from '../protocol/index.ts';

/** How long a journal is, and the SHA-256 of its last line (64 zeros before the first). */
export interface JournalHead {
  readonly sequence: number;
  readonly sha256: string;
}

export interface ReadRecord {
  readonly record: JournalRecord;
  /** With this record. */
  readonly head: JournalHead;
  /** Of its line, with the newline. */
  readonly offset: number;
  readonly length: number;
}

export interface RecordsRead {
  /** Of the last complete line. */
  readonly head: JournalHead;
  /** Where that ends. */
  readonly end: number;
  /** Bytes behind it: a line that a crash cut off, or that is being written. */
  readonly rest: Buffer;
}

const nothing: JournalHead = { sequence: 0, sha256: '0'.repeat(64) };
const lineBytesMax = 256 * 1024;
const chunkBytes = 1024 * 1024;
const newline = 0x0a;

/**
 * The records of an open file in order, some at a time, each verified to follow from the one before; memory holds one chunk. `before`: null
 * where the first line says itself what it follows. Throws JOURNAL_TAMPERED with `name` and the sequence.
 */
export async function* readRecords(
  file: FileHandle,
  { name, before, fix }: { readonly name: string; readonly before: JournalHead | null; readonly fix: string },
): AsyncGenerator<readonly ReadRecord[], RecordsRead> {
  let head = before;
  let end = 0;
  const tampered = (what: string): KeyHolderError =>
    new KeyHolderError('JOURNAL_TAMPERED', `${name}:${(head?.sequence ?? 0) + 1}: ${what}; ${fix}`);
  const chunk = Buffer.alloc(chunkBytes);
  let rest: Buffer = Buffer.alloc(0);
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    const found: ReadRecord[] = [];
    let start = 0;
    for (let stop = bytes.indexOf(newline); stop !== -1; stop = bytes.indexOf(newline, start)) {
      const line = bytes.subarray(start, stop + 1);
      const record = parseJournalRecord(line);
      if (record === null) throw tampered('not a journal record');
      // Behind segments the file begins anywhere in the chain; whoever reads compares the first record with the segment that it names.
      head ??=
        record.entry.kind === 'segment'
          ? { sequence: record.sequence - 1, sha256: record.previous }
          : nothing;
      if (record.sequence !== head.sequence + 1 || record.previous !== head.sha256)
        throw tampered('the record does not follow from the one before');
      head = { sequence: record.sequence, sha256: createHash('sha256').update(line).digest('hex') };
      found.push({ record, head, offset: end, length: line.length });
      end += line.length;
      start = stop + 1;
    }
    rest = Buffer.from(bytes.subarray(start));
    if (rest.length > lineBytesMax) throw tampered('a line longer than any record');
    if (found.length > 0) yield found;
  }
  return { head: head ?? nothing, end, rest };
}
