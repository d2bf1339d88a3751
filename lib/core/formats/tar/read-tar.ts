/** tar stream → entries in order, strictly: whatever two tar programs could read differently is refused. */
import {
  ArchiveError,
  ByteCursor,
  isZero,
  readEntryName,
  showName,
  truncated,
  type ArchiveIssue,
  type UnpackBudget,
} from '../archive/index.ts';
import { checkGlobalRecord, checkLocalRecord } from './pax-keywords.ts';
import { parsePaxRecords } from './pax-records.ts';
import { ambiguous, badHeader, blockBytes, parseTarHeader, type TarHeader } from './tar-header.ts';

/** Header blocks before an entry: the extension's own header and its data with padding, as they were. */
export interface TarExtension {
  readonly typeflag: 'x' | 'g' | 'L';
  readonly header: Uint8Array;
  readonly data: Uint8Array;
  readonly sizeBytes: number;
}

export interface TarEntry {
  readonly kind: 'entry';
  /** Path in the archive without `./` and trailing `/`; empty for the root folder. */
  readonly path: string;
  readonly type: 'file' | 'directory';
  readonly sizeBytes: number;
  /** Why the entry is refused; then its content must not be used. */
  readonly issues: readonly ArchiveIssue[];
  /** Of its header. */
  readonly offset: number;
  readonly extensions: readonly TarExtension[];
  readonly header: Uint8Array;
  /** The content, readable once and before the next entry is requested. The rest is skipped. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface TarEnd {
  readonly kind: 'end';
  readonly extensions: readonly TarExtension[];
  /** Zero bytes from the end-of-archive mark to the end of the file. */
  readonly zeroBytes: number;
}

const extensionBytesMax = 64 * 1024;
const extensionCountMax = 4;
const endZeroBytesMax = 1024 * 1024;
const slash = 0x2f;

/**
 * Yields every entry, then one TarEnd. Rejects (ArchiveError) damaged, truncated and trailing bytes, sparse
 * files, header extensions that contradict the header. Links, devices and bad names are issues of the entry.
 */
export async function* readTar(
  stream: AsyncIterable<Uint8Array>,
  budget: UnpackBudget,
): AsyncGenerator<TarEntry | TarEnd> {
  const cursor = new ByteCursor(stream);
  let extensions: TarExtension[] = [];
  try {
    for (;;) {
      const offset = cursor.offset;
      if (await cursor.atEnd()) throw offset === 0 ? truncated(0) : withoutEnd(offset);
      const block = await cursor.read(blockBytes);
      if (isZero(block)) {
        if (extensions.some((extension) => extension.typeflag !== 'g'))
          throw badHeader('A tar header extension has no entry.', offset);
        yield { kind: 'end', extensions, zeroBytes: blockBytes + (await readEnd(cursor)) };
        return;
      }
      const header = parseTarHeader(block, offset);
      budget.countEntry(header.name.length);
      // bsdtar tries compression formats before tar: it would treat this as a bzip2 file.
      if (offset === 0 && /^BZh[1-9]1AY&SY/.test(Buffer.from(header.name).toString('latin1')))
        throw ambiguous('The archive begins like a bzip2 file.', 0);
      if (header.typeflag === 'x' || header.typeflag === 'g' || header.typeflag === 'L') {
        extensions.push(await readExtension(cursor, block, header, header.typeflag, budget));
        if (extensions.length > extensionCountMax)
          throw badHeader('A tar entry has too many extensions.', offset);
        continue;
      }
      const entry = readEntry(cursor, block, header, extensions, budget, offset);
      yield entry;
      // The consumer may read all, some or none of the entry: `body` has one position, so this reads the rest.
      const rest = entry.body[Symbol.asyncIterator]();
      while ((await rest.next()).done !== true);
      const padding = await cursor.read(paddingOf(entry.sizeBytes));
      if (!isZero(padding)) throw hidden('in the padding after an entry', cursor.offset);
      extensions = [];
    }
  } finally {
    await cursor.close();
  }
}

async function readExtension(
  cursor: ByteCursor,
  block: Uint8Array,
  header: TarHeader,
  typeflag: TarExtension['typeflag'],
  budget: UnpackBudget,
): Promise<TarExtension> {
  if (header.sizeBytes > extensionBytesMax) {
    throw badHeader(`A tar header extension is larger than ${extensionBytesMax} bytes.`, cursor.offset);
  }
  budget.countNames(header.sizeBytes);
  const data = await cursor.read(header.sizeBytes + paddingOf(header.sizeBytes));
  if (!isZero(data.subarray(header.sizeBytes))) throw hidden('in the padding after a header', cursor.offset);
  return { typeflag, header: block, data, sizeBytes: header.sizeBytes };
}

