/** Bytes of one call into the file of an upload, for as long as the call holds the lease. What arrived stays, wherever it ends. */
import { createHash } from 'node:crypto';
import type { PartialFile } from '../../platform/storage/index.ts';
import type { HeldLease } from './hold-lease.ts';

export interface SentPart {
  /** The bytes of the call, until they end or the signal says so. */
  readonly stream: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
  /** How many; null: not announced. */
  readonly length: number | null;
  /** Their digest, base64; null: not announced. They count once it was compared, or once the connection ended early. */
  readonly contentSha256: string | null;
}

export type Ending = 'all' | 'cut' | 'too-long' | 'stopped' | 'lost' | 'other-digest';

/** → how it ended, and how much of the file is on disk and the file's. Rejects where the store fails. */
export async function receive(input: {
  readonly file: PartialFile;
  readonly lease: HeldLease;
  readonly progress: { written: number };
  readonly sizeBytes: number;
  readonly part: SentPart;
}): Promise<{ readonly ending: Ending; readonly offset: number }> {
  const { file, lease, progress, sizeBytes, part } = input;
  const { length, contentSha256 } = part;
  const start = progress.written;
  const hash = contentSha256 === null ? null : createHash('sha256');
  let ending = await readAll();
  if (ending === 'all' && length !== null && progress.written - start < length) ending = 'cut';
  if (ending === 'all' && hash !== null && hash.digest('base64') !== contentSha256) ending = 'other-digest';
  // Of bytes that aren't the file's only what is recorded already stays.
  if (ending === 'lost' || ending === 'too-long' || ending === 'other-digest')
    return { ending, offset: lease.recorded() };
  await file.flush();
  return { ending, offset: progress.written };

  async function readAll(): Promise<Ending> {
    const iterator = part.stream(lease.signal)[Symbol.asyncIterator]();
    let isOver = false;
    try {
      for (;;) {
        const next = await iterator.next().catch(() => null);
        isOver = next === null || next.done === true;
        if (lease.signal.aborted) return lease.isLost() ? 'lost' : 'stopped';
        if (next === null) return 'cut';
        if (next.done === true) return 'all';
        if (progress.written + next.value.byteLength > sizeBytes) return 'too-long';
        await file.write(next.value);
        hash?.update(next.value);
        progress.written += next.value.byteLength;
      }
    } finally {
      if (!isOver) await iterator.return?.();
    }
  }
}
