/** Whether programs unpacked what the inspector saw. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveType } from '#core/formats/archive-formats.ts';
import { inspected, unpacked, type Item, type Listing } from './listing.ts';
import { unpackers, type Outcome, type PackedFile, type Unpacker } from './unpackers.ts';

export interface Archive {
  readonly type: ArchiveType;
  readonly bytes: Uint8Array;
}

export interface Verdict {
  /** Why the inspector refuses the archive; null: it accepts it. */
  readonly refused: string | null;
  /** `program: path: what differs`; none where the inspector refuses. */
  readonly differences: readonly string[];
  /** Programs that refused what the inspector accepted, with their output. */
  readonly refusedBy: readonly string[];
}

/**
 * Unpacks what the inspector accepts with every program. A program that says it unpacked the archive has to have made just the
 * files, folders and contents that the inspector listed, without links. A program may refuse an archive, or stop in it, if its exit
 * code says so: then it may have left files out, but none may be there that isn't as listed. `inspectedBytes` is for tests of the
 * judge itself.
 */
export async function judge(
  archives: readonly Archive[],
  inspectedBytes: (archive: Archive) => Uint8Array = ({ bytes }) => bytes,
): Promise<readonly Verdict[]> {
  const root = await mkdtemp(join(tmpdir(), 'countersign-archives-'));
  try {
    const accepted: { readonly file: PackedFile; readonly listing: Listing; readonly index: number }[] = [];
    const verdicts: { refused: string | null; differences: string[]; refusedBy: string[] }[] = [];
    await mkdir(join(root, 'packed'));
    for (const [index, archive] of archives.entries()) {
      const { type, bytes } = archive;
      const seen = await inspected(type, inspectedBytes(archive));
      verdicts.push({ refused: 'refused' in seen ? seen.refused : null, differences: [], refusedBy: [] });
      if ('refused' in seen) continue;
      const file = join(root, 'packed', `${index}.${type}`);
      await writeFile(file, bytes);
      accepted.push({ file: { type, file, folder: '' }, listing: seen.listing, index });
    }
    await Promise.all(
      unpackers.map(async (unpacker, number) => {
        const mine = accepted.filter(({ file }) => unpacker.unpacks.includes(file.type));
        const place = (index: number) => join(root, String(number), String(index));
        const outcomes = await unpackWith(
          unpacker,
          mine.map(({ file, index }) => ({ ...file, folder: place(index) })),
        );
        for (const [at, { listing, index }] of mine.entries()) {
          const outcome = outcomes[at] ?? { verdict: 'refused', said: '' };
          const verdict = verdicts[index];
          if (outcome.verdict === 'refused') verdict?.refusedBy.push(`${unpacker.name}: ${outcome.said}`);
          const found = compare(listing, await unpacked(place(index)), outcome.verdict === 'refused');
          verdict?.differences.push(
            ...found.map((difference) => `${unpacker.name}: ${difference} (${outcome.said})`),
          );
        }
        await rm(join(root, String(number)), { recursive: true, force: true });
      }),
    );
    return verdicts;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function unpackWith(unpacker: Unpacker, files: readonly PackedFile[]): Promise<readonly Outcome[]> {
  return files.length === 0 ? [] : unpacker.unpack(files);
}

function compare(listed: Listing, there: Listing, mayMiss: boolean): string[] {
  const differences: string[] = [];
  for (const [path, item] of there) {
    const expected = listed.get(path);
    const shown = JSON.stringify(path);
    if (expected === undefined)
      differences.push(`${shown} is ${describe(item)} that the inspector doesn’t list`);
    else if (describe(expected) !== describe(item))
      differences.push(`${shown} is ${describe(item)}, the inspector lists ${describe(expected)}`);
  }
  if (mayMiss) return differences;
  for (const [path, item] of listed) {
    if (!there.has(path)) differences.push(`${JSON.stringify(path)}, ${describe(item)}, is missing`);
  }
  return differences;
}

function describe({ type, sizeBytes, sha256, target, links }: Item): string {
  if (type === 'directory') return 'a folder';
  if (type !== 'file') return `a ${type}${target === null ? '' : ` to ${JSON.stringify(target)}`}`;
  const names = links > 1 ? ` of ${links} names` : '';
  return `a file${names} of ${sizeBytes} bytes (${sha256.slice(0, 12)})`;
}
