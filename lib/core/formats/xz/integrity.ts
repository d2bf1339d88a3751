/** The checks that blocks of xz files end with (The .xz File Format 1.2.1, section 2.1.1.2). */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc64 } from './crc64.ts';

export interface Integrity {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

/** By its number; null: unknown, or none. */
export function integrityOf(id: number): Integrity | null {
  switch (id) {
    case 1:
      return new Crc32();
    case 4:
      return new Crc64();
    case 10: {
      const hash = createHash('sha256');
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
    }
    default:
      return null;
  }
}

class Crc32 implements Integrity {
  #sum = 0;

  update(bytes: Uint8Array): void {
    this.#sum = crc32(bytes, this.#sum);
  }

  digest(): Uint8Array {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, this.#sum, true);
    return bytes;
  }
}
