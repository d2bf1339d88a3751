/** A key holder's journal, for other programs: read-only, as far as it is intact. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type JournalRecord, KeyHolderError, parseJournalRecord } from '../protocol/index.ts';

/** How long a journal is, and the SHA-256 of its last line (64 zeros before the first). */
export interface JournalHead {
  readonly sequence: number;
  readonly sha256: string;
}

const lineBytesMax = 256 * 1024;
const newline = 0x0a;

/**
 * Calls `each` with every record and the head that it makes → the last head; null where there is no such file. An
 * incomplete last line is skipped: it may be left by a crash or just being written. Throws JOURNAL_TAMPERED with the
 * line number.
 */
export async function readKeyHolderJournal(
  path: string,
  each: (record: JournalRecord, head: JournalHead) => void = () => undefined,
): Promise<JournalHead | null> {
  let head: JournalHead = { sequence: 0, sha256: '0'.repeat(64) };
  const tampered = (what: string): KeyHolderError =>
    new KeyHolderError('JOURNAL_TAMPERED', `${path}:${head.sequence + 1}: ${what}; restore it from a backup`);
  const take = (line: Buffer): void => {
    const record = parseJournalRecord(line);
    if (record === null) throw tampered('not a journal record');
    if (record.sequence !== head.sequence + 1 || record.previous !== head.sha256)
      throw tampered('the record does not follow from the one before');
    head = { sequence: record.sequence, sha256: createHash('sha256').update(line).digest('hex') };
    each(record, head);
  };
  let rest = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
      rest = Buffer.concat([rest, chunk as Buffer]);
      let start = 0;
      for (let end = rest.indexOf(newline); end !== -1; end = rest.indexOf(newline, start)) {
        take(rest.subarray(start, end + 1));
        start = end + 1;
      }
      rest = Buffer.from(rest.subarray(start));
      if (rest.length > lineBytesMax) throw tampered('a line longer than any record');
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return head;
}
