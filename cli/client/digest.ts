/** A file's SHA-256, by streaming. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ClientError } from './error.ts';

/** How far something is, in bytes. */
export interface Progress {
  readonly phase: 'digest' | 'upload' | 'download';
  readonly bytes: number;
  readonly total: number;
}
export type OnProgress = (progress: Progress) => void;

export interface Hashed {
  readonly sha256: string;
  readonly sizeBytes: number;
}

export async function hashFile(
  file: string,
  {
    signal,
    onProgress,
  }: { readonly signal?: AbortSignal | undefined; readonly onProgress?: OnProgress | undefined } = {},
): Promise<Hashed> {
  const sha256 = createHash('sha256');
  let sizeBytes = 0;
  try {
    const status = await stat(file);
    // Reading a pipe or a terminal may never end, and they can't be read twice.
    if (!status.isFile()) throw new Error('it is not a plain file');
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
      if (signal?.aborted === true) throw new ClientError('ABORTED', 'it was interrupted');
      sha256.update(chunk as Buffer);
      sizeBytes += (chunk as Buffer).length;
      onProgress?.({ phase: 'digest', bytes: sizeBytes, total: status.size });
    }
  } catch (error) {
    if (error instanceof ClientError) throw error;
    throw new ClientError('USAGE', `${file} can’t be read: ${(error as Error).message}`, { cause: error });
  }
  return { sha256: sha256.digest('hex'), sizeBytes };
}
