/** A file → what in it is an archive, a compressed stream or encrypted. By content only; names have no effect. */
import { brotliDecompressSync, constants } from 'node:zlib';
import { memorySource, lentChunks, readExactly, type RandomAccessSource } from '../random-access.ts';
import { bigEndian, holds, placesOf, readUpTo } from './bytes.ts';
import { findEmbedded } from './embedded.ts';
import { formatOf, type FormatId, type Recognised } from './formats.ts';
import { isOfWindowsInstaller } from './compound.ts';
import { readInstaller } from './installers.ts';
import { asText, headBytes, readMarks } from './marks.ts';
import { readProgram } from './programs.ts';
import { readSecrets } from './secrets.ts';
import { isTarHeader } from './tar-mark.ts';
import { zipEndingAt, zipTailBytes } from './zips.ts';

export interface Recognition {
  /** Empty: not a container, to be scanned as a whole. */
  readonly found: readonly Recognised[];
  /** Whether more archives are inside than were searched for. */
  readonly more: boolean;
  /** Where what follows the program in it begins; null: it is no program for Windows. */
  readonly overlay: number | null;
}

/** Files up to this size are read once and examined in memory. */
const heldBytesMax = 4 * 1024 * 1024;

export async function recognise(file: RandomAccessSource): Promise<Recognition> {
  const isSmall = file.size <= heldBytesMax;
  const held = file.memory ?? (isSmall ? await readExactly(file, 0, file.size) : null);
  const source = held === null ? file : memorySource(held);
  const head = await readUpTo(source, 0, headBytes);
  const whole = (format: FormatId): Recognised => ({ format, start: 0, end: source.size });
  const marks = [...readMarks(head, source.size), ...readSecrets(head, source.size)];
  const isInstaller = marks.includes('ole') && (await isOfWindowsInstaller(source, head));
  const found = marks.map((format) => whole(format === 'ole' && isInstaller ? 'msi' : format));
  if (isTarHeader(head)) found.push(whole('tar'));
  if (await isEncryptedPdf(source, head)) found.push(whole('encrypted-pdf'));
  found.push(...(await readTail(source)).map(whole));

  // What is unpacked from its first byte to its last is examined file by file: only the tail may be something else as well.
  if (found.some(({ format }) => format === 'zip')) return { found, more: false, overlay: null };
  if (found.length > 0) return { found: [...found, ...(await lastZip(source))], more: false, overlay: null };

  const program = await readProgram(source, head);
  if (program !== null) found.push(...(await readInstaller(source, program)));
  const places = await findEmbedded(source, program !== null);
  found.push(...places.headers);
  for (const at of places.zipEnds) {
    const zip = await zipEndingAt(source, at);
    if (zip !== null) found.push(zip);
  }
  // Entries that no directory lists are still read by programs that read from the front.
  const stray = places.zipEntries.find(
    (at) =>
      !found.some(
        (recognised) => ['zip', 'split-zip'].includes(recognised.format) && holdsPlace(recognised, at),
      ),
  );
  if (stray !== undefined) found.push({ format: 'zip-entry', start: stray, end: source.size });
  const streams = unmarked(head).map((format) => ({ ...whole(format), tentative: true as const }));
  const overlay = program?.kind === 'pe' ? program.end : null;
  return { found: [...outermost(found), ...streams], more: places.more, overlay };
}

const holdsPlace = ({ start, end }: Recognised, at: number): boolean => start <= at && at < end;

/** Each position once; without what is inside a zip archive that will be opened anyway, entry by entry. */
function outermost(found: readonly Recognised[]): readonly Recognised[] {
  const zips = found.filter(({ format }) => format === 'zip');
  const isInside = (recognised: Recognised): boolean =>
    zips.some(
      (zip) =>
        zip !== recognised &&
        holdsPlace(zip, recognised.start) &&
        !isSame(zip, recognised) &&
        reaches(zip, recognised),
    );
  const kept = new Map<string, Recognised>();
  for (const recognised of found) {
    const key = sameAs(recognised);
    if (!isInside(recognised) && !kept.has(key)) kept.set(key, recognised);
  }
  return [...kept.values()];
}

