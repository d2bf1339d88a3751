/**
 * Rules for names inside archives. A name is only ever a label here (files are never created under it), but
 * whoever unpacks the signed artifact will create it, on Windows, macOS or Linux: every name must denote the same place on
 * all of them, and look like what it is.
 */
import { showName, type ArchiveIssue, type ArchiveIssueCode } from './archive-error.ts';

export interface EntryName {
  /** `/`-separated path without leading `./` and trailing `/`; empty for the archive's own root (`./`). */
  readonly path: string;
  readonly isDirectoryName: boolean;
  readonly issues: readonly ArchiveIssue[];
}

const segmentBytesMax = 255;
const segmentCountMax = 128;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

// Control and format characters (zero-width, bidi), line separators and noncharacters: they change how a name looks, or
// where it ends, but are invisible.
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Noncharacter_Code_Point}]/u;
const windowsCharacters = /[<>:"|?*]/;
/** Info-ZIP's unzip treats a number at the end of a name as a VMS version and cuts it off (unzip(1), -V). */
const vmsVersion = /;[0-9]*$/;
/** libarchive on macOS treats it as metadata of the file of that name and doesn't create a file ("mac-ext" in its tar and zip readers). */
const appleDouble = /^\._./;
/** Windows opens a file by the short name that it made for it: PROGRA~1 (Microsoft, "Naming Files, Paths, and Namespaces"). */
const shortName = /^(?=[^.]{3,8}(?:\.|$))[^.]+~[0-9]{1,6}(?:\.[^.]{0,3})?$/;
const windowsDevice = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:[. ].*)?$/i;

/**
 * Raw name bytes → path and everything that is wrong with it.
 * Refused: invalid UTF-8, NUL and other invisible characters, `..`, absolute names, drive letters,
 * backslashes, names Windows changes or can't create, compatibility look-alikes of separators and dots,
 * more than `nameBytesMax` bytes. `show`: how the format would read a name that isn't UTF-8, for the message.
 */
export function readEntryName(
  bytes: Uint8Array,
  nameBytesMax: number,
  show: (bytes: Uint8Array) => string = (name) => showName(Buffer.from(name).toString('latin1')),
): EntryName {
  if (bytes.length > nameBytesMax) {
    return broken(
      'NAME_LENGTH',
      `A name is ${bytes.length} bytes long; the limit is ${nameBytesMax}.`,
      'Use shorter paths.',
    );
  }
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return broken(
      'NAME_ENCODING',
      `The name ${show(bytes)} isn't valid UTF-8, so programs will read it differently.`,
      'Build the archive with UTF-8 file names.',
    );
  }
  return readEntryText(text);
}

function broken(code: ArchiveIssueCode, message: string, fix: string): EntryName {
  return { path: '', isDirectoryName: false, issues: [{ code, message, fix }] };
}

function readEntryText(text: string): EntryName {
  const isDirectoryName = text.endsWith('/');
  const trimmed = isDirectoryName ? text.slice(0, -1) : text;
  // GNU tar writes `./name` for `tar -C folder .`: the same place as `name`.
  const path = trimmed === '.' ? '' : trimmed.startsWith('./') ? trimmed.slice(2) : trimmed;
  if (path === '' && trimmed !== '.') {
    return broken(
      'NAME_LENGTH',
      'An entry has an empty name.',
      'Rebuild the archive; every entry needs a name.',
    );
  }
  return {
    path,
    isDirectoryName: isDirectoryName || trimmed === '.',
    issues: path === '' ? [] : check(path),
  };
}

