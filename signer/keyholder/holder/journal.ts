import { createHash } from 'node:crypto';
import { constants, open, mkdir, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { canonicalJson } from '#core/json/index.ts';
import {
  type JournalEntry,
  type JournalRecord,
  KeyHolderError,
  parseJournalRecord,
} from '../protocol/index.ts';

const lineBytesMax = 256 * 1024;
const newline = 0x0a;
/** Entries flushed together at most. */
const togetherMax = 64;
const journalStart = '0'.repeat(64);

/** Position of a recorded line in the file, for reading it again without keeping it in memory. */
export interface JournalPosition {
  readonly offset: number;
  readonly length: number;
}

/** Index of the grants in the journal, rebuilt when it's opened and updated as it grows. */
export interface JournalIndex {
  /** grantId → the line with its signature. */
  readonly signed: Map<string, JournalPosition>;
  /** slot (one file of one request) → what was bound to it by the first intent. */
  readonly slots: Map<string, BoundSlot>;
}

interface BoundSlot {
  readonly toBeSignedSha256: string;
  readonly keyLabel: string;
  /** Grants that asked for it: several where the policy's commit changed in between. */
  readonly grantIds: readonly string[];
}

interface Waiting {
  readonly entry: JournalEntry;
  readonly at: Date;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The key holder's own journal: one canonical JSON object per line, each holding the SHA-256 of the line
 * before it, on disk (fsync) before `append` answers. A line cut off by a crash is dropped, and that is recorded;
 * with any other break in the chain it refuses to open.
 */
export class KeyHolderJournal {
  readonly index: JournalIndex = { signed: new Map(), slots: new Map() };
  readonly #file: FileHandle;
  readonly #path: string;
  #size = 0;
  #sequence = 0;
  #head = journalStart;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** Opens or makes the file and verifies the whole chain. Throws JOURNAL_TAMPERED with the line number. */
  static async open(path: string, at: Date): Promise<KeyHolderJournal> {
    const file = await openOrCreate(path);
    const journal = new KeyHolderJournal(file, path);
    try {
      const truncated = await journal.#load();
      if (truncated !== null) await journal.#dropTruncated(truncated, at);
    } catch (error) {
      await file.close();
      throw error;
    }
    return journal;
  }

  /** Number of records and SHA-256 of the last one: to be stored elsewhere, so that truncation is detected. */
  head(): { readonly sequence: number; readonly sha256: string } {
    return { sequence: this.#sequence, sha256: this.#head };
  }

  /**
   * Appends one entry and waits until it's on disk. Entries are written in the order of the calls; those that arrive while the disk
   * is busy are flushed together.
   */
  append(entry: JournalEntry, at: Date): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, at, resolve, reject });
      this.#writing ??= this.#writeWaiting();
    });
  }

  /** The signature recorded for a grant, or null. */
  async findSignature(grantId: string): Promise<Uint8Array | null> {
    const position = this.index.signed.get(grantId);
    if (position === undefined) return null;
    const bytes = Buffer.alloc(position.length);
    await this.#file.read(bytes, 0, position.length, position.offset);
    const record = parseJournalRecord(bytes);
    if (record?.entry.kind !== 'signed' || record.entry.grantId !== grantId) {
      throw new KeyHolderError(
        'JOURNAL_TAMPERED',
        `${this.#path}: the record of grant ${grantId} was changed while in use; ${tamperedFix}`,
      );
    }
    return Buffer.from(record.entry.signature, 'base64');
  }

  /** The signature recorded for this place under whichever grant, or null: all of them were for the same octets and key. */
  async findSignatureOf(slot: string): Promise<Uint8Array | null> {
    const signed = this.index.slots.get(slot)?.grantIds.find((grantId) => this.index.signed.has(grantId));
    return signed === undefined ? null : this.findSignature(signed);
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #writeWaiting(): Promise<void> {
    // Whoever appends in the same turn of the event loop is in the first flush, too.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const some = this.#waiting.splice(0, togetherMax);
      try {
        await this.#write(some);
        for (const { resolve } of some) resolve();
      } catch (error) {
        for (const { reject } of some) reject(error);
      }
    }
    this.#writing = null;
  }

  async #write(entries: readonly Waiting[]): Promise<void> {
    const records: { readonly record: JournalRecord; readonly line: Buffer }[] = [];
    let [sequence, previous] = [this.#sequence, this.#head];
    for (const { entry, at } of entries) {
      sequence += 1;
      const record = { sequence, previous, at: at.toISOString(), entry };
      const line = Buffer.from(`${canonicalJson(record)}\n`, 'utf8');
      previous = createHash('sha256').update(line).digest('hex');
      records.push({ record, line });
    }
    const lines = Buffer.concat(records.map(({ line }) => line));
    try {
      // Another writer would fork the chain, so the file must be unchanged.
      await this.#expectSize(this.#size);
      const { bytesWritten } = await this.#file.write(lines);
      if (bytesWritten !== lines.length)
        throw new RangeError(`wrote ${bytesWritten} of ${lines.length} bytes`);
      await this.#file.datasync();
      // Of two that write at the same instant, the system puts one after the other, and at least the later one sees it.
      await this.#expectSize(this.#size + lines.length);
    } catch (cause) {
      if (cause instanceof KeyHolderError) throw cause;
      // A full disk takes part of a line; left there, the next check would report another writer.
      await this.#file.truncate(this.#size).catch(() => undefined);
      throw new KeyHolderError(
        'JOURNAL_UNWRITABLE',
        `${this.#path} can't be written: free disk space, check permissions`,
        {
          cause,
        },
      );
    }
    for (const { record, line } of records) this.#remember(record, line);
  }

  async #expectSize(expected: number): Promise<void> {
    const { size } = await this.#file.stat();
    if (size === expected) return;
    throw new KeyHolderError(
      'JOURNAL_TAMPERED',
      `${this.#path} is ${size} bytes, not ${expected} as this process wrote it: one key holder per journal; ${tamperedFix}`,
    );
  }

  /** Reads line by line, so that memory holds one chunk and one line. Returns bytes after the last newline. */
  async #load(): Promise<Buffer | null> {
    const chunk = Buffer.alloc(1024 * 1024);
    let rest = Buffer.alloc(0);
    for (let position = 0; ;) {
      const { bytesRead } = await this.#file.read(chunk, 0, chunk.length, position);
      if (bytesRead === 0) return rest.length === 0 ? null : rest;
      position += bytesRead;
      rest = this.#loadLines(Buffer.concat([rest, chunk.subarray(0, bytesRead)]));
      if (rest.length > lineBytesMax) throw this.#tampered('a line longer than any record');
    }
  }

  #loadLines(bytes: Buffer): Buffer<ArrayBuffer> {
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      const line = bytes.subarray(start, end + 1);
      const record = parseJournalRecord(line);
      if (record === null) throw this.#tampered('not a journal record');
      if (record.sequence !== this.#sequence + 1 || record.previous !== this.#head) {
        throw this.#tampered('the record does not follow from the one before');
      }
      this.#remember(record, line);
      start = end + 1;
    }
    return Buffer.from(bytes.subarray(start));
  }

  #remember(record: JournalRecord, line: Buffer): void {
    const { entry } = record;
    if (entry.kind === 'signed') {
      this.index.signed.set(entry.grantId, { offset: this.#size, length: line.length });
    } else if (entry.kind === 'intent') {
      const { slot, grantId } = entry;
      const bound = this.index.slots.get(slot);
      const { toBeSignedSha256, keyLabel, grantIds } = bound ?? { ...entry, grantIds: [] };
      if (!grantIds.includes(grantId))
        this.index.slots.set(slot, { toBeSignedSha256, keyLabel, grantIds: [...grantIds, grantId] });
    }
    this.#sequence = record.sequence;
    this.#head = createHash('sha256').update(line).digest('hex');
    this.#size += line.length;
  }

  async #dropTruncated(bytes: Buffer, at: Date): Promise<void> {
    await this.#file.truncate(this.#size);
    const droppedSha256 = createHash('sha256').update(bytes).digest('hex');
    await this.append({ kind: 'recovered', droppedBytes: bytes.length, droppedSha256 }, at);
  }

  #tampered(what: string): KeyHolderError {
    return new KeyHolderError(
      'JOURNAL_TAMPERED',
      `${this.#path}:${this.#sequence + 1}: ${what}; ${tamperedFix}`,
    );
  }
}

const tamperedFix =
  'find out who wrote to it, then restore the file from a backup before this key holder is started again';

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true });
    // Whatever is written goes to the end, so no process writes over another's records.
    const flags = constants.O_RDWR | constants.O_APPEND;
    return await open(path, flags).catch(async (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return open(path, 'ax+', 0o600);
    });
  } catch (cause) {
    throw new KeyHolderError(
      'JOURNAL_UNWRITABLE',
      `${path} can't be opened: create its folder for this user`,
      {
        cause,
      },
    );
  }
}