/** One that nothing opens is closed once, however many there are; each 7z archive is opened by itself, as those are that have a reader. */
const sameAs = ({ format, start, end }: Recognised): string =>
  formatOf(format).opener === null && format !== '7z' ? format : `${format} ${start} ${end}`;

const isSame = (recognised: Recognised, other: Recognised): boolean =>
  recognised.format === other.format && recognised.start === other.start && recognised.end === other.end;

/** If there is only a header, the end isn't known: the beginning decides. */
const reaches = (zip: Recognised, recognised: Recognised): boolean =>
  recognised.format !== 'zip' || recognised.end <= zip.end;

/** Trailers at the very end: macOS disk images and fixed virtual disks. */
async function readTail(source: RandomAccessSource): Promise<readonly FormatId[]> {
  const tail = await readUpTo(source, source.size - 512, 512);
  if (tail.length < 512) return [];
  const found: FormatId[] = [];
  if (holds(tail, 0, 'koly') && bigEndian(tail, 8, 4) === 512) found.push('dmg');
  if (holds(tail, 0, 'conectix')) found.push('virtual-disk');
  return found;
}

/** What unzip would open: the last end record with a directory. */
async function lastZip(source: RandomAccessSource): Promise<readonly Recognised[]> {
  const start = Math.max(0, source.size - zipTailBytes);
  const tail = await readUpTo(source, start, zipTailBytes);
  const ends = [...placesOf(tail, 'PK\x05\x06')].reverse();
  for (const at of ends.slice(0, 64)) {
    const zip = await zipEndingAt(source, start + at);
    if (zip !== null) return [zip];
  }
  return [];
}

/** Any character of a name may be written as its number (ISO 32000-2, 7.3.5). */
const encryptName = new RegExp(`/${'Encrypt'.replaceAll(/./g, orNumber)}(?![A-Za-z#])`);

/** Pattern of a letter, as itself or as `#` and two digits of either case. */
function orNumber(letter: string): string {
  const digits = letter.charCodeAt(0).toString(16);
  return `(?:${letter}|#${digits.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)})`;
}

/** Readers look for the header in the first KiB (ISO 32000-2, annex I); the trailer is never compressed. */
async function isEncryptedPdf(source: RandomAccessSource, head: Uint8Array): Promise<boolean> {
  if (!asText(head, 0, 1029).includes('%PDF-')) return false;
  let kept = '';
  for await (const chunk of lentChunks(source, 0, source.size)) {
    const text = kept + asText(chunk, 0, chunk.length);
    if (encryptName.test(text)) return true;
    kept = text.slice(-32);
  }
  return false;
}

/** Streams that begin with no mark: zlib (RFC 1950 §2.2) and Brotli (RFC 7932). */
function unmarked(head: Uint8Array): readonly FormatId[] {
  if (head.length < 8) return [];
  const [first = 0, second = 0] = head;
  const isZlib =
    (first & 0x0f) === 8 && first >> 4 <= 7 && (first * 256 + second) % 31 === 0 && (second & 0x20) === 0;
  return [...(isZlib ? (['zlib'] as const) : []), ...(startsAsBrotli(head) ? (['brotli'] as const) : [])];
}

const trialBytes = 4096;

/** Brotli may store its content uncompressed, so that it looks like text: only unpacking shows. */
function startsAsBrotli(head: Uint8Array): boolean {
  // Nearly every file is refused, and nobody reads where: writing the stack down takes a third of the trial.
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 0;
    const options = { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength: 64 * 1024 };
    brotliDecompressSync(head.subarray(0, trialBytes), options);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** For use in a sentence: `a 7z archive`, `an ar archive`. */
export function nameOf(format: FormatId): string {
  const { name } = formatOf(format);
  return `${/^[aeioAEIO]|^RPM|^LZ|^NSIS|^xz/.test(name) ? 'an' : 'a'} ${name}`;
}
