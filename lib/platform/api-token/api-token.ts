/**
 * API tokens as text: `csn_`, 43 digits to base 62 (256 random bits), 6 more with the CRC-32 of the digits before. Secret
 * scanners find them by the prefix and rule out chance matches by the checksum, without a request:
 * `\bcsn_[0-9A-Za-z]{49}\b`. Letters and digits only, so that a double click selects all of it.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';

const prefix = 'csn_';
const secretBytes = 32;
const secretDigits = 43;
const checksumDigits = 6;
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const form = new RegExp(`^${prefix}[0-9A-Za-z]{${secretDigits + checksumDigits}}$`);

/** 32 random bytes → the token. */
export function formatApiToken(random: Uint8Array): string {
  if (random.length !== secretBytes) throw new RangeError(`a token is made of ${secretBytes} bytes`);
  const secret = base62(BigInt(`0x${Buffer.from(random).toString('hex')}`), secretDigits);
  return `${prefix}${secret}${checksumOf(secret)}`;
}

/** Whether a text can be a token, by form and checksum: distinguishes a truncated or mistyped token from an unknown one. */
export function isApiToken(text: string): boolean {
  if (!form.test(text)) return false;
  const secret = text.slice(prefix.length, prefix.length + secretDigits);
  return text.slice(prefix.length + secretDigits) === checksumOf(secret);
}

/** What is kept of a token. 256 random bits leave nothing to guess, so a plain hash suffices. */
export function apiTokenSha256(token: string): Sha256Hex {
  return parseSha256Hex(createHash('sha256').update(token, 'utf8').digest('hex'));
}

const checksumOf = (secret: string): string => base62(BigInt(crc32(secret)), checksumDigits);

function base62(value: bigint, length: number): string {
  let rest = value;
  let text = '';
  for (let count = 0; count < length; count += 1) {
    text = `${digits.charAt(Number(rest % 62n))}${text}`;
    rest /= 62n;
  }
  return text;
}
