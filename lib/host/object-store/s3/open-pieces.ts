/** Small objects of a bucket under names of the caller's: what isn't whole yet. What is in them proves nothing. */
import { isError } from '#core/error/index.ts';
import { ObjectStoreError } from '../object-store.ts';
import type { Listed } from './answers.ts';
import { openConnection } from './ask.ts';
import { listKeys, type Bucket } from './open-bucket.ts';
import { usualPace } from './pace.ts';
import { factsOf, readObject } from './read-object.ts';

/** Names are below the bucket's prefix. Rejects with ObjectStoreErrors. */
export interface Pieces {
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** null: there is none, or it is larger. */
  read(name: string, sizeBytesMax: number): Promise<Uint8Array | null>;
  remove(name: string): Promise<void>;
  /** In order of their names. */
  list(prefix: string): AsyncIterable<Omit<Listed, 'key'> & { readonly name: string }>;
}

export function openPieces({ place, keys, pace = usualPace }: Bucket): Pieces {
  const ask = openConnection(place, keys, pace);
  const keyOf = (name: string): string => `${place.prefix}${name}`;
  return {
    async put(name, body) {
      (await ask({ method: 'PUT', key: keyOf(name), body })).close();
    },
    async read(name, sizeBytesMax) {
      const key = keyOf(name);
      const facts = await factsOf({ place, ask, key });
      if (facts === null || facts.sizeBytes > sizeBytesMax) return null;
      const { sizeBytes } = facts;
      const found: Uint8Array[] = [];
      try {
        const source = { place, ask, pace, key };
        for await (const one of readObject(source, { sizeBytes, start: 0, end: sizeBytes, sha256: null }))
          found.push(one);
      } catch (cause) {
        // Removed or replaced meanwhile: another call writes here now.
        if (isError(cause, ObjectStoreError) && cause.code === 'OBJECT_CHANGED') return null;
        throw cause;
      }
      return Buffer.concat(found);
    },
    async remove(name) {
      (await ask({ method: 'DELETE', key: keyOf(name) })).close();
    },
    async *list(prefix) {
      for await (const { key, ...facts } of listKeys(place, ask, keyOf(prefix)))
        yield { ...facts, name: key.slice(place.prefix.length) };
    },
  };
}
