/**
 * Timestamps that a request got already. Where signing was interrupted, the same signatures get the same timestamps: the
 * digest of a container that is signed after what is in it then stays the same, too.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { RequestId } from '#core/ids/index.ts';
import { isError } from '#core/error/index.ts';
import { TspError, verifyTimestampToken } from '#core/pki/tsp/index.ts';
import type { Database } from '../../ground/database/index.ts';
import type { TimestampSource } from './timestamp-source.ts';

const keptRow = z.object({ token: z.instanceof(Uint8Array), url: z.string() });

/** `trustedRoots`: DER certificates. A kept token that they no longer verify is asked for anew. */
export function keepTimestamps(
  source: TimestampSource,
  database: Pick<Database, 'query'>,
  requestId: RequestId,
  trustedRoots: readonly Uint8Array[],
): TimestampSource {
  return {
    async over(signature) {
      const digest = createHash('sha256').update(signature).digest();
      const sha256 = digest.toString('hex');
      const [row] = await database.query(
        'SELECT token, url FROM signer.timestamp_token WHERE request_id = $1 AND signature_sha256 = $2',
        [requestId, sha256],
      );
      if (row !== undefined) {
        const { token, url } = keptRow.parse(row);
        const time = timeOf(token, digest, trustedRoots);
        if (time !== null) return { token: new Uint8Array(token), time, url };
      }
      const stamp = await source.over(signature);
      await database.query(
        `INSERT INTO signer.timestamp_token (request_id, signature_sha256, token, url) VALUES ($1, $2, $3, $4)
         ON CONFLICT (request_id, signature_sha256) DO UPDATE SET token = $3, url = $4`,
        [requestId, sha256, Buffer.from(stamp.token), stamp.url],
      );
      return stamp;
    },
  };
}

function timeOf(token: Uint8Array, digest: Uint8Array, trustedRoots: readonly Uint8Array[]): Date | null {
  try {
    return verifyTimestampToken({ token, imprint: { hash: 'sha256', digest }, trustedRoots }).time;
  } catch (error) {
    if (isError(error, TspError)) return null;
    throw error;
  }
}
