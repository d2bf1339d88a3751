import { createHash } from 'node:crypto';
import { constants, mkdir, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { canonicalJson } from '#core/json/index.ts';
import {
  type JournalEntry,
  type JournalRecord,
  KeyHolderError,
  parseJournalRecord,
} from '../protocol/index.ts';
import {
  type Binding,
  ClosedSegments,
  digestOfBinding,
  footerFile,
  indexFile,
  type JournalHead,
  type KnownSegment,
  openSegments,
  putInPlace,
  readRecords,
  type ReadRecord,
  recordsFile,
  segmentsFolder,
  zeros,
} from '../segments/index.ts';
import { Piece } from './piece.ts';

/** Entries flushed together at most. */
const togetherMax = 64;
const looksMax = 3;
const nothing: JournalHead = { sequence: 0, sha256: zeros };

interface Waiting {
  readonly entry: JournalEntry;
  readonly at: Date;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The key holder's own journal: one canonical JSON object per line, each holding the SHA-256 of the line
 * before it, on disk (fsync) before `append` answers. A line cut off by a crash is dropped, and that is recorded;
 * with any other break in the chain it refuses to open. Once it is long it becomes a segment, and a new file follows, whose
 * first record names the segment's footer (decision 0131).
 */
export class KeyHolderJournal {
  readonly #path: string;
  readonly #segmentRecords: number;
  #file: FileHandle;
  #closed: ClosedSegments;
  #piece = new Piece(0, nothing);
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  /** What a full disk left of lines that were never answered for, where it couldn't be taken back at once. */
  #torn: Buffer | null = null;

  private constructor(file: FileHandle, path: string, segmentRecords: number) {
    this.#file = file;
    this.#path = path;
    this.#segmentRecords = segmentRecords;
    this.#closed = new ClosedSegments(path);
  }

  /** Opens or makes the file; verifies its chain and that of the segments before it. Throws JOURNAL_TAMPERED with the line number. */
  static async open(
    path: string,
    at: Date,
    { segmentRecords = 50_000 }: { readonly segmentRecords?: number } = {},
  ): Promise<KeyHolderJournal> {
    const file = await openOrCreate(path);
    const journal = new KeyHolderJournal(file, path, segmentRecords);
    try {
      await journal.#load(at);
    } catch (error) {
      await journal.#file.close();
      throw error;
    }
    return journal;
  }

  /** Rejects where the open file isn't the one of its name any more: it was removed or replaced, and what is written to it now would be lost. */
  async checkInPlace(): Promise<void> {
    // A file that becomes a segment has another one in its place for a moment.
    for (let look = 1; ; look += 1) {
      await this.#writing;
      const [own, there] = await Promise.all([this.#file.stat(), stat(this.#path).catch(() => null)]);
      if (there?.ino === own.ino) return;
      if (look === looksMax) throw this.#displaced(there !== null);
    }
  }

  /** Number of records and SHA-256 of the last one: to be stored elsewhere, so that truncation is detected. */
  head(): JournalHead {
    return this.#piece.head;
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

  /** The signature recorded for a grant, or null. Throws JOURNAL_SEGMENT_AWAY where its segment is archived. */
  async findSignature(grantId: string): Promise<Uint8Array | null> {
    const place = this.#piece.signed.get(grantId);
    if (place === undefined) return this.#closed.findSignature(grantId);
    const bytes = Buffer.alloc(place.length);
    await this.#file.read(bytes, 0, place.length, place.offset);
    const record = sha256(bytes) === place.lineSha256 ? parseJournalRecord(bytes) : null;
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
    const asked = [...(await this.#closed.grantsFor(slot)), ...(this.#piece.asked.get(slot)?.keys() ?? [])];
    for (const grantId of new Set(asked)) {
      const signature = await this.findSignature(grantId);
      if (signature !== null) return signature;
    }
    return null;
  }

  /** Whether the slot (one file of one request) was bound to other bytes, or to another key, by an earlier intent. */
  async isBoundToOther(slot: string, binding: Binding): Promise<boolean> {
    const wanted = digestOfBinding(binding);
    const closed = await this.#closed.find('slot', slot);
    if (closed !== null) return closed.entry.digest !== wanted;
    const bound = this.#piece.slots.get(slot);
    return bound !== undefined && digestOfBinding(bound) !== wanted;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #writeWaiting(): Promise<void> {
    // Whoever appends in the same turn of the event loop is in the first flush, too.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const isFull = this.#piece.records >= this.#segmentRecords;
      // A new file begins with a record of its own.
      const room = this.#segmentRecords - (isFull ? 1 : this.#piece.records);
      const some = this.#waiting.splice(0, Math.min(togetherMax, room));
      try {
        if (isFull) await this.#cut(some[0]?.at ?? new Date());
        await this.#write(some);
        for (const { resolve } of some) resolve();
      } catch (error) {
        for (const { reject } of some) reject(error);
      }
    }
    this.#writing = null;
  }

  async #write(entries: readonly Waiting[]): Promise<void> {
    const records: { readonly record: JournalRecord; readonly line: Buffer; readonly head: JournalHead }[] =
      [];
    let { head } = this.#piece;
    for (const { entry, at } of entries) {
      const made = recordAfter(head, entry, at);
      records.push(made);
      ({ head } = made);
    }
    const lines = Buffer.concat(records.map(({ line }) => line));
    const { end } = this.#piece;
    try {
      if (this.#torn !== null) await this.#takeBack(this.#torn);
      // Another writer would fork the chain, so the file must be unchanged.
      await this.#expectSize(end);
      const { bytesWritten } = await this.#file.write(lines);
      if (bytesWritten !== lines.length)
        throw new RangeError(`wrote ${bytesWritten} of ${lines.length} bytes`);
      await this.#file.datasync();
      // Of two that write at the same instant, the system puts one after the other, and at least the later one sees it.
      await this.#expectSize(end + lines.length);
    } catch (cause) {
      if (cause instanceof KeyHolderError) throw cause;
      // A full disk takes part of a line; left there, the next check would report another writer.
      this.#torn ??= lines;
      await this.#takeBack(this.#torn).catch(() => undefined);
      throw this.#unwritable(cause);
    }
    for (const { record, line, head: at } of records) this.#piece.remember(record, at, line.length);
  }

  /** Only what is the beginning of those lines: anything else is somebody else's. */
  async #takeBack(lines: Buffer): Promise<void> {
    const { end } = this.#piece;
    const { size } = await this.#file.stat();
    const left = Buffer.alloc(Math.min(Math.max(size - end, 0), lines.length));
    await this.#file.read(left, 0, left.length, end);
    if (size > end && size - end <= lines.length && lines.subarray(0, left.length).equals(left))
      await this.#file.truncate(end);
    this.#torn = null;
  }

  /** Also that the file is still the one of this name: another key holder may have made it a segment. */
  async #expectSize(expected: number): Promise<void> {
    const [{ size, ino }, there] = await Promise.all([this.#file.stat(), stat(this.#path).catch(() => null)]);
    if (size === expected && there?.ino === ino) return;
    if (there?.ino !== ino) throw this.#displaced(there !== null);
    throw new KeyHolderError(
      'JOURNAL_TAMPERED',
      `${this.#path} is ${size} bytes, not ${expected} as this process wrote it: one key holder per journal; ${tamperedFix}`,
    );
  }

  #displaced(isAnother: boolean): KeyHolderError {
    return new KeyHolderError(
      'JOURNAL_TAMPERED',
      isAnother
        ? `${this.#path} is no longer the file that this process opened: one key holder per journal; ${tamperedFix}`
        : `${this.#path} was removed while this process wrote to it: nothing is signed. End the signer, restore the file, then npm run reconcile`,
    );
  }

  /**
   * The open file becomes a segment, and a new one follows. What counts is the renaming at the end: before it, nothing has changed, and
   * afterwards the segment is complete.
   */
  async #cut(at: Date): Promise<void> {
    try {
      await this.#expectSize(this.#piece.end);
      const closed = await this.#writePiece();
      await this.#follow(closed, at);
      this.#closed = closed;
    } catch (cause) {
      if (cause instanceof KeyHolderError) throw cause;
      throw this.#unwritable(cause);
    }
  }

  async #writePiece(): Promise<ClosedSegments> {
    return this.#closed.with(await this.#piece.write(this.#file, this.#path, this.#closed.last));
  }

  /** Begins a new file behind the last of these segments. */
  async #follow({ last }: ClosedSegments, at: Date): Promise<void> {
    if (last === null) throw new TypeError('there is no segment to follow');
    const before = this.#piece.head;
    const entry = { kind: 'segment', number: last.footer.number, footerSha256: last.sha256 } as const;
    const { record, line, head } = recordAfter(before, entry, at);
    const { O_RDWR, O_APPEND, O_CREAT, O_TRUNC } = constants;
    const file = await open(`${this.#path}.new`, O_RDWR | O_APPEND | O_CREAT | O_TRUNC, 0o600);
    try {
      await file.writeFile(line);
      await file.sync();
      await this.#expectSize(this.#piece.end);
      await putInPlace(this.#path);
    } catch (error) {
      await file.close();
      throw error;
    }
    await this.#file.close();
    this.#file = file;
    this.#piece = new Piece(0, before);
    this.#piece.remember(record, head, line.length);
  }

  /** Memory holds no more than one segment's records. A longer file, of an earlier version, becomes several. */
  async #load(at: Date): Promise<void> {
    let [isFirst, isTakenOver] = [true, false];
    const reading = this.#read();
    let step = await reading.next();
    for (; step.done !== true; step = await reading.next()) {
      for (const one of step.value) {
        if (isFirst) await this.#begin(one);
        else if (one.record.entry.kind === 'segment')
          throw this.#tampered('a record that only the first can be');
        isFirst = false;
        if (this.#piece.records >= this.#segmentRecords) {
          this.#closed = await this.#writePiece();
          this.#piece = new Piece(this.#piece.end, this.#piece.head);
          isTakenOver = true;
        }
        this.#piece.remember(one.record, one.head, one.length);
      }
    }
    if (isFirst) await this.#removeInterrupted((await openSegments(this.#path, null)).further);
    const { rest } = step.value;
    if (rest.length > 0) await this.#file.truncate(this.#piece.end);
    if (isTakenOver) await this.#cut(at);
    if (rest.length > 0) {
      const droppedSha256 = createHash('sha256').update(rest).digest('hex');
      await this.append({ kind: 'recovered', droppedBytes: rest.length, droppedSha256 }, at);
    }
  }

  #read(): ReturnType<typeof readRecords> {
    return readRecords(this.#file, { name: this.#path, before: null, fix: tamperedFix });
  }

  /** By the first record of the file: what is before it. */
  async #begin({ record }: ReadRecord): Promise<void> {
    const { entry, sequence, previous } = record;
    const { closed, further } = await openSegments(this.#path, entry.kind === 'segment' ? entry : null);
    const last = closed.last?.footer;
    const before = last === undefined ? nothing : { sequence: last.last, sha256: last.head };
    if (sequence !== before.sequence + 1 || previous !== before.sha256)
      throw this.#tampered('the record does not follow from the one before');
    await this.#removeInterrupted(further);
    this.#closed = closed;
    this.#piece = new Piece(0, before);
  }

  /**
   * Segments that the file doesn't follow are left by a cut that a crash ended, if the file has the same records still; else the file is
   * older than they are.
   */
  async #removeInterrupted(further: readonly KnownSegment[]): Promise<void> {
    if (further.length === 0) return;
    const missing = new Map(further.map(({ footer }) => [footer.last, footer]));
    for await (const records of this.#read())
      for (const { head } of records)
        if (missing.get(head.sequence)?.head === head.sha256) missing.delete(head.sequence);
    const [newer] = missing.values();
    if (newer !== undefined)
      throw new KeyHolderError(
        'JOURNAL_TAMPERED',
        `${this.#path} is older than segment ${newer.number} in ${segmentsFolder(this.#path)}, which has records up to ${newer.last}; ${tamperedFix}`,
      );
    const folder = segmentsFolder(this.#path);
    for (const { footer } of further.toReversed())
      for (const file of [footerFile, indexFile, recordsFile])
        await rm(file(folder, footer.number), { force: true });
  }

  #unwritable(cause: unknown): KeyHolderError {
    return new KeyHolderError(
      'JOURNAL_UNWRITABLE',
      `${this.#path} can't be written: ${cause instanceof Error ? cause.message : String(cause)}; free disk space, check permissions`,
      { cause },
    );
  }

  #tampered(what: string): KeyHolderError {
    return new KeyHolderError(
      'JOURNAL_TAMPERED',
      `${this.#path}:${this.#piece.head.sequence + 1}: ${what}; ${tamperedFix}`,
    );
  }
}

const tamperedFix =
  'find out who wrote to it, then restore the file from a backup before this key holder is started again';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function recordAfter({ sequence, sha256: previous }: JournalHead, entry: JournalEntry, at: Date) {
  const record: JournalRecord = { sequence: sequence + 1, previous, at: at.toISOString(), entry };
  const line = Buffer.from(`${canonicalJson(record)}\n`, 'utf8');
  return { record, line, head: { sequence: record.sequence, sha256: sha256(line) } };
}

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
      { cause },
    );
  }
}
