/** ASCII armor (RFC 9580 §6), with the checksum that programs before that RFC ask for. */
import { OpenPgpError } from './error.ts';

export type ArmorType = 'PGP SIGNATURE' | 'PGP PUBLIC KEY BLOCK';
const lineCharacters = 64;

export function armor(type: ArmorType, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(new RegExp(`.{1,${lineCharacters}}`, 'g')) ?? [];
  return `-----BEGIN ${type}-----\n\n${lines.join('\n')}\n=${checksum(bytes)}\n-----END ${type}-----\n`;
}

/** Exactly what `armor` writes. Throws OpenPgpError. */
export function readArmor(type: ArmorType, text: string): Buffer {
  const [, body] =
    new RegExp(`^-----BEGIN ${type}-----\\n\\n([A-Za-z0-9+/=\\n]{1,65536})-----END ${type}-----\\n$`).exec(
      text,
    ) ?? [];
  const bytes = Buffer.from(body?.replace(/=[A-Za-z0-9+/]{4}\n$/, '') ?? '', 'base64');
  if (body === undefined || armor(type, bytes) !== text)
    throw new OpenPgpError('MALFORMED', `it is no ${type} in armor as it is written here`);
  return bytes;
}

/** CRC-24, §6.1.1. */
function checksum(bytes: Uint8Array): string {
  let crc = 0xb704ce;
  for (const octet of bytes) {
    crc ^= octet << 16;
    for (let bit = 0; bit < 8; bit += 1)
      crc = (crc & 0x800000) === 0 ? crc << 1 : ((crc << 1) ^ 0x1864cfb) & 0xffffff;
  }
  return Buffer.of((crc >> 16) & 0xff, (crc >> 8) & 0xff, crc & 0xff).toString('base64');
}
