/**
 * Which pax keywords an archive may use. POSIX allows extensions, and programs act on those they know: SUN.holesdata and
 * SCHILY.realsize make bsdtar (and so tar.exe of Windows) write different bytes than GNU tar, and node-tar sets any field of
 * its own that a keyword names. So only those are accepted for which no program changes a name, a byte, a size, a type or a
 * link.
 */
import { ArchiveError, showName } from '../archive/index.ts';
import type { PaxRecord } from './pax-records.ts';
import { ambiguous, type TarHeader } from './tar-header.ts';

/** Seconds since 1970, with a fraction (pax(1), "mtime"). */
const time = /^-?[0-9]{1,12}(?:\.[0-9]{1,12})?$/;
const number = /^(?:0|[1-9][0-9]{0,14})$/;
/** One line without control characters; no part may look like a record, since Python searches for some of them. */
const text = /^(?!.*[0-9] [^ =]+=)\P{Cc}*$/u;

/** For one entry, or for all that follow. */
const anywhere = new Map<string, RegExp>([
  ['comment', text],
  ['mtime', time],
  ['atime', time],
  ['ctime', time],
  ['uid', number],
  ['gid', number],
  ['uname', text],
  ['gname', text],
]);

/** For one entry only; bsdtar's full pax format writes them. `path` and `size` have rules of their own. */
const local = new Map<string, RegExp>([
  ...anywhere,
  ['LIBARCHIVE.creationtime', time],
  ['SCHILY.dev', number],
  ['SCHILY.ino', number],
  ['SCHILY.nlink', number],
]);

const fixes: readonly (readonly [RegExp, string])[] = [
  [
    /^GNU\.sparse\.|^SUN\.holesdata$|^SCHILY\.realsize$/,
    'Pack the file whole: without --sparse (tar -S), with GNU tar or bsdtar.',
  ],
  [
    /\.xattr\.|^RHT\./,
    'Build the archive without extended attributes: tar --no-xattrs (on macOS COPYFILE_DISABLE=1, too).',
  ],
  [/^SCHILY\.acl\./, 'Build the archive without access control lists: tar --no-acls.'],
  [/^SCHILY\.fflags$/, 'Build the archive without file flags: bsdtar --no-fflags.'],
  [/^hdrcharset$|^charset$/, 'Give files UTF-8 names, and run tar in a UTF-8 locale (LC_ALL=C.UTF-8).'],
];

/** Refuses what isn't known to be harmless. `path`, being a name, is checked by the caller. */
export function checkLocalRecord(record: PaxRecord, header: TarHeader, offset: number): void {
  const { keyword, value } = record;
  if (keyword === 'path') return;
  // Links are refused by their entry, with a better reason.
  if (keyword === 'linkpath' && (header.typeflag === '1' || header.typeflag === '2')) return;
  if (keyword === 'size') {
    const size = Buffer.from(value).toString('latin1');
    // Programs that don't know pax look for the next header by the size in the header itself.
    if (number.test(size) && Number(size) === header.sizeBytes) return;
    throw ambiguous('The pax size of an entry differs from the size in its header.', offset);
  }
  checkRecord(record, local, 'The pax keyword', offset);
}

/** As checkLocalRecord, for a header that applies to all entries after it. */
export function checkGlobalRecord(record: PaxRecord, offset: number): void {
  checkRecord(record, anywhere, 'The global pax keyword', offset);
}

function checkRecord(
  { keyword, value }: PaxRecord,
  allowed: ReadonlyMap<string, RegExp>,
  what: string,
  offset: number,
): void {
  const shape = allowed.get(keyword);
  if (shape === undefined) {
    const fix =
      fixes.find(([pattern]) => pattern.test(keyword))?.[1] ??
      `Build the archive without it: tar --format=ustar, or with GNU tar --pax-option=delete=${/^[\w.]+$/.test(keyword) ? keyword : '…'}.`;
    throw new ArchiveError(
      {
        code: 'PAX_KEYWORD',
        message: `${what} ${showName(keyword)} makes some programs unpack a different name, size or content than others, or isn’t known to be harmless.`,
        fix,
      },
      offset,
    );
  }
  if (!shape.test(decode(value)))
    throw ambiguous(`${what} ${showName(keyword)} has a value that programs read differently.`, offset);
}

/** Invalid UTF-8 becomes a control character, which no value may contain. */
function decode(value: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    return '\0';
  }
}
