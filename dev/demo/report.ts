/** `.countersign/demo/report.json`, and the same as text. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonsOf, type FindingView } from '../../cli/client/index.ts';
import type { Foundation } from '../foundation/index.ts';
import { askOsslsigncode, askSbverify, difference, extract, type OutsideVerdict } from './outside.ts';
import type { DemoOutcome } from './scenario.ts';

const program = 'package/esbuild.exe';

export interface ReportedRequest {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly policy: string;
  readonly status: string;
  readonly expectedStatus: string;
  readonly asExpected: boolean;
  readonly reasons: readonly FindingView[];
  readonly url: string;
  readonly unsignedFile: string;
  readonly signedFile: string | null;
  readonly unsignedProgram: string;
  readonly signedProgram: string | null;
  readonly caFile: string;
  readonly tsaFile: string;
  readonly signerCertificateFile: string;
  readonly verdicts: readonly OutsideVerdict[];
  /** Whether the program is byte-identical apart from checksum, directory entry and signature; null unsigned. */
  readonly identicalApartFromSignature: boolean | null;
}

export async function reportOutcome(
  foundation: Foundation,
  portalUrl: string,
  folder: string,
  outcome: DemoOutcome,
): Promise<ReportedRequest> {
  const { request, view, signedArtifact } = outcome;
  const { keys } = foundation;
  const certificate = keys.certificateOf(request.project, 'release');
  const reasons = reasonsOf(view);
  const unsignedProgram = await extract(request.artifact, program, join(folder, request.name, 'unsigned'));
  const signedProgram =
    signedArtifact === null
      ? null
      : await extract(signedArtifact, program, join(folder, request.name, 'signed'));
  const verdicts =
    signedProgram === null
      ? []
      : [
          await askOsslsigncode(signedProgram, { ca: keys.rootCertificate, tsaCa: keys.rootCertificate }),
          await askSbverify(signedProgram, keys.rootCertificate),
        ];
  const differs = signedProgram === null ? null : await difference(unsignedProgram, signedProgram);
  const osslsigncode = verdicts.find((verdict) => verdict.tool === 'osslsigncode');
  const asExpected =
    view.status === request.expected &&
    (request.rule === null
      ? osslsigncode?.ok === true && differs === null
      : signedArtifact === null && reasons.some((reason) => reason.rule === request.rule));
  return {
    id: view.id,
    name: request.name,
    project: request.project,
    policy: request.policy,
    status: view.status,
    expectedStatus: request.expected,
    asExpected,
    reasons,
    url: new URL(`/requests/${view.id}`, portalUrl).href,
    unsignedFile: request.artifact,
    signedFile: signedArtifact,
    unsignedProgram,
    signedProgram,
    caFile: keys.rootCertificate,
    tsaFile: keys.rootCertificate,
    signerCertificateFile: certificate,
    verdicts,
    identicalApartFromSignature: signedProgram === null ? null : differs === null,
  };
}

export function printOutcome(request: ReportedRequest, say: (line: string) => void): void {
  const mark = request.asExpected ? '✔' : '✘';
  say(
    `  ${mark} ${request.name}: ${request.status}${request.asExpected ? '' : ` – expected ${request.expectedStatus}`}`,
  );
  for (const reason of request.reasons) {
    say(`      ${reason.message}`);
    if (reason.fix !== null) say(`      → ${reason.fix}`);
  }
  for (const verdict of request.verdicts) {
    say(`      $ ${verdict.command}`);
    say(
      `        ${verdict.ok ? 'accepts the program' : 'does NOT accept the program'}: ${verdict.said.at(-1) ?? ''}`,
    );
  }
  if (request.identicalApartFromSignature !== null) {
    say(
      `      byte-identical apart from checksum, directory entry and signature: ${request.identicalApartFromSignature ? 'yes' : 'NO'}`,
    );
  }
  say(`      ${request.url}`);
}

export async function writeReport(
  folder: string,
  portalUrl: string,
  requests: readonly ReportedRequest[],
): Promise<string> {
  const file = join(folder, 'report.json');
  const content = { version: 1, writtenAt: new Date().toISOString(), portalUrl, requests };
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
  return file;
}

export async function readReportUrl(folder: string): Promise<string | null> {
  try {
    const { portalUrl } = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as {
      portalUrl?: unknown;
    };
    return typeof portalUrl === 'string' ? portalUrl : null;
  } catch {
    return null; // there is no report yet
  }
}
