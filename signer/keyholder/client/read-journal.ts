import { open, type FileHandle } from 'node:fs/promises';
import { type JournalRecord, KeyHolderError } from '../protocol/index.ts';
import {
  type ClosedSegments,
  type JournalHead,
  listNumberOf,
  openRecords,
  openSegments,
  readRecords,
  type ReadRecord,
  type SegmentFooter,
  segmentFix,
  segmentsFolder,
} from '../segments/index.ts';

export type { JournalHead } from '../segments/index.ts';

export interface ReadJournalOptions {
  /** Segments that end before this record are passed over; their footers are verified all the same. */
  readonly from?: number;
  /** Folders that records of segments may have been moved to. */
  readonly archives?: readonly string[];
}

type Each = (record: JournalRecord, head: JournalHead) => void;
const fix = 'restore it from a backup';

/**
 * Calls `each` with every record and the head that it makes, those of closed segments first → the last head; null where there is no such
 * file. An incomplete last line is skipped: it may be left by a crash or just being written. Throws JOURNAL_TAMPERED with the
 * line number, and JOURNAL_SEGMENT_AWAY where a segment isn't beside the journal nor in an archive.
 */
export async function readKeyHolderJournal(
  path: string,
  each: Each = () => undefined,
  { from = 1, archives = [] }: ReadJournalOptions = {},
): Promise<JournalHead | null> {
  return withJournal(path, archives, async ({ file, closed, before }) => {
    for (const { footer } of closed.all)
      if (footer.last >= from) await readSegment(path, footer, { each, archives });
    return readAll(file, { name: path, before, each });
  });
}

export interface FoundSignatures {
  /** By grant. */
  readonly signatures: ReadonlyMap<string, Buffer>;
  /** Time of the journal's first record; null: it has none. */
  readonly began: Date | null;
}

/** The signatures of these grants as far as the journal has any, by index: as dear for a long journal as for a short one. */
export async function findSignatures(
  path: string,
  grantIds: ReadonlySet<string>,
  archives: readonly string[] = [],
): Promise<FoundSignatures> {
  const signatures = new Map<string, Buffer>();
  const began: Date[] = [];
  await withJournal(path, archives, async ({ file, closed, before }) => {
    for (const { footer } of closed.all.slice(0, 1)) began.push(new Date(footer.from));
    await readAll(file, {
      name: path,
      before,
      each: ({ entry, at }) => {
        if (began.length === 0) began.push(new Date(at));
        if (entry.kind === 'signed' && grantIds.has(entry.grantId))
          signatures.set(entry.grantId, Buffer.from(entry.signature, 'base64'));
      },
    });
    for (const grantId of grantIds) {
      if (signatures.has(grantId)) continue;
      const signature = await closed.findSignature(grantId);
      if (signature !== null) signatures.set(grantId, signature);
    }
  });
  return { signatures, began: began[0] ?? null };
}

/** The highest number that the key holder was asked to sign a revocation list with; 0: none. */
export async function lastListNumber(path: string): Promise<number> {
  const numbers = await withJournal(path, [], async ({ file, closed, before }) => {
    const asked = closed.all.map(({ footer }) => footer.listNumber);
    await readAll(file, { name: path, before, each: ({ entry }) => asked.push(listNumberOf(entry)) });
    return asked;
  });
  return (numbers ?? []).reduce((one, other) => Math.max(one, other), 0);
}

/** Every record of a segment, verified to lead from what its footer says to what it says. */
export async function readSegment(
  path: string,
  footer: SegmentFooter,
  { each, archives }: { readonly each: Each; readonly archives: readonly string[] },
): Promise<void> {
  const { file: name, handle } = await openRecords(path, footer, archives);
  try {
    const before = { sequence: footer.first - 1, sha256: footer.previous };
    const head = await readAll(handle, { name, before, each });
    if (head.sequence === footer.last && head.sha256 === footer.head) return;
    throw new KeyHolderError(
      'JOURNAL_TAMPERED',
      `${name} ends with record ${head.sequence}, which isn't the last one by its footer; ${segmentFix}`,
    );
  } finally {
    await handle.close();
  }
}

interface OpenJournal {
  readonly file: FileHandle;
  readonly closed: ClosedSegments;
  /** What the first record in the file must follow. */
  readonly before: JournalHead;
}

/** null: there is no such file, and none that it followed. */
export async function withJournal<Result>(
  path: string,
  archives: readonly string[],
  work: (journal: OpenJournal) => Promise<Result>,
): Promise<Result | null> {
  // Opened before the segments are looked for: where the key holder makes it one meanwhile, this is still the file that follows the others.
  const file = await open(path, 'r').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  try {
    const first = file === null ? null : await firstRecord(file, path);
    const { closed, further } = await openSegments(
      path,
      first?.entry.kind === 'segment' ? first.entry : null,
      archives,
    );
    // With a first record, further segments may be being made of this very file.
    if (first === null && further.length > 0)
      throw new KeyHolderError(
        'JOURNAL_TAMPERED',
        `${path} is missing or empty, and ${segmentsFolder(path)} has segments that it followed; ${fix}`,
      );
    if (file === null) return null;
    const last = closed.last?.footer;
    const before =
      last === undefined
        ? { sequence: 0, sha256: '0'.repeat(64) }
        : { sequence: last.last, sha256: last.head };
    return await work({ file, closed, before });
  } finally {
    await file?.close();
  }
}

/** null: there is no complete record. */
async function firstRecord(file: FileHandle, path: string): Promise<JournalRecord | null> {
  for await (const [first] of readRecords(file, { name: path, before: null, fix }))
    if (first !== undefined) return first.record;
  return null;
}

async function readAll(
  file: FileHandle,
  { name, before, each }: { readonly name: string; readonly before: JournalHead; readonly each: Each },
): Promise<JournalHead> {
  const reading = readRecords(file, { name, before, fix });
  let step: IteratorResult<readonly ReadRecord[], { readonly head: JournalHead }> = await reading.next();
  for (; step.done !== true; step = await reading.next())
    for (const { record, head } of step.value) each(record, head);
  return step.value.head;
}
