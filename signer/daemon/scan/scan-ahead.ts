/**
 * The artifact as a whole goes to clamd while the inspector opens it: its digest is known, and the scan of a large file takes longest of all.
 * Nothing is decided here. The verdict counts in the step "scan", and there only where the same proof of the scanner still holds.
 */
import type { Sha256Hex } from '#core/ids/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import type { ScanVerdict } from './clamd.ts';
import type { ProvenDatabase, Scanner } from './proven-scanner.ts';

export interface ScanAhead {
  readonly sha256: Sha256Hex;
  /** null: it has to be scanned again, also where clamd was away meanwhile: whether it is back, the step finds out. */
  verdictUnder(proven: ProvenDatabase): Promise<ScanVerdict | null>;
  /** Nobody will ask for the verdict. */
  stop(): void;
}

interface Artifact {
  readonly file: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
}

/**
 * Of one scanner, in this process. What was sent can't be taken back: clamd goes on after its request is refused, and the project whose it was
 * has its next turn. Without a bound, files that take clamd long and the inspector not at all would take all of clamd's threads.
 */
const atOnceMax = 4;
const begun = new WeakMap<Scanner, number>();

/** null: so many are begun that this one has to wait for its step. */
export function scanAhead(scanner: Scanner, { file, sha256, sizeBytes }: Artifact): ScanAhead | null {
  const before = begun.get(scanner) ?? 0;
  if (before >= atOnceMax) return null;
  begun.set(scanner, before + 1);
  const stopping = new AbortController();
  const { signal } = stopping;
  const begin = async () => {
    const proven = await scanner.prove();
    if (signal.aborted || sizeBytes > proven.streamSizeBytesMax) return null;
    return { proven, verdict: await scanner.scan(file, signal) };
  };
  const scanned = begin().finally(() => begun.set(scanner, (begun.get(scanner) ?? 1) - 1));
  // It is waited for in the step, if that is reached.
  scanned.catch(() => undefined);
  return {
    sha256,
    async verdictUnder(proven) {
      const found = await scanned.catch((error: unknown) => {
        if (error instanceof Unavailable) return null;
        throw error;
      });
      return found?.proven === proven ? found.verdict : null;
    },
    stop: () => stopping.abort(),
  };
}
