/**
 * What a file is, by its first bytes: told to people in reports, and decided by nothing. What contains other files, is compressed or
 * encrypted is `recognise`'s to find, wherever in the file it begins.
 */
import type { RandomAccessSource } from '../random-access.ts';

/** Each with the words of a report. */
const types = {
  empty: 'empty file',
  pe: 'Windows program or library (PE)',
  dos: 'DOS program',
  elf: 'Linux or Unix program (ELF)',
  'mach-o': 'macOS program (Mach-O)',
  'java-class': 'Java class',
  wasm: 'WebAssembly module',
  dex: 'Android program (DEX)',
  msi: 'compound file (msi, OLE)',
  cab: 'cabinet',
  zip: 'zip archive',
  gzip: 'gzip file',
  xz: 'xz file',
  bzip2: 'bzip2 file',
  zstd: 'Zstandard file',
  '7z': '7z archive',
  rar: 'RAR archive',
  tar: 'tar archive',
  ar: 'ar archive',
  rpm: 'RPM package',
  pdf: 'PDF document',
  png: 'PNG image',
  jpeg: 'JPEG image',
  gif: 'GIF image',
  bmp: 'bitmap image',
  ico: 'icon',
  webp: 'WebP image',
  font: 'font',
  sqlite: 'SQLite database',
  der: 'DER structure (catalog, certificate, signature)',
  pem: 'PEM file',
  script: 'script with an interpreter line',
  xml: 'XML document',
  html: 'HTML document',
  json: 'JSON text',
  text: 'text',
  data: 'data',
} as const satisfies Record<string, string>;

export type DetectedType = keyof typeof types;
export const detectedTypes = Object.keys(types) as readonly DetectedType[];

export const describeDetected = (type: DetectedType): string => types[type];

/** By bytes at a place, one character each. */
const marks: readonly (readonly [DetectedType, number, string])[] = [
  ['elf', 0, '\x7fELF'],
  ['wasm', 0, '\0asm'],
  ['dex', 0, 'dex\n'],
  ['msi', 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['cab', 0, 'MSCF\0\0\0\0'],
  ['zip', 0, 'PK\x03\x04'],
  ['zip', 0, 'PK\x05\x06'],
  ['gzip', 0, '\x1f\x8b\x08'],
  ['xz', 0, '\xfd7zXZ\0'],
  ['bzip2', 0, 'BZh'],
  ['zstd', 0, '\x28\xb5\x2f\xfd'],
  ['7z', 0, "7z\xbc\xaf'\x1c"],
  ['rar', 0, 'Rar!\x1a\x07'],
  ['ar', 0, '!<arch>\n'],
  ['rpm', 0, '\xed\xab\xee\xdb'],
  ['tar', 257, 'ustar'],
  ['pdf', 0, '%PDF-'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['jpeg', 0, '\xff\xd8\xff'],
  ['gif', 0, 'GIF8'],
  ['ico', 0, '\0\0\x01\0'],
  ['webp', 8, 'WEBP'],
  ['font', 0, '\0\x01\0\0\0'],
  ['font', 0, 'OTTO'],
  ['font', 0, 'wOFF'],
  ['font', 0, 'wOF2'],
  ['sqlite', 0, 'SQLite format 3\0'],
  ['pem', 0, '-----BEGIN '],
];

const headBytes = 4096;

export async function detectType(source: RandomAccessSource): Promise<DetectedType> {
  if (source.size === 0) return 'empty';
  const head = Buffer.from(await source.read(0, Math.min(source.size, headBytes)));
  const holds = (offset: number, mark: string): boolean =>
    head.subarray(offset, offset + mark.length).equals(Buffer.from(mark, 'latin1'));
  const program = await programType(source, head);
  if (program !== null) return program;
  for (const [type, offset, mark] of marks) if (holds(offset, mark)) return type;
  if (holds(0, 'BM') && head.length >= 14 && head.readUInt32LE(2) === source.size) return 'bmp';
  if (isDer(head, source.size)) return 'der';
  return textType(head, head.length < source.size);
}

async function programType(source: RandomAccessSource, head: Buffer): Promise<DetectedType | null> {
  if (head.length < 8) return null;
  const magic = head.readUInt32BE(0);
  if ([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe].includes(magic)) return 'mach-o';
  // Universal binaries share the first four bytes with Java classes, whose next number is a version above 40.
  if (magic === 0xcafebabe) return head.readUInt32BE(4) < 40 ? 'mach-o' : 'java-class';
  if (head.toString('latin1', 0, 2) !== 'MZ') return null;
  if (head.length < 64) return 'dos';
  const at = head.readUInt32LE(0x3c);
  if (at + 4 > source.size) return 'dos';
  return Buffer.from(await source.read(at, 4)).toString('latin1') === 'PE\0\0' ? 'pe' : 'dos';
}

/** A SEQUENCE in the definite form that takes up the file to its last byte, or about so: signatures may be padded. */
function isDer(head: Buffer, sizeBytes: number): boolean {
  if (head.length < 4 || head[0] !== 0x30) return false;
  const first = head[1] ?? 0;
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (lengthBytes > 4 || head.length < 2 + lengthBytes) return false;
  const length = lengthBytes === 0 ? first : head.readUIntBE(2, lengthBytes);
  const whole = 2 + lengthBytes + length;
  return whole <= sizeBytes && sizeBytes - whole < 8;
}

function textType(head: Buffer, isCut: boolean): DetectedType {
  const wide = head.length >= 2 && (head.readUInt16BE(0) === 0xfffe || head.readUInt16BE(0) === 0xfeff);
  if (wide) return 'text';
  const text = textOf(head, isCut);
  if (text === null) return 'data';
  if (text.startsWith('#!')) return 'script';
  const begin = text.trimStart().slice(0, 200).toLowerCase();
  if (begin.startsWith('<?xml')) return 'xml';
  if (begin.startsWith('<!doctype html') || begin.startsWith('<html')) return 'html';
  if (/^[[{]\s*["[{\]}]/.test(begin)) return 'json';
  return 'text';
}

/** UTF-8 without control characters that no text has; null: it is none. */
function textOf(head: Buffer, isCut: boolean): string | null {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    // A character may be cut in two where the bytes end.
    const text = decoder.decode(head, { stream: isCut });
    return /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}
