/** Web Key Directory (draft-koch-openpgp-webkey-service §3.1): where clients look for the key of an address. */
import { createHash } from 'node:crypto';

const alphabet = 'ybndrfg8ejkmcpqxot1uwisza345h769';

/** z-base-32 (RFC 6189 §5.1.6) of whole groups of five octets. */
function zBase32(bytes: Uint8Array): string {
  let text = '';
  for (let bit = 0; bit < bytes.length * 8; bit += 5) {
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    text += alphabet[(pair >> (11 - (bit & 7))) & 31] ?? '';
  }
  return text;
}

/** The name of the file of an address: of its local part in lower case. */
export const webKeyName = (localPart: string): string =>
  zBase32(createHash('sha1').update(localPart.toLowerCase(), 'utf8').digest());
