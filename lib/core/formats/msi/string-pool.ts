/**
 * The strings of a database. Tables hold their numbers.
 * ```
 * _StringPool  u16 code page, u16 flags (0x8000: numbers take 3 bytes in tables, not 2), then for each string, the first is number 1:
 *              u16 bytes, u16 references. 0 bytes and references other than 0: a long one; its high 16 bits, and then a pair with the low ones.
 * _StringData  the strings one after the other, in the code page
 * ```
 * As Wine (dlls/msi/string.c) and libmsi have it; Microsoft never described it.
 */
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { decoderOf } from './code-pages.ts';
import { unreadable } from './errors.ts';

export interface StringPool {
  /** Bytes of a string's number in a table. */
  readonly numberBytes: 2 | 3;
  text(number: number): Promise<string>;
}

const poolBytesMax = 8 * 1024 * 1024;
/** Of one string. Longer ones are scripts, and nobody compares them. */
const textBytesMax = 64 * 1024;
/** Held in memory up to here; of larger ones each string is read where it stands. */
const heldBytesMax = 16 * 1024 * 1024;

export async function readStringPool(
  pool: RandomAccessSource,
  data: RandomAccessSource,
): Promise<StringPool> {
  if (pool.size < 4 || pool.size % 4 !== 0 || pool.size > poolBytesMax)
    throw unreadable(`its string pool has ${pool.size} bytes`);
  const bytes = Buffer.from(await readExactly(pool, 0, pool.size));
  const decoder = decoderOf(bytes.readUInt16LE(0));
  const places: { readonly at: number; readonly length: number }[] = [{ at: 0, length: 0 }];
  let at = 0;
  for (let pair = 4; pair < bytes.length; pair += 4) {
    let length = bytes.readUInt16LE(pair);
    const references = bytes.readUInt16LE(pair + 2);
    if (length === 0 && references !== 0) {
      pair += 4;
      if (pair >= bytes.length) throw unreadable('its string pool ends inside a string');
      length = references * 0x10000 + bytes.readUInt16LE(pair);
    }
    places.push({ at, length });
    at += length;
  }
  if (at !== data.size)
    throw unreadable(`its string pool counts ${at} bytes of strings, and there are ${data.size}`);
  const held = data.size <= heldBytesMax ? await readExactly(data, 0, data.size) : null;
  return {
    numberBytes: (bytes.readUInt16LE(2) & 0x8000) === 0 ? 2 : 3,
    async text(number) {
      const place = places[number];
      if (place === undefined) throw unreadable(`a table names string ${number}, which is not in the pool`);
      if (place.length > textBytesMax) throw unreadable(`a string has ${place.length} bytes`);
      const { at, length } = place;
      return decoder(held?.subarray(at, at + length) ?? (await readExactly(data, at, length)));
    },
  };
}
