import { createHash } from 'node:crypto';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import type { JournalRecord } from '../protocol/index.ts';
import {
  type Binding,
  buildIndex,
  digestOfBinding,
  footerFile,
  type IndexEntry,
  indexFile,
  type JournalHead,
  type KnownSegment,
  listNumberOf,
  parseFooter,
  putInPlace,
  recordsFile,
  segmentsFolder,
  writeFooter,
  writeWhole,
} from '../segments/index.ts';

interface Place {
  readonly offset: number;
  readonly length: number;
}

/** A run of the open journal's records, with what is looked up in it: it becomes one segment. */
export class Piece {
  /** Where its first line begins in the open file. */
  readonly start: number;
  readonly before: JournalHead;
  records = 0;
  end: number;
  head: JournalHead;
  /** grantId → the line with its signature. */
  readonly signed = new Map<string, Place & { readonly lineSha256: string }>();
  /** slot (one file of one request) → what was bound to it by the first intent. */
  readonly slots = new Map<string, Place & Binding>();
  /** slot → grants that asked for it, the earliest first. */
  readonly asked = new Map<string, Map<string, Place>>();
  #from = '';
  #to = '';
  #listNumber = 0;

  constructor(start: number, before: JournalHead) {
    this.start = start;
    this.end = start;
    this.before = before;
    this.head = before;
  }

  remember({ entry, at }: JournalRecord, head: JournalHead, length: number): void {
    const place = { offset: this.end, length };
    if (entry.kind === 'signed') {
      this.signed.set(entry.grantId, { ...place, lineSha256: head.sha256 });
    } else if (entry.kind === 'intent') {
      const { slot, toBeSignedSha256, keyLabel, grantId } = entry;
      const asked = this.asked.get(slot) ?? new Map<string, Place>();
      if (!asked.has(grantId)) this.asked.set(slot, asked.set(grantId, place));
      if (!this.slots.has(slot)) this.slots.set(slot, { ...place, toBeSignedSha256, keyLabel });
    }
    this.#listNumber = Math.max(this.#listNumber, listNumberOf(entry));
    if (this.records === 0) this.#from = at;
    this.#to = at;
    this.records += 1;
    this.head = head;
    this.end += length;
  }

  /** Writes records, index and, last, footer, each flushed. A cut that is repeated after a crash writes the same again. */
  async write(file: FileHandle, journalFile: string, before: KnownSegment | null): Promise<KnownSegment> {
    const number = (before?.footer.number ?? 0) + 1;
    const folder = segmentsFolder(journalFile);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const sha256 = await this.#copyRecords(file, recordsFile(folder, number));
    const index = buildIndex(this.#entries());
    await writeWhole(indexFile(folder, number), index.bytes);
    const bytes = writeFooter({
      format: 'countersign keyholder journal segment',
      version: 1,
      number,
      first: this.before.sequence + 1,
      last: this.head.sequence,
      previous: this.before.sha256,
      head: this.head.sha256,
      from: this.#from,
      to: this.#to,
      bytes: this.end - this.start,
      sha256,
      signatures: this.signed.size,
      slots: this.slots.size,
      asked: [...this.asked.values()].reduce((sum, { size }) => sum + size, 0),
      listNumber: this.#listNumber,
      index: index.described,
      before: before?.sha256 ?? '0'.repeat(64),
    });
    const segment = parseFooter(bytes);
    if (segment === null) throw new TypeError(`the footer of segment ${number} can't be read back`);
    await writeWhole(footerFile(folder, number), bytes);
    return segment;
  }

  #entries(): readonly IndexEntry[] {
    const from = this.start;
    return [
      ...[...this.signed].map(([key, { lineSha256, offset, length }]) => ({
        kind: 'grant' as const,
        key,
        digest: lineSha256,
        offset: offset - from,
        length,
      })),
      ...[...this.slots].map(([key, { offset, length, ...binding }]) => ({
        kind: 'slot' as const,
        key,
        digest: digestOfBinding(binding),
        offset: offset - from,
        length,
      })),
      ...[...this.asked].flatMap(([key, grants]) =>
        [...grants].map(([digest, { offset, length }]) => ({
          kind: 'asked' as const,
          key,
          digest,
          offset: offset - from,
          length,
        })),
      ),
    ];
  }

  async #copyRecords(from: FileHandle, to: string): Promise<string> {
    const hash = createHash('sha256');
    const target = await open(`${to}.new`, 'w', 0o600);
    try {
      const chunk = Buffer.alloc(1024 * 1024);
      for (let at = this.start; at < this.end;) {
        const { bytesRead } = await from.read(chunk, 0, Math.min(chunk.length, this.end - at), at);
        if (bytesRead === 0) throw new RangeError(`the journal ends at byte ${at}, not ${this.end}`);
        const bytes = chunk.subarray(0, bytesRead);
        hash.update(bytes);
        await target.writeFile(bytes);
        at += bytesRead;
      }
      await target.sync();
    } finally {
      await target.close();
    }
    await putInPlace(to);
    return hash.digest('hex');
  }
}
