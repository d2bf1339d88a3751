/**
 * Installer → installer in which some files have new content: their cabinets are packed anew (as in `cab/rewrite-cab.ts`, what was LZX with MSZIP), the
 * table File gets their sizes, MsiFileHash their digests where it has a row for them, and the compound file is laid out anew, in
 * the same version. All other streams stay byte for byte, with their names and attributes. A signature is left out: it is about the
 * installer as it was. The package code stays, too: nobody has installed the unsigned one.
 */
import type { UnpackBudget } from '../../archive/index.ts';
import { planCab } from '../../cab/index.ts';
import { writeCompoundFile, type StreamContent, type StreamEntry } from '../../cfb/index.ts';
import type { ContainerChanges, Replacement } from '../../container.ts';
import { readChunks, type RandomAccessSource } from '../../random-access.ts';
import { isSignatureStream } from '../package.ts';
import { asArchive, asArchiveStream, contentsError } from './damage.ts';
import { stored, writeHash } from './file-hash.ts';
import type { InstalledFile } from './installed-paths.ts';
import { readContents, type EmbeddedCabinet, type InstallerContents } from './read-contents.ts';

const fileBytesMax = 0x7fff_ffff;

export async function* rewriteInstaller(
  source: RandomAccessSource,
  budget: UnpackBudget,
  changes: ContainerChanges,
): AsyncGenerator<Uint8Array> {
  const contents = await readContents(source, budget);
  const { found, cabinets, streams } = contents;
  const replaced = new Map<StreamEntry, StreamContent>();
  const files = new Map<InstalledFile, Replacement>();
  for (const cabinet of cabinets) {
    const packed = await packCabinet(cabinet, contents, { budget, changes, files });
    if (packed !== null) replaced.set(cabinet.stream, packed);
  }
  for (const { path, stream } of streams) {
    const file = { path, sizeBytes: stream.sizeBytes };
    const replacement = changes.replace(file);
    await refuseAdded(changes, file);
    if (replacement !== null) replaced.set(stream, replacement);
  }
  if (replaced.size === 0) {
    yield* readChunks(source, 0, source.size);
    return;
  }
  for (const [stream, content] of await asArchive(() => newTables(contents, files)))
    replaced.set(stream, content);
  yield* asArchiveStream(writeCompoundFile(found.file, { replaced, without: isSignatureStream }));
}

interface Changing {
  readonly budget: UnpackBudget;
  readonly changes: ContainerChanges;
  /** Filled. */
  readonly files: Map<InstalledFile, Replacement>;
}

/** null: nothing in it changes. */
async function packCabinet(
  { stream, files: listed }: EmbeddedCabinet,
  { found }: InstallerContents,
  { budget, changes, files }: Changing,
): Promise<StreamContent | null> {
  const planned = await asArchive(() =>
    planCab(found.file.open(stream), budget, {
      replace({ path: key }) {
        const file = listed.get(key);
        const replacement = file === undefined ? null : changes.replace(file);
        if (file === undefined || replacement === null) return null;
        if (replacement.sizeBytes > fileBytesMax)
          throw contentsError('NOT_REWRITABLE', 'would have a file of more than 2 GiB', stream.offset);
        files.set(file, replacement);
        return replacement;
      },
      async added({ path: key }) {
        const file = listed.get(key);
        if (file !== undefined) await refuseAdded(changes, file);
        return [];
      },
    }),
  );
  return planned.isChanged ? planned : null;
}

/** What is put beside files would need rows of its own, and Windows would install it. */
async function refuseAdded(
  changes: ContainerChanges,
  file: { readonly path: string; readonly sizeBytes: number },
): Promise<void> {
  if ((await changes.added(file)).length > 0) throw contentsError('NOT_REWRITABLE', 'takes no new files');
}

/** The tables that state something of the files, in which only that differs. */
async function newTables(
  { fileTable, hashes }: InstallerContents,
  files: ReadonlyMap<InstalledFile, Replacement>,
): Promise<readonly (readonly [StreamEntry, StreamContent])[]> {
  if (fileTable === null || files.size === 0) return [];
  const sizes = Buffer.from(fileTable.bytes);
  const digests = hashes === null ? null : Buffer.from(hashes.table.bytes);
  for (const [{ key, row }, replacement] of files) {
    const { at, bytes } = fileTable.place(row, 'FileSize');
    if (bytes !== 4)
      throw contentsError('NOT_REWRITABLE', 'has sizes of files in two bytes', fileTable.stream.offset);
    sizes.writeUInt32LE(stored(replacement.sizeBytes), at);
    const hashRow = hashes?.rows.get(key);
    if (hashes !== null && digests !== null && hashRow !== undefined)
      await writeHash(digests, hashes.table, hashRow, replacement.content());
  }
  const written: (readonly [StreamEntry, StreamContent])[] = [[fileTable.stream, held(sizes)]];
  if (hashes !== null && digests !== null) written.push([hashes.table.stream, held(digests)]);
  return written;
}

function held(bytes: Buffer): StreamContent {
  return {
    sizeBytes: bytes.length,
    async *content() {
      yield await Promise.resolve(bytes);
    },
  };
}
