/** The network as the TUF client sees it: one address, no redirects, bounded in time and bytes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fetcher } from 'tuf-js';
// Its class is what tells the client that there is no newer root; the package's index doesn't have it.
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { CodedError } from '#core/error/index.ts';

/** Sigstore's whole repository has 60 KB of metadata; a long list of old roots fits, and nothing that would fill a disk. */
const bytesMax = 8 * 1024 * 1024;

class MirrorAnswerError extends CodedError<'MIRROR_ANSWER'> {
  static override readonly errorName = 'MirrorAnswerError';
  constructor(message: string) {
    super('MIRROR_ANSWER', message);
  }
}

/** `directory`: for what is downloaded. All requests share the bytes and end with the signal. */
export function openMirror(directory: string, signal: AbortSignal): Fetcher {
  let left = bytesMax;
  const downloadBytes = async (url: string, lengthMax: number): Promise<Buffer> => {
    const response = await fetch(url, {
      redirect: 'error',
      signal,
      headers: { accept: 'application/json', 'accept-encoding': 'identity' },
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new DownloadHTTPError(`${url} answered ${response.status}`, response.status);
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    // Leaving the loop cancels the rest.
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      left -= chunk.length;
      if (size > lengthMax || left < 0) throw new MirrorAnswerError(`${url} sent over ${lengthMax} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  };
  return {
    downloadBytes,
    async downloadFile(url, lengthMax, handler) {
      const place = join(directory, 'download');
      await writeFile(place, await downloadBytes(url, lengthMax), { mode: 0o600 });
      return handler(place);
    },
  };
}
