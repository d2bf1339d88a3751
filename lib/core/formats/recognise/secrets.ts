/** Encrypted messages: OpenPGP packets (RFC 9580 §4.2, §5), CMS EnvelopedData (RFC 5652 §6) and texts with a header line. */
import { bigEndian, holds } from './bytes.ts';
import type { FormatId } from './formats.ts';
import { asText } from './marks.ts';

/** Lines that begin an encrypted message in text form; something may stand before them. */
const armour: readonly (readonly [string, FormatId])[] = [
  ['-----BEGIN PGP MESSAGE', 'openpgp'],
  ['-----BEGIN AGE ENCRYPTED FILE-----', 'age'],
];
const armourWithinBytes = 4096;

export function readSecrets(head: Uint8Array, size: number): readonly FormatId[] {
  const found: FormatId[] = [];
  if (isEncryptedPgp(head, size)) found.push('openpgp');
  if (isEnvelopedData(head)) found.push('cms-enveloped');
  const text = asText(head, 0, armourWithinBytes);
  for (const [line, format] of armour) {
    // In the middle of a line it is a program or a document that speaks of such messages.
    if (text.startsWith(line) || text.includes(`\n${line}`)) found.push(format);
  }
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

/** One or more session keys, then encrypted data: nothing else begins so. */
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

/** SEQUENCE { OID 1.2.840.113549.1.7.3 …; the length takes one to five bytes, or is indefinite. */
function isEnvelopedData(head: Uint8Array): boolean {
  if (head[0] !== 0x30) return false;
  const long = head[1] ?? 0;
  const start = 2 + (long > 0x80 && long <= 0x84 ? long - 0x80 : 0);
  return holds(head, start, '\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03');
}
