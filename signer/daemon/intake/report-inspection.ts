/**
 * The steps "inspection" and "scan", with the report of what they found: of a request that is refused, as far as it came. The journal
 * names the report where it names the step's outcome.
 */
import { compileConfiguration } from '#core/artifact/index.ts';
import { signedAs } from '#core/formats/told-facts.ts';
import { makeReportInSteps, type ReportInput } from '#core/inspection-report/index.ts';
import type { VerifiedOrigin } from '#core/origin/index.ts';
import { configurationSha256 } from '#core/policy/plan/index.ts';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import type { Finding } from '#core/wire/finding/index.ts';
import {
  checkInspection,
  checkScan,
  type GoverningPolicy,
  type InspectedArtifact,
  type ReceivedArtifact,
  type ScannedArtifact,
} from '../checks/index.ts';
import type { Inspection } from '../../inspector/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import { inTurns } from '../../ground/in-turns/index.ts';
import { isReported, writeReport, type WrittenReport } from '../report/index.ts';
import { findEarlierSignatures, type ClaimedRequest } from '../requests/index.ts';
import type { Run, StepResult } from '../run/index.ts';
import { asScannedFile, isLikelyScannedAsWhole, scanAhead, type ScanAhead } from '../scan/index.ts';
import type { SignerContext } from './context.ts';

interface ReportedWork {
  readonly context: SignerContext;
  readonly run: Run;
  readonly request: ClaimedRequest;
  readonly directory: string;
  readonly governing: GoverningPolicy;
  readonly origin: VerifiedOrigin | null;
}

/** A refusal is reported here; what passes, with the scan. */
export async function inspectionStep(
  work: ReportedWork,
  received: ReceivedArtifact,
): Promise<StepResult<InspectedArtifact>> {
  const { context, request, governing, origin, run } = work;
  const { effective, configuration } = governing;
  const { inspection, ...checked } = await checkInspection({
    inspector: context.inspector,
    requestId: request.id,
    received,
    artifactName: request.artifactName,
    effective,
    configuration,
    parameters: request.parameters,
    origin,
    signedBefore: {
      find: (digests) => findEarlierSignatures(context.database, digests),
      keys: context.keys.current(),
      revocations: context.revocations.known(),
    },
    now: run.now(),
  });
  if (checked.ok || inspection === null) return checked;
  const report = await write(work, inspection, checked.findings, null);
  return { ...checked, facts: { ...checked.facts, report } };
}

/** Begins what the step "scan" will ask for anyway; null: perhaps it won't. */
export function beginScan(
  { context, governing }: Pick<ReportedWork, 'context' | 'governing'>,
  { file, digests }: ReceivedArtifact,
): ScanAhead | null {
  const { type } = governing.configuration.root;
  return isLikelyScannedAsWhole(type, digests.sizeBytes)
    ? scanAhead(context.scanner, { file, sha256: digests.sha256, sizeBytes: digests.sizeBytes })
    : null;
}

export async function scanStep(
  work: ReportedWork,
  inspected: InspectedArtifact,
  ahead: ScanAhead | null,
): Promise<StepResult<ScannedArtifact>> {
  const { context, run } = work;
  const { effective } = work.governing;
  const { config } = context;
  const { verdicts, ...checked } = await checkScan({
    scanner: context.scanner,
    inspected,
    ahead,
    effective,
    databaseAgeHoursMax: config.scanner.databaseAgeHoursMax,
    developmentDatabase: config.scanner.developmentDatabase,
    now: run.now(),
  }).catch((error: unknown) => reportBeforeScan(work, inspected, error));
  const findings = [...inspected.inspection.findings, ...checked.findings];
  const scan = { passed: checked.ok, of: (sha256: Sha256Hex) => asScannedFile(verdicts.get(sha256)) };
  return { ...checked, facts: { report: await write(work, inspected.inspection, findings, scan) } };
}

/** While the scanner is away the request waits, and people see what was found by then. The journal names the report that has verdicts. */
async function reportBeforeScan(
  work: ReportedWork,
  inspected: InspectedArtifact,
  error: unknown,
): Promise<never> {
  if (error instanceof Unavailable && !(await isReported(work.context.database, work.request.id)))
    await write(work, inspected.inspection, inspected.inspection.findings, null);
  throw error;
}

async function write(
  { context, run, request, directory, governing }: ReportedWork,
  inspection: Inspection,
  findings: readonly Finding[],
  scan: ReportInput['scan'],
): Promise<WrittenReport> {
  const { effective, configuration } = governing;
  const report = await inTurns(
    makeReportInSteps({
      request: request.id,
      artifactName: request.artifactName,
      configurationSha256: parseSha256Hex(configurationSha256(effective)),
      inspected: { ...inspection, findings },
      elements: compileConfiguration(configuration).elements,
      locations: effective.artifactLocations,
      methodOf: signedAs,
      scan,
    }),
  );
  return writeReport(
    {
      database: context.database,
      releases: context.releases,
      write: (transactionWork) => run.write(transactionWork),
    },
    {
      requestId: request.id,
      project: effective.projectSlug,
      configuration: effective.locateArtifact([]).file,
      directory,
    },
    report,
  );
}
