import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';

/** As the store gives them for an artifact that it fetched. */
export async function hashFile(
  file: string,
): Promise<{ readonly sha256: Sha256Hex; readonly sha512: string; readonly sizeBytes: number }> {
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')];
  let sizeBytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    sha256.update(chunk);
    sha512.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sha256: parseSha256Hex(sha256.digest('hex')), sha512: sha512.digest('hex'), sizeBytes };
}
