import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CliError } from './error.ts';

export interface FileDigests {
  readonly sha256: string;
  readonly sha512: string;
  readonly sizeBytes: number;
}

/** file → its digests, streamed. */
export async function digestsOf(file: string): Promise<FileDigests> {
  const sha256 = createHash('sha256');
  const sha512 = createHash('sha512');
  let sizeBytes = 0;
  try {
    // Reading a pipe or a terminal may never end, and they can't be read twice.
    if (!(await stat(file)).isFile()) throw new Error('it is not a plain file');
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
      sha256.update(chunk as Buffer);
      sha512.update(chunk as Buffer);
      sizeBytes += (chunk as Buffer).length;
    }
  } catch (error) {
    throw new CliError('USAGE', `${file} can’t be read: ${(error as Error).message}`, error);
  }
  return { sha256: sha256.digest('hex'), sha512: sha512.digest('hex'), sizeBytes };
}
