/** LZMA2: chunks of LZMA or of plain bytes, each preceded by its sizes. */
import type { ByteCursor } from '../archive/index.ts';
import { LzmaState } from './lzma.ts';
import type { Window } from './window.ts';
import { damagedXz } from './xz-error.ts';

/**
 * From the first chunk to the end marker, in pieces of at most 2 MiB. Memory grows with the content, up to one and a half times
 * the dictionary and 4 MiB.
 */
export async function* readLzma2(cursor: ByteCursor, window: Window): AsyncGenerator<Uint8Array> {
  const state = new LzmaState(window);
  let needs: 'dictionary' | 'properties' | 'nothing' = 'dictionary';
  for (;;) {
    const offset = cursor.offset;
    const damaged = (message: string) => damagedXz(message, offset);
    const [control = 0] = await cursor.read(1);
    if (control === 0) return;
    if (control === 1 || control >= 0xe0) {
      state.resetDictionary();
      needs = 'properties';
    } else if (needs === 'dictionary') throw damaged('it does not begin with a new dictionary');
    if (control < 0x80) {
      if (control > 2) throw damaged('a chunk of an unknown kind');
      const count = sizeOf(await cursor.read(2), 0);
      window.makeRoom(count);
      const start = window.at;
      state.append(await cursor.read(count));
      yield window.since(start);
      continue;
    }
    const sizes = await cursor.read(4);
    const count = (control & 0x1f) * 0x10000 + sizeOf(sizes, 0);
    const packedBytes = sizeOf(sizes, 2);
    if (control >= 0xc0) {
      const [properties = 0] = await cursor.read(1);
      if (!state.setProperties(properties)) throw damaged('invalid properties');
      needs = 'nothing';
    } else if (needs !== 'nothing') throw damaged('a chunk without properties');
    else if (control >= 0xa0) state.reset();
    window.makeRoom(count);
    const start = window.at;
    if (!state.unpack(await cursor.read(packedBytes), count)) throw damaged('a chunk can’t be unpacked');
    yield window.since(start);
  }
}

/** Big-endian, less one. */
const sizeOf = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0) + 1;