function check(path: string): ArchiveIssue[] {
  const shown = showName(path);
  const issues: ArchiveIssue[] = [];
  const add = (code: ArchiveIssueCode, message: string, fix: string) => issues.push({ code, message, fix });
  const segments = path.split('/');

  if (invisible.test(path)) {
    add(
      'NAME_CHARACTERS',
      `The name ${shown} contains NUL, control or invisible characters.`,
      'Rename the file using visible characters only.',
    );
  }
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) {
    add('NAME_ABSOLUTE', `The name ${shown} is absolute.`, 'Pack with names relative to a folder.');
  } else if (windowsCharacters.test(path)) {
    add(
      'NAME_WINDOWS',
      `The name ${shown} contains one of < > : " | ? *, which Windows refuses or treats as another file's stream.`,
      'Rename the file without these characters.',
    );
  }
  if (path.includes('\\')) {
    add(
      'NAME_BACKSLASH',
      `The name ${shown} contains a backslash, a folder separator on Windows only.`,
      'Pack with forward slashes between folders.',
    );
  }
  // "\" counts as a separator here, so that `a\..\b` is reported as what it is.
  if (path.split(/[/\\]/).includes('..')) {
    add('NAME_TRAVERSAL', `The name ${shown} leaves its folder with "..".`, 'Pack without ".." in names.');
  } else if (!path.startsWith('/') && segments.some((segment) => segment === '' || segment === '.')) {
    add(
      'AMBIGUOUS',
      `The name ${shown} has an empty or "." folder in it.`,
      'Pack with plain relative names.',
    );
  }
  if (path !== path.normalize('NFC')) {
    add(
      'NAME_ENCODING',
      `${shown} has accents encoded apart from their letters, which bsdtar composes and others don’t.`,
      'Normalise file names to NFC.',
    );
  }
  if (hidesSeparators(path)) {
    add(
      'NAME_CHARACTERS',
      `The name ${shown} contains look-alikes of "/", "\\", ":" or "..", which some systems turn into the real thing.`,
      'Rename the file using plain characters.',
    );
  }
  const unstable = segments.find((segment) => !['', '.', '..'].includes(segment) && /[. ]$/.test(segment));
  if (unstable !== undefined) {
    add(
      'NAME_WINDOWS',
      `The name ${shown} has a part that ends with a dot or space, which Windows cuts off.`,
      'Rename it without the trailing dot or space.',
    );
  }
  if (segments.some((segment) => appleDouble.test(segment))) {
    add(
      'NAME_CHARACTERS',
      `The name ${shown} denotes macOS metadata, which macOS unpacks into another file.`,
      'Pack without it: COPYFILE_DISABLE=1 tar …, or zip -X, or delete it with dot_clean.',
    );
  }
  if (vmsVersion.test(segments.at(-1) ?? '')) {
    add(
      'NAME_CHARACTERS',
      `The name ${shown} ends like a VMS version number, which unzip cuts off.`,
      'Rename it without the semicolon.',
    );
  }
  if (segments.some((segment) => shortName.test(segment))) {
    add(
      'NAME_WINDOWS',
      `The name ${shown} has the form of a Windows short name (PROGRA~1), which may denote another file there.`,
      'Rename it without "~" and a number at its end.',
    );
  }
  if (segments.some((segment) => windowsDevice.test(segment))) {
    add(
      'NAME_WINDOWS',
      `The name ${shown} contains a Windows device name (such as CON or NUL).`,
      'Rename it.',
    );
  }
  if (
    segments.length > segmentCountMax ||
    segments.some((segment) => encoder.encode(segment).length > segmentBytesMax)
  ) {
    add(
      'NAME_LENGTH',
      `The name ${shown} has more than ${segmentCountMax} folders or a part over ${segmentBytesMax} bytes.`,
      'Use shorter, flatter paths.',
    );
  }
  return issues;
}

/** Code-page conversion on Windows maps compatibility characters (full-width slash, two-dot leader) to ASCII. */
function hidesSeparators(path: string): boolean {
  const plain = path.normalize('NFKC');
  if (plain === path) return false;
  const count = (text: string) => text.split(/[/\\:]/).length;
  const climbs = (text: string) => text.split(/[/\\]/).some((segment) => /^\.{1,2}$/.test(segment));
  return count(plain) !== count(path) || (climbs(plain) && !climbs(path));
}
