/** The inspector's answer → what the signer would say of it, as far as that can be told without the rest of the signer. */
import { compileConfiguration, type CompiledElement } from '#core/artifact/index.ts';
import { kindUnderName, kindWords, maySign, programPhrase } from '#core/formats/kind/index.ts';
import { signedAs } from '#core/formats/told-facts.ts';
import { makeReport, type InspectionReport } from '#core/inspection-report/index.ts';
import { signingOrder, type SigningStep } from '#core/suggestion/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import { canonicalJson, type JsonValue } from '#core/json/index.ts';
import { fail, failures, type Finding } from '#core/wire/finding/index.ts';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { asScannedFile } from '../../signer/daemon/scan/index.ts';
import { allFindings } from '../../signer/inspector/index.ts';
import type { Examined } from './examine.ts';
import type { Configuration } from './read-configuration.ts';

export interface Judged {
  readonly file: string;
  readonly configuration: string;
  /** Nothing that was checked here refuses it. */
  readonly passed: boolean;
  readonly report: InspectionReport;
  readonly findings: readonly Finding[];
  /** Refusals that only the foundation's roots could lift, which nobody gave. */
  readonly untold: readonly Finding[];
  readonly order: readonly SigningStep[];
  readonly notChecked: readonly string[];
  readonly sandbox: Examined['sandbox'];
}

/** Of what upstream signed, only roots can tell whether to believe it. */
const needsRoots = ({ rule, outcome }: Finding): boolean =>
  outcome === 'fail' && /[.]upstream-(?:untrusted|timestamp)$/.test(rule);

export function judge(
  { file, inspection, scanned, sandbox }: Examined,
  configuration: Configuration,
): Judged {
  const { foundation, locations } = configuration;
  const { elements } = compileConfiguration(configuration.value);
  const name = path.basename(file);
  const all =
    scanned === null
      ? allFindings(inspection, elements, locations)
      : [...inspection.findings, ...scanned.findings];
  const untold = foundation === null ? all.filter(needsRoots) : [];
  const findings = [
    ...all.filter((one) => !untold.includes(one)),
    ...kinds(inspection.signTargets, name, foundation),
  ];
  const report = makeReport({
    request: null,
    artifactName: name,
    configurationSha256: digestOf(configuration.value),
    inspected: inspection,
    elements,
    locations,
    methodOf: signedAs,
    scan:
      scanned === null
        ? null
        : { passed: scanned.ok, of: (sha256) => asScannedFile(scanned.verdicts.get(sha256)) },
  });
  return {
    file,
    configuration: configuration.file,
    passed: failures(findings).length === 0,
    report,
    findings,
    untold,
    order: signingOrder(inspection, elements),
    notChecked: notChecked(configuration, elements, scanned !== null),
    sandbox,
  };
}

/** The signer's own check of what a project's program may sign. */
function kinds(
  targets: Examined['inspection']['signTargets'],
  artifactName: string,
  foundation: Configuration['foundation'],
): readonly Finding[] {
  if (foundation === null) return [];
  const { program } = foundation;
  return targets.flatMap(({ path: place, kind, unsignedSha256 }) => {
    const name = place.at(-1)?.split('/').at(-1) ?? artifactName;
    const told = kindUnderName(kind, name);
    if (maySign(program, told.kind)) return [];
    return [
      fail({
        rule: 'inspection.kind',
        message: `${name} is ${kindWords[told.kind]} (${told.because}). This project is in the program ${program}, which signs ${programPhrase(program)}.`,
        expected: `program ${program}`,
        found: kindWords[told.kind],
        path: place,
        sha256: unsignedSha256,
        fix: 'Take `sign` off this file, or apply for the program executables.',
      }),
    ];
  });
}

function notChecked(
  { foundation }: Configuration,
  elements: readonly CompiledElement[],
  isScanned: boolean,
): readonly string[] {
  const verifies = elements.some((element) => element.verifies);
  return [
    'where the file comes from (origin): its build attestation',
    isScanned
      ? 'viruses by the signer’s own scanner, which has a database and limits of its own'
      : 'viruses: nothing was scanned (--clamd does it); the signer scans every file inside and the whole, and has limits of its own for that',
    'approvals, certificates and revocations',
    ...(elements.some((element) => element.signedInside)
      ? ['whether the foundation signed the programs inside installers before (`requireSignedInside`)']
      : []),
    ...(foundation === null
      ? [
          'the foundation’s floors, and which kinds of files the project may have signed: name the policies with --policies DIR --project SLUG',
          ...(verifies
            ? ['whom the foundation trusts as upstream (`verify`): --policies DIR --project SLUG']
            : []),
        ]
      : foundation.policies.length === 0
        ? [
            `the foundation’s floors: no signing policy of ${foundation.project} uses an artifact configuration of this name`,
          ]
        : []),
  ];
}

function digestOf(value: object) {
  const json = JSON.parse(JSON.stringify(value)) as JsonValue;
  return parseSha256Hex(createHash('sha256').update(canonicalJson(json)).digest('hex'));
}
