/**
 * Entries that a rewritten tar archive gets beside those that it had. An entry's header is that of the file before it, with
 * another name and size: permissions, owner, time and dialect (ustar or GNU) stay.
 */
import { ArchiveError } from '../archive/index.ts';
import { writePaxRecords } from './pax-records.ts';
import { paddingOf } from './read-tar.ts';
import { headerSizeBytesMax, parseTarHeader, withSize } from './tar-header.ts';

export interface TarAddition {
  /** Without `./` in front. */
  readonly path: string;
  readonly content: Uint8Array;
}

const nameField = { offset: 0, length: 100 } as const;
const magicField = { offset: 257, length: 8 } as const;
const prefixField = { offset: 345, length: 155 } as const;
const slash = 0x2f;

/** All bytes of the entry. `like`: the header block of the entry that it stands behind. */
export function* newEntry({ path, content }: TarAddition, like: Uint8Array): Generator<Uint8Array> {
  const { length } = content;
  if (length > headerSizeBytesMax) {
    throw new ArchiveError({
      code: 'NOT_REWRITABLE',
      message: `A new entry of ${length} bytes is too large for its tar header.`,
      fix: 'Keep files under 8 GiB.',
    });
  }
  yield* headerOf(Buffer.from(likeNamed(path, like), 'utf8'), length, like);
  yield content;
  yield new Uint8Array(paddingOf(length));
}

/** GNU tar writes `./name` for `tar -C folder .`: so do its neighbours. */
function likeNamed(path: string, like: Uint8Array): string {
  const { name } = parseTarHeader(like, 0);
  return name[0] === 0x2e && name[1] === slash ? `./${path}` : path;
}

function* headerOf(name: Uint8Array, sizeBytes: number, like: Uint8Array): Generator<Uint8Array> {
  if (name.length <= nameField.length) {
    yield withSize(named(like, name), sizeBytes);
    return;
  }
  const split = isUstar(like) ? splitName(name) : null;
  if (split !== null) {
    const header = named(like, split.name);
    header.set(split.prefix, prefixField.offset);
    yield withSize(header, sizeBytes);
    return;
  }
  // pax(1), "pax Extended Header": a header of its own with the whole name, in any dialect's archive.
  const record = writePaxRecords([{ keyword: 'path', value: name }]);
  const short = cutAt(name, nameField.length);
  const extension = named(
    inUstar(like),
    cutAt(Buffer.concat([Buffer.from('PaxHeaders/'), baseOf(name)]), 100),
  );
  extension[156] = 'x'.charCodeAt(0);
  yield withSize(extension, record.length);
  yield record;
  yield new Uint8Array(paddingOf(record.length));
  yield withSize(named(inUstar(like), short), sizeBytes);
}

const isUstar = (block: Uint8Array): boolean => block[magicField.offset + 5] === 0;

/** GNU's magic says that there is no prefix, and bsdtar and Python look for other fields in its place. */
function inUstar(block: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(block);
  changed.set(Buffer.from('ustar\x0000', 'latin1'), magicField.offset);
  return changed;
}

/** A plain file with this name: no prefix, and none of the times that some programs keep in its place. */
function named(block: Uint8Array, name: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(block);
  changed.fill(0, nameField.offset, nameField.length);
  changed.set(name, nameField.offset);
  changed.fill(0, prefixField.offset, prefixField.offset + prefixField.length);
  return changed;
}

/** ustar: the name's end in the field for it, and what is before a slash in the prefix; null: it fits in no such way. */
function splitName(name: Uint8Array): { readonly prefix: Uint8Array; readonly name: Uint8Array } | null {
  // Of a prefix that is shorter than the field a NUL must be left, lest its last bytes be taken for times.
  const prefixMax = 130;
  for (let at = name.indexOf(slash); at !== -1 && at <= prefixMax; at = name.indexOf(slash, at + 1)) {
    if (at > 0 && name.length - at - 1 <= nameField.length)
      return { prefix: name.subarray(0, at), name: name.subarray(at + 1) };
  }
  return null;
}

const baseOf = (name: Uint8Array): Uint8Array => name.subarray(name.lastIndexOf(slash) + 1);

/** Not within a character of UTF-8: some programs refuse a name that isn't any, though another one replaces it. */
function cutAt(name: Uint8Array, length: number): Uint8Array {
  if (name.length <= length) return name;
  let end = length;
  while (end > 0 && ((name[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  // A name that ends with a slash would be that of a folder.
  while (end > 1 && name[end - 1] === slash) end -= 1;
  return name.subarray(0, end);
}
