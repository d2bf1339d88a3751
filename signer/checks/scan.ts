/** Step "scan": every file inside, and the artifact as a whole, as clamd sees them with a fresh database. */
import { failures, fail, info, pass, type Checked, type Finding } from '../../lib/core/finding/index.ts';
import type { Sha256Hex } from '../../lib/core/ids/index.ts';
import type { EffectivePolicy } from '../../lib/core/policy/index.ts';
import { Unavailable } from '../availability/index.ts';
import type { Scanner, ScannerDatabase, ScanVerdict } from '../scan/index.ts';

declare const scanned: unique symbol;
/** Proof that all files of the artifact with this digest were scanned and found clean. */
export interface ScannedArtifact {
  readonly [scanned]: true;
  readonly artifactSha256: Sha256Hex;
  readonly files: number;
  readonly database: ScannerDatabase;
}

export interface ScanTarget {
  readonly path: readonly string[];
  readonly file: string;
  readonly sha256: Sha256Hex;
}

interface ScanCheckInput {
  readonly scanner: Scanner;
  readonly artifact: ScanTarget;
  readonly leaves: readonly ScanTarget[];
  readonly effective: EffectivePolicy;
  readonly databaseAgeHoursMax: number;
  readonly developmentDatabase: boolean;
  readonly now: Date;
}

export async function checkScan(input: ScanCheckInput): Promise<Checked<ScannedArtifact>> {
  const policy = input.effective.locate(['scan']);
  const database = await input.scanner.database();
  const findings: Finding[] = [databaseFinding(input, database)];
  const seen = new Set<string>();
  let clean = 0;
  // The whole artifact too: what hides between the entries of an archive is in no leaf.
  for (const target of [...input.leaves, input.artifact]) {
    if (seen.has(target.sha256)) {
      clean += 1;
      continue;
    }
    seen.add(target.sha256);
    const verdict = await input.scanner.scan(target.file);
    if (verdict.verdict === 'clean') clean += 1;
    else findings.push(refusal(target, verdict, policy));
  }
  const total = input.leaves.length + 1;
  if (failures(findings).length > 0) return { ok: false, findings };
  findings.push(
    pass({
      rule: 'scan.clean',
      message: `All ${input.leaves.length} files inside and the artifact itself were scanned; no malware is known in any of them.`,
      expected: 'no known malware',
      found: `${clean} of ${total} clean`,
      policy,
    }),
  );
  const proof = { artifactSha256: input.artifact.sha256, files: total, database } as ScannedArtifact;
  return { ok: true, value: proof, findings };
}

function refusal(
  target: ScanTarget,
  verdict: Exclude<ScanVerdict, { verdict: 'clean' }>,
  policy: Finding['policy'],
): Finding {
  const where = target.path.length === 0 ? 'The artifact' : target.path.join(' → ');
  if (verdict.verdict === 'infected') {
    return fail({
      rule: 'scan.infected',
      message: `${where} contains malware: ${verdict.viruses.join(', ')}.`,
      expected: 'no known malware',
      found: verdict.viruses.join(', '),
      path: target.path,
      sha256: target.sha256,
      policy,
      fix: 'Remove the file from the build and find out how it came in. If it is a false alarm, report it to ClamAV and submit again once their database has changed.',
    });
  }
  return fail({
    rule: 'scan.not-scanned',
    message: `${where} could not be scanned completely: ${verdict.detail}.`,
    expected: 'every file scanned to its end',
    found: verdict.detail,
    path: target.path,
    sha256: target.sha256,
    policy,
    fix: 'Split the file or leave out what clamd can’t read; what was not scanned is not signed.',
  });
}

function databaseFinding(input: ScanCheckInput, database: ScannerDatabase): Finding {
  const rule = 'scan.database';
  if (database.builtAt === null) {
    const found = `ClamAV ${database.engine} with local signatures only`;
    if (input.developmentDatabase) {
      return info({
        rule,
        message:
          'Development scanner: it knows little more than the EICAR test file. This says nothing about real malware.',
        found,
      });
    }
    throw new Unavailable(
      'scanner',
      `the virus scanner has no malware database (${found})`,
      'let freshclam load ClamAV’s database on the scanner’s machine',
    );
  }
  const ageHours = Math.max(0, (input.now.getTime() - database.builtAt.getTime()) / 3_600_000);
  const found = `ClamAV ${database.engine}, database ${database.version ?? '?'} of ${database.builtAt.toISOString()}`;
  if (ageHours <= input.databaseAgeHoursMax) {
    return pass({
      rule,
      message: 'The virus scanner’s database is fresh.',
      expected: `no older than ${input.databaseAgeHoursMax} h`,
      found,
    });
  }
  // Old signatures say nothing about the artifact: it is nobody's fault and no reason to refuse for good.
  throw new Unavailable(
    'scanner',
    `the virus scanner’s database is ${Math.round(ageHours)} hours old; at most ${input.databaseAgeHoursMax} are allowed`,
    'get freshclam running again on the scanner’s machine',
  );
}
