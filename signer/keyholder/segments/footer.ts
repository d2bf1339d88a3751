import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { canonicalJson } from '#core/json/index.ts';
import { type JournalEntry, KeyHolderError } from '../protocol/index.ts';
import { footerFile, segmentsFolder } from './files.ts';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
export const zeros = '0'.repeat(64);

/**
 * What a closed segment holds. Each footer names the one before by its SHA-256, and the first record of the journal behind the last segment
 * names the last: the journal's head, which signers remember elsewhere, vouches for all of them.
 */
const segmentFooterSchema = z.strictObject({
  format: z.literal('countersign keyholder journal segment'),
  version: z.literal(1),
  /** From 1. */
  number: z.int().min(1),
  /** Sequences of its first and last record. */
  first: z.int().min(1),
  last: z.int().min(1),
  /** SHA-256 of the line before the first, and of the last line. */
  previous: hex64,
  head: hex64,
  /** Times of its first and last record. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Of the file with its records. */
  bytes: z.int().min(1),
  sha256: hex64,
  /** Signatures; places (one file of one request each) that intents of it bound; grants that asked for those. */
  signatures: z.int().min(0),
  slots: z.int().min(0),
  asked: z.int().min(0),
  /** Highest number of a revocation list that it was asked to sign; 0: none. */
  listNumber: z.int().min(0),
  /** Of directory and filter at the end of its index; blocks are verified by the directory. */
  index: z.strictObject({ blocks: z.int().min(0), filterBytes: z.int().min(1), sha256: hex64 }),
  /** SHA-256 of the footer before; zeros for the first. */
  before: hex64,
});
export type SegmentFooter = z.infer<typeof segmentFooterSchema>;

export interface KnownSegment {
  readonly footer: SegmentFooter;
  /** SHA-256 of the footer's own bytes. */
  readonly sha256: string;
}

export const writeFooter = (footer: SegmentFooter): Buffer =>
  Buffer.from(`${canonicalJson(footer)}\n`, 'utf8');

/** Number of the revocation list that an entry asks to sign (`crl-7`, and `crl-7-2` of a part); 0: none. */
export const listNumberOf = (entry: JournalEntry): number =>
  entry.kind === 'intent' && entry.purpose === 'crl'
    ? Number(/^crl-(\d{1,15})(?:-\d{1,3})?$/.exec(entry.requestId)?.[1] ?? 0)
    : 0;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const footerBytesMax = 4096;

/** Canonical bytes → the footer and its digest; null for anything else. */
export function parseFooter(bytes: Buffer): KnownSegment | null {
  if (bytes.length > footerBytesMax) return null;
  try {
    const footer = segmentFooterSchema.parse(JSON.parse(bytes.toString('utf8')));
    return writeFooter(footer).equals(bytes) ? { footer, sha256: sha256(bytes) } : null;
  } catch {
    return null;
  }
}

/** What restores a segment's file, for messages. */
export const segmentFix =
  'find out who wrote to it, then restore the file from a backup before this keyholder is started again';

/**
 * All footers beside a journal, in order, each verified against the one before. What the last must be is for the caller, who has the record
 * that names it. Throws JOURNAL_TAMPERED.
 */
export async function readFooters(journalFile: string): Promise<readonly KnownSegment[]> {
  const folder = segmentsFolder(journalFile);
  const known: KnownSegment[] = [];
  for (;;) {
    const file = footerFile(folder, known.length + 1);
    const bytes = await readFile(file).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    });
    if (bytes === null) return known;
    const segment = parseFooter(bytes);
    if (segment === null || !follows(segment.footer, known.at(-1) ?? null, known.length + 1))
      throw new KeyHolderError(
        'JOURNAL_TAMPERED',
        `${file} isn't the footer of segment ${known.length + 1}, or doesn't follow from the one before; ${segmentFix}`,
      );
    known.push(segment);
  }
}

function follows(footer: SegmentFooter, before: KnownSegment | null, number: number): boolean {
  return (
    footer.number === number &&
    footer.last >= footer.first &&
    footer.before === (before?.sha256 ?? zeros) &&
    footer.previous === (before?.footer.head ?? zeros) &&
    footer.first === (before?.footer.last ?? 0) + 1
  );
}
