/**
 * What of an inspected artifact is sent to clamd, and what its answers come to: clean only if all of it was scanned. What the inspector could
 * not open, or clamd did not read to its end, counts as not scanned. The signer's step asks it, and whoever tries a file out.
 */
import {
  failures,
  info,
  pass,
  type Checked,
  type Finding,
  type PolicyLocation,
} from '#core/wire/finding/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import { formatBytes } from '#core/text/size/index.ts';
import { unopenedFinding, type Content } from '../../inspector/index.ts';
import type { ScannerDatabase, ScanVerdict } from './clamd.ts';
import type { Scanner } from './proven-scanner.ts';
import { scanAll } from './scan-all.ts';
import type { ScanAhead } from './scan-ahead.ts';
import { databaseFinding, type DatabaseLimits } from './scan-database.ts';
import { contentFinding, refusal } from './scan-findings.ts';
import type { InspectedFiles, InspectedLeaf, ScanTarget } from './scan-target.ts';

interface ScanInput extends DatabaseLimits {
  readonly scanner: Scanner;
  readonly inspected: InspectedFiles;
  /** What was begun before; left out: nothing. */
  readonly ahead?: ScanAhead | null;
  /** The line that asks for the scan; null: nobody's. */
  readonly policy: PolicyLocation | null;
}

export interface ScannedFiles {
  readonly files: number;
  readonly database: ScannerDatabase;
}

type Found = Exclude<ScanVerdict, { verdict: 'clean' }>;

const findingsMax = 200;

export type Scan = Checked<ScannedFiles> & {
  /** By content, of everything that was to be scanned. */
  readonly verdicts: ReadonlyMap<Sha256Hex, ScanVerdict>;
};

export async function scanInspected(input: ScanInput): Promise<Scan> {
  const { scanner, inspected, policy, ahead = null } = input;
  const proven = await scanner.prove();
  const findings: Finding[] = [databaseFinding(input, proven)];
  const closed = [...inspected.leaves, ...inspected.containers].flatMap(
    (file) => unopenedFinding(file) ?? [],
  );
  const contents = inspected.leaves.flatMap((leaf) => contentFinding(leaf, proven) ?? []);
  findings.push(...closed.slice(0, findingsMax), ...contents.slice(0, findingsMax));
  findings.push(...leftOut(closed.length + contents.length, findings.length - 1));

  const targets = targetsOf(inspected);
  const verdicts = await scanAll(scanner, proven, targets, ahead);
  const refused = [...targets, ...copiesOf(targets, inspected)].flatMap((target) => {
    const verdict = verdicts.get(target.sha256);
    if (verdict === undefined || verdict.verdict === 'clean' || isEnough(target, verdict)) return [];
    return [refusal(target, verdict, policy)];
  });
  findings.push(...refused.slice(0, findingsMax), ...leftOut(refused.length, findingsMax));
  // The database may have changed meanwhile: the one that answered last must be proved, too.
  const last = await scanner.prove();
  if (failures(findings).length > 0) return { ok: false, findings, verdicts };
  findings.push(
    pass({
      rule: 'scan.clean',
      message: summary(inspected),
      expected: 'no known malware',
      found: `${targets.length} of ${targets.length} clean`,
      policy,
    }),
  );
  return { ok: true, value: { files: targets.length, database: last }, findings, verdicts };
}

function targetsOf({ leaves, containers, inside }: InspectedFiles): readonly ScanTarget[] {
  const plain = ({ path, file, sha256, sizeBytes }: Omit<ScanTarget, 'covered' | 'opaque'>) => ({
    path,
    file,
    sha256,
    sizeBytes,
  });
  return [
    ...leaves.map((leaf) => ({
      ...plain(leaf),
      covered: isCovered(leaf.content),
      opaque: leaf.opaque !== null,
    })),
    ...inside.map((insideFile) => ({
      ...plain(insideFile),
      covered: insideFile.covered,
      opaque: isInOpaque(insideFile.within, leaves),
    })),
    // Containers too: what hides between the entries of an archive is in no leaf.
    ...containers.filter(isScannedAsWhole).map((container) => ({
      ...plain(container),
      covered: isCovered(container.content),
      opaque: false,
    })),
  ];
}

const isCovered = ({ covered, closedCount }: Content): boolean => covered && closedCount === 0;

/** Copies are scanned once, and judged each in its place: one in a file that is declared opaque excuses no other. */
function copiesOf(targets: readonly ScanTarget[], { copies, leaves }: InspectedFiles): readonly ScanTarget[] {
  const scanned = new Map(targets.map((target) => [target.sha256, target]));
  return copies.flatMap(({ within, inner, sha256, covered }) => {
    const same = scanned.get(sha256);
    if (same === undefined) return [];
    const path = [...within.slice(0, -1), [within.at(-1) ?? '', ...inner].join('!/')];
    return [{ ...same, path, covered, opaque: isInOpaque(within, leaves) }];
  });
}

function isInOpaque(within: readonly string[], leaves: readonly InspectedLeaf[]): boolean {
  return leaves.some(
    ({ opaque, path }) =>
      opaque !== null && path.length === within.length && path.every((step, at) => step === within[at]),
  );
}

/**
 * Larger archives that the configuration has opened, from first byte to last, aren't sent as a whole as well: clamd would unpack all of it
 * again, and go over its own limits (MaxScanSize) at what is clean. Smaller ones are, for what it knows of archives themselves.
 */
const wholeBytesMax = 64 * 1024 * 1024;
const archives: readonly string[] = ['zip', 'tar', 'tar.gz'];

/** Whether the artifact, as its configuration declares it, is likely to be scanned as a whole: then that can begin before it is inspected. */
export const isLikelyScannedAsWhole = (type: string, sizeBytes: number): boolean =>
  sizeBytes <= wholeBytesMax || !archives.includes(type);

const isScannedAsWhole = ({ type, content, sizeBytes }: InspectedFiles['containers'][number]): boolean =>
  isLikelyScannedAsWhole(type, sizeBytes) || !isCovered(content);

/** Of what was opened completely, each file inside is judged by itself, encrypted ones included. */
function isEnough({ covered, opaque }: ScanTarget, verdict: Found): boolean {
  if (verdict.verdict === 'infected') return false;
  return opaque || (covered && verdict.reason !== 'other');
}

function summary({ leaves, inside, containers }: InspectedFiles): string {
  const opaque = leaves.filter((leaf) => leaf.opaque !== null && leaf.content.closedCount > 0).length;
  const opened = inside.length === 0 ? '' : ` and ${inside.length} more inside archives`;
  const left =
    opaque === 0 ? '' : ` ${opaque} of them could not be opened and were scanned only as plain bytes.`;
  const byParts = containers.filter((container) => !isScannedAsWhole(container)).length;
  const parts =
    byParts === 0
      ? ''
      : ` ${byParts} archives of more than ${formatBytes(wholeBytesMax)}, opened from first byte to last, were scanned file by file.`;
  const itself = byParts === 0 ? ', and the artifact itself,' : '';
  return `All ${leaves.length} files${opened}${itself} were scanned; no malware is known in any of them.${parts}${left}`;
}

function leftOut(count: number, shown: number): readonly Finding[] {
  if (count <= shown) return [];
  return [info({ rule: 'scan.more', message: `${count - shown} more findings like these were left out.` })];
}
