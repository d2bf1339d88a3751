/** Files that users name: a device or a pipe has no size, and may never end. */
import { createReadStream } from 'node:fs';
import { CodedError } from '#core/error/index.ts';

export class TooLargeError extends CodedError<'TOO_LARGE'> {
  static override readonly errorName = 'TooLargeError';
}

/** However long it is, and whatever it says of its size, one byte more than the limit is read at most. Throws TooLargeError beyond it. */
export async function readBounded(file: string, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(file, { end: bytesMax }) as AsyncIterable<Buffer>)
    chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (bytes.length > bytesMax)
    throw new TooLargeError('TOO_LARGE', `it has more than ${bytesMax} bytes, which is as much as is read`);
  return bytes;
}
