/** Whether a released file is there, with the bytes that it had. */
import { createHash } from 'node:crypto';
import { isError } from '#core/error/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { StorePlace } from '../../../lib/host/configuration/index.ts';
import { ObjectStoreError, openObjects, type ObjectReader } from '../../../lib/host/object-store/index.ts';

export type Released = 'whole' | 'missing' | 'changed';

export interface ReleasedFiles {
  /** By its size alone. Rejects where the store can't be asked. */
  isThere(sha256: string, sizeBytes: number): Promise<Released>;
  /** By all of its bytes; `pace` is told of each chunk, and waited for. */
  isWhole(sha256: string, sizeBytes: number, pace: (bytes: number) => Promise<void>): Promise<Released>;
}

export function openReleasedFiles(place: StorePlace): ReleasedFiles {
  const objects: ObjectReader = openObjects(place);
  const find = async (sha256: string) => {
    try {
      return await objects.open(parseSha256Hex(sha256));
    } catch (error) {
      // The whole folder is gone, and with it every file that was in it.
      if (isError(error, ObjectStoreError) && error.code === 'STORE_MISSING') return null;
      throw error;
    }
  };
  return {
    async isThere(sha256, sizeBytes) {
      const found = await find(sha256);
      if (found === null) return 'missing';
      return found.sizeBytes === sizeBytes ? 'whole' : 'changed';
    },
    async isWhole(sha256, sizeBytes, pace) {
      const found = await find(sha256);
      if (found === null) return 'missing';
      if (found.sizeBytes !== sizeBytes) return 'changed';
      const hash = createHash('sha256');
      try {
        for await (const chunk of found.bytes({ isLent: true })) {
          hash.update(chunk);
          await pace(chunk.length);
        }
      } catch (error) {
        // It was replaced, or ended early, while it was read.
        if (isError(error, ObjectStoreError) && changes.has(error.code)) return 'changed';
        throw error;
      }
      return hash.digest('hex') === sha256 ? 'whole' : 'changed';
    },
  };
}

const changes: ReadonlySet<string> = new Set([
  'OBJECT_CHANGED',
  'OBJECT_DIGEST_MISMATCH',
  'OBJECT_TRUNCATED',
]);