function readEntry(
  cursor: ByteCursor,
  block: Uint8Array,
  header: TarHeader,
  extensions: readonly TarExtension[],
  budget: UnpackBudget,
  offset: number,
): TarEntry {
  const { nameBytes } = applyExtensions(header, extensions, offset);
  const name = readEntryName(nameBytes, budget.limits.nameBytesMax);
  const issues = header.typeflag === 'K' ? [] : [...name.issues];
  const type = header.typeflag === '5' ? 'directory' : 'file';
  // Some programs go by the name in the header, even if an extension has the real one.
  if (header.typeflag === '0' && (name.isDirectoryName || header.name.at(-1) === slash)) {
    throw ambiguous(
      `${showName(name.path)} is a file according to its header and a folder according to its name.`,
      offset,
    );
  }
  if (type === 'directory' && header.sizeBytes !== 0) {
    throw ambiguous(`The folder ${showName(name.path)} declares content.`, offset);
  }
  if (header.typeflag !== '0' && header.typeflag !== '5') issues.push(refusedType(header, name.path, offset));
  budget.countContent(header.sizeBytes);
  const body = cursor.stream(header.sizeBytes);
  return {
    kind: 'entry',
    path: name.path,
    type,
    sizeBytes: header.sizeBytes,
    issues,
    offset,
    extensions,
    header: block,
    // Leaving a for-await early must not end the generator: the rest is still to be skipped.
    body: { [Symbol.asyncIterator]: () => ({ next: () => body.next() }) },
  };
}

function applyExtensions(
  header: TarHeader,
  extensions: readonly TarExtension[],
  offset: number,
): { readonly nameBytes: Uint8Array } {
  const names: Uint8Array[] = [];
  const seen = new Set<string>();
  for (const { typeflag, data, sizeBytes } of extensions) {
    // Programs that find a global header between an entry and its own extension drop one of the two.
    if (typeflag === 'g' ? seen.has('x') || seen.has('L') : seen.has(typeflag))
      throw ambiguous('The header extensions of an entry are out of order, or two are of one kind.', offset);
    seen.add(typeflag);
    const content = data.subarray(0, sizeBytes);
    if (typeflag === 'L') {
      names.push(content.at(-1) === 0 ? content.subarray(0, -1) : content);
      continue;
    }
    for (const record of parsePaxRecords(content, offset)) {
      if (typeflag === 'g') checkGlobalRecord(record, offset);
      else checkLocalRecord(record, header, offset);
      if (record.keyword === 'path') names.push(record.value);
    }
  }
  if (names.length > 1) throw ambiguous('An entry has both a pax and a GNU long name.', offset);
  return { nameBytes: names[0] ?? header.name };
}

function refusedType({ typeflag }: TarHeader, path: string, offset: number): ArchiveIssue {
  if (typeflag === 'S') throw sparse(offset);
  const shown = showName(path);
  if (typeflag === '1' || typeflag === '2' || typeflag === 'K') {
    const kind = typeflag === '2' ? 'a symbolic link' : 'a hard link or the name of one';
    return {
      code: 'LINK',
      message: `${shown} is ${kind}; what it points to can't be inspected.`,
      fix: 'Pack the file itself instead of a link (tar -h, --hard-dereference).',
    };
  }
  if (typeflag === '3' || typeflag === '4' || typeflag === '6') {
    return {
      code: 'SPECIAL_FILE',
      message: `${shown} is a device or pipe, not a file.`,
      fix: 'Remove devices and pipes from the artifact.',
    };
  }
  // Whether content follows an entry of an unknown type is up to the program that reads it.
  throw badHeader(`${shown} is of the unknown tar entry type ${showName(typeflag)}.`, offset);
}

async function readEnd(cursor: ByteCursor): Promise<number> {
  let zeroBytes = 0;
  while (!(await cursor.atEnd())) {
    const block = await cursor.read(blockBytes);
    if (!isZero(block))
      throw hidden('after the end-of-archive mark', cursor.offset - blockBytes, 'TRAILING_DATA');
    zeroBytes += block.length;
    if (zeroBytes > endZeroBytesMax)
      throw hidden('after the end-of-archive mark', cursor.offset, 'TRAILING_DATA');
  }
  if (zeroBytes === 0) throw withoutEnd(cursor.offset);
  return zeroBytes;
}

export function paddingOf(sizeBytes: number): number {
  return (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
}

function withoutEnd(offset: number): ArchiveError {
  return new ArchiveError(
    {
      code: 'TRUNCATED',
      message: 'The tar archive lacks its end mark (two zero blocks): it was cut off.',
      fix: 'Build and upload the whole archive again.',
    },
    offset,
  );
}

function hidden(
  where: string,
  offset: number,
  code: 'HIDDEN_DATA' | 'TRAILING_DATA' = 'HIDDEN_DATA',
): ArchiveError {
  return new ArchiveError(
    {
      code,
      message: `There are bytes ${where} that no tar program unpacks.`,
      fix: 'Build the archive again, with nothing appended.',
    },
    offset,
  );
}

function sparse(offset: number): ArchiveError {
  return new ArchiveError(
    {
      code: 'UNSUPPORTED',
      message: 'The archive contains a sparse file, which not every tar program can read.',
      fix: 'Build the archive without --sparse.',
    },
    offset,
  );
}
