/** One way to walk tar, tar.gz and zip. */
import type { ContainerType } from '#core/artifact/index.ts';
import { type ArchiveIssue, type UnpackBudget, streamRange } from '#core/formats/archive/index.ts';
import { readGzip } from '#core/formats/gzip/index.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import { readTar } from '#core/formats/tar/index.ts';
import { openZipEntry, readZip } from '#core/formats/zip/index.ts';

export interface ContainerEntry {
  readonly path: string;
  readonly type: 'file' | 'directory';
  readonly issues: readonly ArchiveIssue[];
  /** Readable once, before the next entry is asked for. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** Entries in the container's own order; throws ArchiveError where its structure is broken, at the latest at the end. */
export async function* openContainer(
  type: ContainerType,
  source: RandomAccessSource,
  budget: UnpackBudget,
): AsyncGenerator<ContainerEntry> {
  if (type === 'zip') {
    const { entries } = await readZip(source, budget);
    for (const entry of entries) {
      yield { ...pick(entry), content: openZipEntry(source, entry, budget.limits) };
    }
    return;
  }
  const stream = tarStream(type, source, budget);
  for await (const record of readTar(stream, budget)) {
    if (record.kind === 'entry') yield { ...pick(record), content: record.body };
  }
}

export function tarStream(
  type: 'tar' | 'tar.gz',
  source: RandomAccessSource,
  budget: UnpackBudget,
): AsyncIterable<Uint8Array> {
  return type === 'tar' ? streamRange(source) : readGzip(source, budget.limits);
}

function pick(entry: Omit<ContainerEntry, 'content'>) {
  return { path: entry.path, type: entry.type, issues: entry.issues };
}
