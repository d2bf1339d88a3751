/**
 * Lists of checksums, as coreutils, BSD and OpenSSL write them: SHA256SUMS, checksums.txt, app.exe.sha256.
 *
 * - GNU: digest, a space, a space or `*` (read as binary), name. A line that begins with `\` has `\\`, `\n` and `\r` in its name.
 * - BSD: `SHA256 (name) = digest`; OpenSSL: `SHA2-256(name)= digest`.
 * - A digest alone, where the list is named after the file: `app.exe.sha256`.
 *
 * Lines that begin with `#` are comments, as for coreutils. Which hash function a GNU line has, its number of digits says.
 */
import {
  FollowError,
  type DigestAlgorithm,
  type FileName,
  type FollowField,
  type FollowFormat,
} from '../follow.ts';
import { decodeText, inBytes, spanAt } from '../text/decode.ts';
import { byHexDigits, hexDigest } from '../values.ts';

const gnu = /^(\\?)([0-9a-fA-F]{32,128})(?: [ *]| )(.+)$/;
const bsd = /^(\\?)([A-Za-z0-9-]+) ?\((.+)\) ?= ?([0-9a-fA-F]{32,128})$/;
const alone = /^([0-9a-fA-F]{32,128})[ \t]*$/;
const namedAfter = /^(.+)\.(?:md5|sha-?1|sha-?224|sha-?256|sha-?384|sha-?512)(?:sums?)?$/i;

const byName: ReadonlyMap<string, DigestAlgorithm> = new Map([
  ['MD5', 'md5'],
  ['SHA1', 'sha1'],
  ['SHA224', 'sha224'],
  ['SHA2-224', 'sha224'],
  ['SHA256', 'sha256'],
  ['SHA2-256', 'sha256'],
  ['SHA384', 'sha384'],
  ['SHA2-384', 'sha384'],
  ['SHA512', 'sha512'],
  ['SHA2-512', 'sha512'],
  ['SHA3-224', 'sha3-224'],
  ['SHA3-256', 'sha3-256'],
  ['SHA3-384', 'sha3-384'],
  ['SHA3-512', 'sha3-512'],
]);

export const checksums: FollowFormat = {
  id: 'checksums',
  one: 'a list of checksums',
  many: 'Lists of checksums',
  fileNames:
    /^(?:.*[._-])?(?:md5|sha(?:1|224|256|384|512))sums?(?:[.]txt)?$|^(?:.*[._-])?checksums?(?:[.]txt)?$|.[.](?:md5|sha(?:1|224|256|384|512))$/i,
  sizeBytesMax: 16 * 1024 * 1024,
  read(bytes, name) {
    const text = decodeText(bytes);
    const fields: FollowField[] = [];
    const lines = text.split('\n');
    const isOne = lines.filter((line) => line.trim() !== '' && !line.startsWith('#')).length === 1;
    let start = 0;
    for (const [at, whole] of lines.entries()) {
      const line = whole.replace(/\r$/, '');
      if (line.trim() !== '' && !line.startsWith('#'))
        fields.push(fieldOf(line, { number: at + 1, start, listName: isOne ? name : null }));
      start += whole.length + 1;
    }
    return inBytes(text, fields);
  },
};

interface Place {
  readonly number: number;
  readonly start: number;
  /** The list’s own name, where it has one line. */
  readonly listName: string | null;
}

function fieldOf(line: string, place: Place): FollowField {
  const [, gnuEscape, gnuDigits, gnuName] = gnu.exec(line) ?? [];
  if (gnuDigits !== undefined && gnuName !== undefined) {
    const name: FileName = { text: unescaped(gnuName, gnuEscape, place.number), as: 'path' };
    return field(place, (gnuEscape ?? '').length, gnuDigits, algorithmOf(gnuDigits, place.number), name);
  }
  const [, bsdEscape, tag, bsdName, bsdDigits] = bsd.exec(line) ?? [];
  if (tag !== undefined && bsdName !== undefined && bsdDigits !== undefined) {
    const algorithm = byName.get(tag.toUpperCase());
    if (algorithm === undefined || algorithm !== sameLength(algorithm, bsdDigits))
      throw unreadable(
        place.number,
        `has a digest of the kind ${tag}, which is none that the signer computes`,
      );
    const name: FileName = { text: unescaped(bsdName, bsdEscape, place.number), as: 'path' };
    return field(place, line.length - bsdDigits.length, bsdDigits, algorithm, name);
  }
  const [, digits] = alone.exec(line) ?? [];
  const [, owner] = namedAfter.exec(place.listName ?? '') ?? [];
  if (digits !== undefined && owner !== undefined)
    return field(place, 0, digits, algorithmOf(digits, place.number), { text: owner, as: 'beside' });
  if (line.startsWith('-----BEGIN PGP'))
    throw new FollowError(
      'it is signed with OpenPGP, and its signature would become false',
      place.number,
      'Submit the list as it is before it is signed, and sign the released one.',
    );
  throw unreadable(place.number, 'is no checksum with a file’s name');
}

function field(
  { number, start }: Place,
  column: number,
  digits: string,
  algorithm: DigestAlgorithm,
  name: FileName,
): FollowField {
  const value = hexDigest(algorithm);
  return {
    kind: 'plain',
    ...spanAt(start + column, digits.length),
    line: number,
    label: value.what,
    name,
    value,
  };
}

function algorithmOf(digits: string, line: number): DigestAlgorithm {
  const algorithm = byHexDigits.get(digits.length);
  if (algorithm === undefined) throw unreadable(line, `has a digest of ${digits.length} digits`);
  return algorithm;
}

const hexLengths: Partial<Record<DigestAlgorithm, number>> = {
  'sha3-224': 56,
  'sha3-256': 64,
  'sha3-384': 96,
  'sha3-512': 128,
};

const sameLength = (algorithm: DigestAlgorithm, digits: string): DigestAlgorithm | null =>
  hexLengths[algorithm] === digits.length || byHexDigits.get(digits.length) === algorithm ? algorithm : null;

function unescaped(name: string, escape: string | undefined, line: number): string {
  if (escape !== '\\') return name;
  return name.replace(/\\(.?)/g, (_, character: string) => {
    if (character === 'n') return '\n';
    if (character === 'r') return '\r';
    if (character === '\\') return '\\';
    throw unreadable(line, 'has an escape in its name that coreutils doesn’t write');
  });
}

const unreadable = (line: number, what: string): FollowError =>
  new FollowError(
    `line ${line} ${what}`,
    line,
    'Write the list with sha256sum, sha512sum or shasum, one line for each file.',
  );
