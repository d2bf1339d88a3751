/** Encrypted messages: OpenPGP packets (RFC 9580 §4.2, §5), CMS EnvelopedData (RFC 5652 §6) and texts with a header line. */
import { constants, inflateRawSync, inflateSync } from 'node:zlib';
import { bigEndian, holds } from './bytes.ts';
import type { FormatId } from './formats.ts';
import { asText } from './marks.ts';

/** Lines that begin an encrypted message in text form; other text may come before them. */
const armour: readonly (readonly [string, FormatId])[] = [
  ['-----BEGIN PGP MESSAGE', 'openpgp'],
  ['-----BEGIN AGE ENCRYPTED FILE-----', 'age'],
];
const armourWithinBytes = 4096;

/** Far from the beginning it has to look like a whole message: header lines, an empty one, and its first characters. */
const farther = (line: string): RegExp =>
  new RegExp(`^${line}[^\\n]*\\r?\\n(?:[A-Za-z]+: [^\\n]*\\n)*(?:\\r?\\n)?[A-Za-z0-9+/]{20}`, 'm');

/** uuencode(1), which libarchive, WinZip and others unpack: a line of mode and name, then one whose first character encodes its length. */
function isUuencoded(text: string): boolean {
  for (const [, base64, line = ''] of text.matchAll(
    /^begin(-base64)? [0-7]{3,4} [^\r\n]+\r?\n([^\r\n]*)/gm,
  )) {
    if (base64 !== undefined && /^[A-Za-z0-9+/]+={0,2}$/.test(line)) return true;
    const bytes = (line.charCodeAt(0) - 0x20) & 0x3f;
    const length = Math.ceil(bytes / 3) * 4;
    const rest = line.slice(1);
    if (
      bytes > 0 &&
      rest.length >= length &&
      rest.length <= length + 2 &&
      /^[ -`]*$/.test(rest.slice(0, length))
    )
      return true;
  }
  return false;
}

export function readSecrets(head: Uint8Array, size: number): readonly FormatId[] {
  const found: FormatId[] = [];
  if (isEncryptedPgp(head, size)) found.push('openpgp');
  const message = messageKind(head);
  if (message !== null) found.push(message);
  if (isCompressedPgp(head)) found.push('openpgp-compressed');
  const text = asText(head, 0, head.length);
  for (const [line, format] of armour) {
    // In the middle of a line it is a program or a document that mentions such messages.
    const near = text.slice(0, armourWithinBytes);
    if (near.startsWith(line) || near.includes(`\n${line}`) || farther(line).test(text)) found.push(format);
  }
  const pem = inPem(text);
  if (pem !== null) found.push(pem);
  // S/MIME (RFC 8551 §3.2.2): the type is in the header of an e-mail.
  if (
    /^content-type:[^\n]*(?:\n[ \t][^\n]*)*smime-type="?(?:enveloped|authEnveloped|compressed)-?data/im.test(
      text,
    )
  )
    found.push('cms-enveloped');
  if (isUuencoded(text)) found.push('uuencode');
  return found;
}

const tag = {
  publicKeySession: 1,
  symmetricSession: 3,
  encrypted: 9,
  protectedData: 18,
  aead: 20,
  marker: 10,
} as const;

/** One or more session keys, then encrypted data: nothing else begins this way. */
function isEncryptedPgp(head: Uint8Array, size: number): boolean {
  let sessionKeys = 0;
  for (let at = 0; at < head.length;) {
    const packet = readPacketHeader(head, at);
    if (packet === null) return false;
    const body = at + packet.headerBytes;
    const version = head[body] ?? 0;
    switch (packet.tag) {
      case tag.publicKeySession:
        if (version !== 3 && version !== 6) return false;
        break;
      case tag.symmetricSession:
        if (version < 4 || version > 6) return false;
        break;
      case tag.marker:
        if (!holds(head, body, 'PGP')) return false;
        break;
      case tag.encrypted:
        return sessionKeys > 0;
      case tag.protectedData:
      case tag.aead:
        return version === 1 || version === 2;
      default:
        return false;
    }
    if (packet.tag !== tag.marker) sessionKeys += 1;
    if (packet.length === null || packet.length < 2 || body + packet.length > size || sessionKeys > 64)
      return false;
    at = body + packet.length;
  }
  return false;
}

interface PacketHeader {
  readonly tag: number;
  readonly headerBytes: number;
  /** null: partial or until the end of the file. */
  readonly length: number | null;
}

/** RFC 9580 §4.2.1 (new form) and §4.2.2 (old form). */
function readPacketHeader(bytes: Uint8Array, at: number): PacketHeader | null {
  const first = bytes[at] ?? 0;
  if ((first & 0x80) === 0) return null;
  if ((first & 0x40) === 0) {
    const lengthBytes = [1, 2, 4, 0][first & 3] ?? 0;
    const length = lengthBytes === 0 ? null : bigEndian(bytes, at + 1, lengthBytes);
    return { tag: (first >> 2) & 0xf, headerBytes: 1 + lengthBytes, length };
  }
  const second = bytes[at + 1] ?? 0;
  const known = { tag: first & 0x3f };
  if (second < 192) return { ...known, headerBytes: 2, length: second };
  if (second < 224) {
    return { ...known, headerBytes: 3, length: (second - 192) * 256 + (bytes[at + 2] ?? 0) + 192 };
  }
  if (second === 255) return { ...known, headerBytes: 6, length: bigEndian(bytes, at + 2, 4) };
  return { ...known, headerBytes: 2, length: null };
}

/** RFC 5652, RFC 5083, RFC 3274: the content types that hide what is in them. */
const messageTypes: readonly (readonly [string, FormatId])[] = [
  ['\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03', 'cms-enveloped'],
  ['\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06', 'cms-enveloped'],
  ['\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17', 'cms-enveloped'],
  ['\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09', 'cms-compressed'],
];

/** SEQUENCE { OID …; the length takes one to five bytes, or is indefinite. */
function messageKind(head: Uint8Array): FormatId | null {
  if (head[0] !== 0x30) return null;
  const long = head[1] ?? 0;
  const start = 2 + (long > 0x80 && long <= 0x84 ? long - 0x80 : 0);
  return messageTypes.find(([type]) => holds(head, start, type))?.[1] ?? null;
}

/** PEM (RFC 7468 §8, §9) around such a message; the same lines also enclose certificates. */
function inPem(text: string): FormatId | null {
  for (const [, base64 = ''] of text.matchAll(
    /^-----BEGIN (?:CMS|PKCS ?#?7)-----\r?\n([A-Za-z0-9+/=\r\n]{1,128})/gm,
  )) {
    const kind = messageKind(Buffer.from(base64, 'base64'));
    if (kind !== null) return kind;
  }
  return null;
}

/** Compressed data packet (RFC 9580 §5.6) by ZIP, ZLIB or BZip2, in which a signed or literal message begins. */
function isCompressedPgp(head: Uint8Array): boolean {
  const packet = readPacketHeader(head, 0);
  if (packet?.tag !== 8) return false;
  const packed = head.subarray(packet.headerBytes + 1);
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 256 * 1024 };
  switch (head[packet.headerBytes]) {
    case 1:
      return beginsMessage(() => inflateRawSync(packed.subarray(0, 4096), options));
    case 2:
      return beginsMessage(() => inflateSync(packed.subarray(0, 4096), options));
    case 3:
      return /^BZh[1-9]1AY&SY/.test(asText(packed, 0, 10));
    default:
      return false;
  }
}

function beginsMessage(unpack: () => Uint8Array): boolean {
  try {
    const tags: readonly (number | undefined)[] = [2, 4, 11];
    return tags.includes(readPacketHeader(unpack(), 0)?.tag);
  } catch (error) {
    // The output is too long: it is a message, whatever it begins with.
    return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
  }
}
