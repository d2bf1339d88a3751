/** What every store asks of the bytes that it is sent. */
import type { Hash } from 'node:crypto';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { ObjectStoreError, type PutRequest } from './object-store.ts';

/** The sender's faults are distinguished from the disk's. */
export async function* sent(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      let next: IteratorResult<Uint8Array>;
      try {
        next = await iterator.next();
      } catch (cause) {
        isOver = true;
        throw new ObjectStoreError('OBJECT_TRUNCATED', 'the connection was lost', cause);
      }
      isOver = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    if (!isOver) await iterator.return?.();
  }
}

/** All has arrived → its digest. Throws where size or digest is another than was announced. */
export function checkSent(
  { expectedSha256, sizeBytesExpected }: PutRequest,
  sizeBytes: number,
  hash: Hash,
): Sha256Hex {
  if (sizeBytesExpected !== null && sizeBytes !== sizeBytesExpected) {
    throw new ObjectStoreError(
      'OBJECT_TRUNCATED',
      `${sizeBytes} of ${sizeBytesExpected} announced bytes arrived`,
    );
  }
  const sha256 = parseSha256Hex(hash.digest('hex'));
  if (expectedSha256 !== null && sha256 !== expectedSha256) {
    throw new ObjectStoreError(
      'OBJECT_DIGEST_MISMATCH',
      `The ${sizeBytes} bytes received hash to ${sha256}, not to ${expectedSha256}.`,
    );
  }
  return sha256;
}

export const tooLarge = (sizeBytesMax: number): ObjectStoreError =>
  new ObjectStoreError('OBJECT_TOO_LARGE', `larger than ${sizeBytesMax} bytes`);
