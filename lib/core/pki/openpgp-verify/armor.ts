/** ASCII armor as any program writes it (RFC 9580 §6), one block and nothing else. */
import { OpenPgpError } from '../openpgp/index.ts';

const headerMax = 20;

/** Text in armor → its bytes; what isn't armor, as it is. Throws OpenPgpError MALFORMED for any text around it. */
export function withoutArmor(kind: 'PGP SIGNATURE' | 'PGP PUBLIC KEY BLOCK', bytes: Uint8Array): Uint8Array {
  // Binary packets have the highest bit set, which no text in ASCII has.
  if (bytes.length === 0 || ((bytes[0] ?? 0) & 0x80) !== 0) return bytes;
  return armoredBytes(kind, Buffer.from(bytes).toString('latin1'));
}

export function armoredBytes(kind: string, text: string): Buffer {
  const lines = text.split('\n').map((line) => line.replace(/[ \t\r]+$/, ''));
  while (lines.length > 0 && lines[0] === '') lines.shift();
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  const malformed = (what: string): OpenPgpError =>
    new OpenPgpError(
      'MALFORMED',
      `${what}; “-----BEGIN ${kind}-----”, its lines and its end, and nothing around them`,
    );
  if (lines[0] !== `-----BEGIN ${kind}-----` || lines.at(-1) !== `-----END ${kind}-----`)
    throw malformed('other text than one block');
  const body = lines.slice(1, -1);
  const blank = body.indexOf('');
  if (blank === -1 || blank > headerMax) throw malformed('no empty line before what is in armor');
  if (
    !body.slice(0, blank).every((line) => /^[A-Za-z][A-Za-z0-9-]*: [\x20-\x7e\x80-\xff]{0,1000}$/.test(line))
  )
    throw malformed('a header that is none');
  const rest = body.slice(blank + 1);
  const checksum = /^=([A-Za-z0-9+/]{4})$/.exec(rest.at(-1) ?? '')?.[1] ?? null;
  const data = (checksum === null ? rest : rest.slice(0, -1)).join('');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(data) || data.length % 4 !== 0)
    throw malformed('something else than Base64');
  const bytes = Buffer.from(data, 'base64');
  if (bytes.toString('base64') !== data) throw malformed('Base64 with bits to spare');
  if (checksum !== null && checksum !== crc24(bytes)) throw malformed('another checksum than stated');
  return bytes;
}

/** §6.1.1. */
function crc24(bytes: Uint8Array): string {
  let crc = 0xb704ce;
  for (const octet of bytes) {
    crc ^= octet << 16;
    for (let bit = 0; bit < 8; bit += 1)
      crc = (crc & 0x800000) === 0 ? crc << 1 : ((crc << 1) ^ 0x1864cfb) & 0xffffff;
  }
  return Buffer.of((crc >> 16) & 0xff, (crc >> 8) & 0xff, crc & 0xff).toString('base64');
}
