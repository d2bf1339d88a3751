/** tar stream → tar stream in which some entries have new content, some are new, and all else is byte for byte the same. */
import type { UnpackBudget } from '../archive/index.ts';
import { ArchiveError } from '../archive/index.ts';
import { newEntry, type TarAddition } from './new-entry.ts';
import { parsePaxRecords, writePaxRecords } from './pax-records.ts';
import { paddingOf, readTar, type TarEntry, type TarExtension } from './read-tar.ts';
import { headerSizeBytesMax, withSize } from './tar-header.ts';

export interface TarReplacement {
  readonly sizeBytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

export interface TarChanges {
  /** Asked for every file; null keeps it. */
  replace(entry: TarEntry): TarReplacement | null;
  /** New files right behind this one. */
  added?(entry: TarEntry): Promise<readonly TarAddition[]>;
}

/**
 * A replaced entry keeps all header blocks but for size, checksum and, where it has one, the pax size record. An archive
 * that readTar refuses, or with refused entries, is refused here too.
 */
export async function* rewriteTar(
  stream: AsyncIterable<Uint8Array>,
  budget: UnpackBudget,
  changes: TarChanges,
): AsyncGenerator<Uint8Array> {
  for await (const record of readTar(stream, budget)) {
    if (record.kind === 'end') {
      for (const { header, data } of record.extensions) yield* [header, data];
      yield new Uint8Array(record.zeroBytes);
      return;
    }
    const issue = record.issues[0];
    if (issue !== undefined) throw new ArchiveError(issue);
    const replacement = record.type === 'file' ? changes.replace(record) : null;
    yield* replacement === null ? copyEntry(record) : replaceEntry(record, replacement);
    if (record.type !== 'file') continue;
    for (const addition of (await changes.added?.(record)) ?? []) yield* newEntry(addition, record.header);
  }
}

async function* copyEntry(entry: TarEntry): AsyncGenerator<Uint8Array> {
  for (const { header, data } of entry.extensions) yield* [header, data];
  yield entry.header;
  yield* entry.body;
  yield new Uint8Array(paddingOf(entry.sizeBytes));
}

async function* replaceEntry(
  entry: TarEntry,
  { sizeBytes, content }: TarReplacement,
): AsyncGenerator<Uint8Array> {
  if (sizeBytes > headerSizeBytesMax) {
    throw new ArchiveError({
      code: 'NOT_REWRITABLE',
      message: `A signed entry of ${sizeBytes} bytes is too large for its tar header.`,
      fix: 'Keep signed files under 8 GiB.',
    });
  }
  for (const extension of entry.extensions) yield* resizeExtension(extension, sizeBytes);
  yield withSize(entry.header, sizeBytes);
  yield* content;
  yield new Uint8Array(paddingOf(sizeBytes));
}

function resizeExtension(extension: TarExtension, sizeBytes: number): readonly Uint8Array[] {
  const { typeflag, header, data } = extension;
  if (typeflag !== 'x') return [header, data];
  const records = parsePaxRecords(data.subarray(0, extension.sizeBytes), 0);
  if (!records.some(({ keyword }) => keyword === 'size')) return [header, data];
  const resized = writePaxRecords(
    records.map((paxRecord) =>
      paxRecord.keyword === 'size' ? { ...paxRecord, value: Buffer.from(String(sizeBytes)) } : paxRecord,
    ),
  );
  return [withSize(header, resized.length), resized, new Uint8Array(paddingOf(resized.length))];
}
