import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { canonicalJson } from '#core/json/index.ts';
import { KeyHolderError, parseJournalRecord } from '../protocol/index.ts';
import { indexFile, recordsFile, segmentsFolder } from './files.ts';
import { readFooters, segmentFix, type KnownSegment, type SegmentFooter } from './footer.ts';
import { SegmentIndex, type IndexEntry, type IndexKind } from './segment-index.ts';

/** What the first intent bound to one file of one request. */
export interface Binding {
  readonly toBeSignedSha256: string;
  readonly keyLabel: string;
}

/** Of a binding, as an index has it. */
export const digestOfBinding = ({ toBeSignedSha256, keyLabel }: Binding): string =>
  createHash('sha256').update(canonicalJson({ keyLabel, toBeSignedSha256 })).digest('hex');

interface OpenSegment {
  readonly segment: KnownSegment;
  readonly index: SegmentIndex;
}

/** The closed segments of one journal: looked into by their indexes, which stay beside the journal; records may be archived. */
export class ClosedSegments {
  readonly #journalFile: string;
  /** Folders that records may have been moved to. */
  readonly #archives: readonly string[];
  readonly #open: readonly OpenSegment[];

  constructor(journalFile: string, archives: readonly string[] = [], open: readonly OpenSegment[] = []) {
    this.#journalFile = journalFile;
    this.#archives = archives;
    this.#open = open;
  }

  get last(): KnownSegment | null {
    return this.#open.at(-1)?.segment ?? null;
  }

  get all(): readonly KnownSegment[] {
    return this.#open.map(({ segment }) => segment);
  }

  /** Also a segment whose footer was verified to follow. Throws JOURNAL_TAMPERED where its index isn't the one that it names. */
  async with(segment: KnownSegment): Promise<ClosedSegments> {
    const { footer } = segment;
    const file = indexFile(segmentsFolder(this.#journalFile), footer.number);
    const index = await SegmentIndex.open(file, footer);
    return new ClosedSegments(this.#journalFile, this.#archives, [...this.#open, { segment, index }]);
  }

  /** Where any segment has the key: the earliest, since what was bound first counts. */
  async find(
    kind: IndexKind,
    key: string,
  ): Promise<{ readonly footer: SegmentFooter; readonly entry: IndexEntry } | null> {
    for (const { segment, index } of this.#open) {
      const entry = await index.find(kind, key);
      if (entry !== null) return { footer: segment.footer, entry };
    }
    return null;
  }

  /** Grants that asked for a slot, in all segments, the earliest first. */
  async grantsFor(slot: string): Promise<readonly string[]> {
    const grantIds: string[] = [];
    for (const { index } of this.#open)
      for (const { digest } of (await index.findAll('asked', slot)).toSorted((a, b) => a.offset - b.offset))
        grantIds.push(digest);
    return grantIds;
  }

  /** The signature of a grant; null: no segment has it. Throws JOURNAL_SEGMENT_AWAY where its records aren't at hand. */
  async findSignature(grantId: string): Promise<Buffer | null> {
    const found = await this.find('grant', grantId);
    if (found === null) return null;
    const { footer, entry } = found;
    const { file, handle } = await openRecords(this.#journalFile, footer, this.#archives);
    try {
      const line = Buffer.alloc(entry.length);
      await handle.read(line, 0, line.length, entry.offset);
      const record =
        createHash('sha256').update(line).digest('hex') === entry.digest ? parseJournalRecord(line) : null;
      if (record?.entry.kind === 'signed' && record.entry.grantId === grantId)
        return Buffer.from(record.entry.signature, 'base64');
    } finally {
      await handle.close();
    }
    throw new KeyHolderError(
      'JOURNAL_TAMPERED',
      `${file}: the record of grant ${grantId} was changed; ${segmentFix}`,
    );
  }
}

/** The records of a segment, beside the journal or in an archive. Throws JOURNAL_SEGMENT_AWAY, which says what is needed. */
export async function openRecords(journalFile: string, footer: SegmentFooter, archives: readonly string[]) {
  const folder = segmentsFolder(journalFile);
  for (const place of [folder, ...archives]) {
    const file = recordsFile(place, footer.number);
    try {
      return { file, handle: await open(file, 'r') };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new KeyHolderError(
    'JOURNAL_SEGMENT_AWAY',
    `segment ${footer.number} of ${journalFile} is needed (records ${footer.first} to ${footer.last}, ${footer.from} to ${footer.to}): ` +
      `bring ${recordsFile(folder, footer.number)} back from the archive`,
  );
}

/**
 * The closed segments that the journal's first record vouches for: the one that it `follows`, null where it names none. What else is in
 * the folder is `further`: of a cut that a crash interrupted, or newer than the journal.
 */
export async function openSegments(
  journalFile: string,
  follows: { readonly number: number; readonly footerSha256: string } | null,
  archives: readonly string[] = [],
): Promise<{ readonly closed: ClosedSegments; readonly further: readonly KnownSegment[] }> {
  const footers = await readFooters(journalFile);
  const count = follows?.number ?? 0;
  if (follows !== null && footers[count - 1]?.sha256 !== follows.footerSha256)
    throw new KeyHolderError(
      'JOURNAL_TAMPERED',
      `${journalFile} follows segment ${count}, and ${segmentsFolder(journalFile)} lacks it or has another; ${segmentFix}`,
    );
  const named = footers.slice(0, count);
  const indexes = await Promise.all(
    named.map(async (segment) => ({
      segment,
      index: await SegmentIndex.open(
        indexFile(segmentsFolder(journalFile), segment.footer.number),
        segment.footer,
      ),
    })),
  );
  return { closed: new ClosedSegments(journalFile, archives, indexes), further: footers.slice(count) };
}
