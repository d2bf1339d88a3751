/** All files of an artifact to clamd, side by side: large ones by themselves, small ones many over a connection. */
import type { Sha256Hex } from '#core/ids/index.ts';
import { sessionFileBytesMax, sessionFilesMax } from './clamd-session.ts';
import type { ScanVerdict } from './clamd.ts';
import type { ProvenDatabase, Scanner } from './proven-scanner.ts';
import type { ScanAhead } from './scan-ahead.ts';
import type { ScanTarget } from './scan-target.ts';

/** Connections to clamd, which has threads of its own for each. */
const atOnceMax = 4;

/** Copies are scanned once, the largest first, which would be waited for last. A target too large to be sent gets a verdict without clamd. */
export async function scanAll(
  scanner: Scanner,
  proven: ProvenDatabase,
  targets: readonly ScanTarget[],
  ahead: ScanAhead | null,
): Promise<ReadonlyMap<Sha256Hex, ScanVerdict>> {
  const { streamSizeBytesMax } = proven;
  const verdicts = new Map<Sha256Hex, ScanVerdict>();
  const scanOne = async ({ sha256, sizeBytes, file }: ScanTarget): Promise<ScanVerdict> => {
    if (sizeBytes > streamSizeBytesMax) return tooLarge(sizeBytes, streamSizeBytesMax);
    const known = sha256 === ahead?.sha256 ? await ahead.verdictUnder(proven) : null;
    return known ?? scanner.scan(file);
  };
  const scanGroup = async (group: readonly ScanTarget[]): Promise<void> => {
    const [first] = group;
    if (first === undefined) return;
    const found =
      group.length === 1 ? [await scanOne(first)] : await scanner.scanEach(group.map(({ file }) => file));
    for (const [at, { sha256 }] of group.entries()) {
      const verdict = found[at];
      if (verdict === undefined) throw new RangeError(`no verdict on file ${at} of ${group.length}`);
      verdicts.set(sha256, verdict);
    }
  };
  const waiting = groupsOf(targets, Math.min(sessionFileBytesMax, streamSizeBytesMax), ahead);
  const scanNext = async (): Promise<void> => {
    try {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await scanGroup(next);
    } finally {
      // After a failure nothing more is begun.
      waiting.length = 0;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: atOnceMax }, scanNext));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return verdicts;
}

/** What is begun last comes first. */
function groupsOf(
  targets: readonly ScanTarget[],
  smallBytesMax: number,
  ahead: ScanAhead | null,
): ScanTarget[][] {
  const once = [...new Map(targets.map((target) => [target.sha256, target])).values()];
  const isSmall = ({ sha256, sizeBytes }: ScanTarget): boolean =>
    sizeBytes <= smallBytesMax && sha256 !== ahead?.sha256;
  const alone = once
    .filter((target) => !isSmall(target))
    .toSorted((one, other) => one.sizeBytes - other.sizeBytes)
    .map((target) => [target]);
  const small = once.filter(isSmall);
  const groups = Array.from({ length: Math.ceil(small.length / sessionFilesMax) }, (_none, at) =>
    small.slice(at * sessionFilesMax, (at + 1) * sessionFilesMax),
  );
  return [...groups, ...alone];
}

function tooLarge(sizeBytes: number, max: number): ScanVerdict {
  return {
    verdict: 'not-scanned',
    reason: 'limits',
    detail: `its ${sizeBytes} bytes exceed the ${max} that the scanner is proved to read completely`,
  };
}
