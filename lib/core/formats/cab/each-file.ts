/**
 * The files of a cabinet with the content of each. Files that are equal may share their bytes, as WiX packs them: whoever signs one of
 * them must not change the other, so that each is a file of its own here, and gets bytes of its own where one of them changes.
 */
import { showName, type ArchiveIssue, type UnpackBudget } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { openCab, type CabEntry } from './read-cab.ts';

/** Shared content is held in memory; larger files can't be given out more than once. */
export const sharedBytesMax = 32 * 1024 * 1024;

export type CabFileEntry = Pick<CabEntry, 'path' | 'sizeBytes' | 'issues' | 'content'>;

/** In the order of their bytes, equal ones in the order of the table. Throws as `openCab` does. */
export async function* openEachFile(
  source: RandomAccessSource,
  budget: UnpackBudget,
): AsyncGenerator<CabFileEntry> {
  for await (const entry of openCab(source, budget)) {
    const { path, sizeBytes, aliases } = entry;
    if (aliases.length === 0) {
      yield entry;
      continue;
    }
    const bytes = sizeBytes > sharedBytesMax ? null : await collected(entry.content);
    yield bytes === null ? entry : { ...entry, content: once(bytes) };
    for (const alias of aliases) {
      budget.countContent(sizeBytes);
      const issues = bytes === null ? [...alias.issues, shared(path, alias.path)] : alias.issues;
      yield { path: alias.path, sizeBytes, issues, content: once(bytes) };
    }
  }
}

/** One file's bytes, to be used several times. */
export async function collected(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  // A chunk is a view of the decoder's window, which goes on moving.
  for await (const chunk of content) chunks.push(Uint8Array.from(chunk));
  return Buffer.concat(chunks);
}

async function* once(bytes: Uint8Array | null): AsyncGenerator<Uint8Array> {
  if (bytes !== null && bytes.length > 0) yield await Promise.resolve(bytes);
}

function shared(path: string, alias: string): ArchiveIssue {
  return {
    code: 'OVERLAP',
    message: `${showName(alias)} and ${showName(path)} are the same bytes of the cabinet, and more than ${sharedBytesMax} of them.`,
    fix: 'Pack equal files one by one (WiX: SuppressSmartCabbing), or declare the cabinet without `contents`.',
  };
}
