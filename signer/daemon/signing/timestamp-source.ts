/** Timestamps over signatures, from the configured authorities. */
import { createHash, X509Certificate } from 'node:crypto';
import { Unavailable } from '../../ground/availability/index.ts';
import { requestTimestamp, TimestampError, type TimestampInput } from '../timestamping/index.ts';

export interface Timestamp {
  /** DER TimeStampToken (RFC 3161 §2.4.2), verified. */
  readonly token: Uint8Array;
  readonly time: Date;
  readonly url: string;
  /** When the first certificate ends that leads from the authority's to a trusted root; left out of one that was kept. */
  readonly pathEnds?: Date;
}

export interface TimestampSource {
  /** signature value → a verified timestamp over its SHA-256. Throws Unavailable where no authority gives one. */
  over(signature: Uint8Array): Promise<Timestamp>;
}

export interface TimestampSourceConfig {
  readonly urls: readonly string[];
  /** DER certificates. */
  readonly trustedRoots: readonly Uint8Array[];
  readonly timeoutSeconds: number;
  readonly hedgeSeconds: number;
  readonly onAnswer?: TimestampInput['onAnswer'];
}

export function openTimestampSource(config: TimestampSourceConfig): TimestampSource {
  return {
    async over(signature) {
      const digest = createHash('sha256').update(signature).digest();
      try {
        const answer = await requestTimestamp({
          urls: config.urls,
          digest,
          trustedRoots: config.trustedRoots,
          timeoutMs: config.timeoutSeconds * 1000,
          hedgeMs: config.hedgeSeconds * 1000,
          onAnswer: config.onAnswer,
        });
        return {
          token: answer.token,
          time: answer.time,
          url: answer.url,
          pathEnds: earliestEnd(answer.path),
        };
      } catch (error) {
        if (!(error instanceof TimestampError)) throw error;
        throw new Unavailable(
          'timestamp',
          `no timestamp authority gave a timestamp: ${error.message}`,
          'start the timestamp authority, or add another one to timestamp.urls',
          error,
        );
      }
    },
  };
}

const earliestEnd = (path: readonly Uint8Array[]): Date =>
  new Date(Math.min(...path.map((der) => new X509Certificate(der).validToDate.getTime())));
