/** Installers as the signer opens them, and builds them again around files that it signed. */
import type { UnpackBudget } from '../../archive/index.ts';
import { openEachFile } from '../../cab/index.ts';
import type { Container, ContainerEntry, OtherContent } from '../../container.ts';
import { readChunks, type RandomAccessSource } from '../../random-access.ts';
import { decodedStreamName } from '../names.ts';
import { checkRebuilt } from './check-rebuilt.ts';
import { asArchiveStream, contentsError } from './damage.ts';
import { withHash } from './file-hash.ts';
import { gapsIn } from './gaps.ts';
import { readContents, type EmbeddedCabinet, type InstallerContents } from './read-contents.ts';
import { rewriteInstaller } from './rewrite-installer.ts';

export const msiContainer: Container = {
  recognisedAs: 'msi',
  async *open(source, budget) {
    yield* openContents(await readContents(source, budget), budget);
  },
  async *others(source, budget) {
    yield* othersOf(source, await readContents(source, budget), budget);
  },
  rewrite: rewriteInstaller,
  checkOthers: checkRebuilt,
};

/**
 * The files of the cabinets, then those that are streams. `isStrict`: what tables and cabinets state of a file has to agree. Where files are
 * only looked at, all that is in the cabinets counts.
 */
export async function* openContents(
  contents: InstallerContents,
  budget: UnpackBudget,
  isStrict = true,
): AsyncGenerator<ContainerEntry> {
  const { cabinets, streams, found } = contents;
  for (const cabinet of cabinets)
    yield* isStrict ? filesOf(cabinet, contents, budget) : allOf(cabinet, contents, budget);
  for (const { path, issues, stream } of streams) {
    budget.countContent(stream.sizeBytes);
    const content = asArchiveStream(readChunks(found.file.open(stream), 0, stream.sizeBytes));
    yield { path, type: 'file', issues, content };
  }
}

async function* filesOf(
  { name, stream, files }: EmbeddedCabinet,
  { found, hashes }: InstallerContents,
  budget: UnpackBudget,
): AsyncGenerator<ContainerEntry> {
  const shown = JSON.stringify(name.slice(0, 80));
  const missing = new Set(files.keys());
  for await (const entry of openEachFile(found.file.open(stream), budget)) {
    const file = files.get(entry.path);
    if (file === undefined || !missing.delete(entry.path))
      throw contentsError(
        'HIDDEN_DATA',
        `has a file in ${shown} that its table File doesn’t put there`,
        stream.offset,
      );
    if (file.sizeBytes !== entry.sizeBytes)
      throw contentsError(
        'HEADER_MISMATCH',
        `states another size of a file than ${shown} does (row ${file.row + 1} of its table File)`,
        stream.offset,
      );
    const row = hashes?.rows.get(file.key);
    yield {
      path: file.path,
      type: 'file',
      issues: [...entry.issues, ...file.issues],
      content: asArchiveStream(
        hashes === null || row === undefined ? entry.content : withHash(entry.content, hashes.table, row),
      ),
    };
  }
  if (missing.size > 0)
    throw contentsError('BAD_HEADER', `lists ${missing.size} files that are not in ${shown}`, stream.offset);
}

async function* allOf(
  { name, stream, files }: EmbeddedCabinet,
  { found }: InstallerContents,
  budget: UnpackBudget,
): AsyncGenerator<ContainerEntry> {
  for await (const { path, issues, content } of openEachFile(found.file.open(stream), budget)) {
    const file = files.get(path);
    yield { path: file?.path ?? `${name}/${path}`, type: 'file', issues, content: asArchiveStream(content) };
  }
}

/** Tables and property sets, and bytes of no stream: deleted content stays there until a tool compacts the file. */
export async function* othersOf(
  source: RandomAccessSource,
  { rest, found }: InstallerContents,
  budget: UnpackBudget,
): AsyncGenerator<OtherContent> {
  for (const stream of rest) {
    budget.countEntry(stream.name.length);
    budget.countContent(stream.sizeBytes);
    const content = asArchiveStream(readChunks(found.file.open(stream), 0, stream.sizeBytes));
    yield { name: decodedStreamName(stream.name), content };
  }
  yield* gapsIn(found.file, source, budget);
}
