/** Step "inspection": what is really in the artifact, as the sandboxed inspector found it. */
import {
  fail,
  failures,
  pass,
  type Checked,
  type Finding,
  type PolicyLocation,
} from '#core/wire/finding/index.ts';
import type { FileKind } from '#core/formats/kind/index.ts';
import { compileConfiguration } from '#core/artifact/index.ts';
import type { RequestId, Sha256Hex } from '#core/ids/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import {
  InspectorError,
  type InsideFile,
  type InspectedContainer,
  type Inspection,
  type Inspector,
} from '../../inspector/index.ts';
import type { StoredDigests } from '../../ground/store/index.ts';
import { checkKinds } from './kinds.ts';
import { inspectionFacts, type InspectionFacts } from './inspection-facts.ts';

declare const inspected: unique symbol;
/** Proof that the artifact with this digest holds what the artifact configuration says, and nothing else. */
export interface InspectedArtifact {
  readonly [inspected]: true;
  readonly artifactSha256: Sha256Hex;
  readonly leaves: readonly InspectedLeaf[];
  /** The containers that the configuration declares, and files inside leaves that nobody declared: scanned too. */
  readonly containers: readonly InspectedContainer[];
  readonly inside: readonly InsideFile[];
  /** In the order in which they get signed: innermost first. */
  readonly signTargets: readonly SignTarget[];
}

export interface InspectedLeaf extends InspectedContainer {
  /** The configuration's reason why the file may hold what can't be opened; null: it may not. */
  readonly opaque: string | null;
  /** The line that expects the file. */
  readonly policy: PolicyLocation | null;
}

/** A file to be signed. The digest is the inspector's; the signer checks the result against the bytes later. */
export interface SignTarget {
  readonly path: readonly string[];
  readonly file: string;
  readonly unsignedSha256: Sha256Hex;
  /** DER SpcIndirectDataContent, with the file's Authenticode digest inside. */
  readonly spcIndirectData: Uint8Array;
  readonly authenticodeDigest: Sha256Hex;
  readonly description: string | null;
  readonly descriptionUrl: string | null;
  /** What users get, by its content and the name it goes out under. */
  readonly kind: FileKind;
}

interface InspectionInput {
  readonly inspector: Inspector;
  readonly requestId: RequestId;
  readonly file: string;
  readonly stored: StoredDigests;
  /** The name under which the artifact goes out. */
  readonly artifactName: string;
  readonly effective: EffectivePolicy;
}

export async function checkInspection(
  input: InspectionInput,
): Promise<Checked<InspectedArtifact> & { readonly facts?: InspectionFacts }> {
  const { effective, stored } = input;
  let report: Inspection;
  try {
    report = await inspect(input);
  } catch (error) {
    // Time and memory are spent by the artifact: the next try would end the same way.
    const code = error instanceof InspectorError ? error.code : null;
    if (code !== 'INSPECTOR_TIMEOUT' && code !== 'INSPECTOR_MEMORY') throw asUnavailable(error);
    return { ok: false, findings: [tooCostly(effective, code)] };
  }
  const findings: Finding[] = [...report.findings];
  if (report.sha256 !== stored.sha256) {
    throw new Unavailable(
      'inspector',
      `the inspector read other bytes (${report.sha256}) than were fetched`,
      'check the disk of the work directory',
    );
  }
  const facts = inspectionFacts(effective, report);
  const kinds = checkKinds(effective, report.signTargets, input.artifactName);
  findings.push(...kinds.findings);
  if (failures(findings).length > 0) return { ok: false, findings, facts };
  const { elements } = compileConfiguration(effective.artifactConfiguration);
  const signTargets = report.signTargets.map((target, index): SignTarget => {
    const sign = elements[target.element]?.sign ?? null;
    return {
      path: target.path,
      file: target.leafFile,
      unsignedSha256: target.unsignedSha256,
      spcIndirectData: target.spcIndirectData,
      authenticodeDigest: target.authenticodeSha256,
      description: sign?.description ?? null,
      descriptionUrl: sign?.descriptionUrl ?? null,
      kind: kinds.kinds[index] ?? 'program',
    };
  });
  findings.push(
    pass({
      rule: 'inspection.content',
      message: `The artifact holds ${report.leaves.length} files, all expected by the artifact configuration; ${signTargets.length} of them get signed.`,
      found: `${stored.sizeBytes} bytes, SHA-256 ${stored.sha256}`,
      policy: effective.locateArtifact(['root']),
    }),
  );
  // Deepest first: a container's bytes are final only when everything inside is.
  const leaves = report.leaves.map((leaf): InspectedLeaf => {
    const element = elements[leaf.element];
    const policy = element === undefined ? null : (effective.artifactLocations[element.pointer] ?? null);
    return { ...leaf, opaque: element?.opaque ?? null, policy };
  });
  const innermostFirst = signTargets.toSorted((a, b) => b.path.length - a.path.length);
  const proof = {
    artifactSha256: stored.sha256,
    leaves,
    containers: report.containers,
    inside: report.inside,
    signTargets: innermostFirst,
  } as unknown as InspectedArtifact;
  return { ok: true, value: proof, findings, facts };
}

function inspect({ inspector, requestId, file, effective }: InspectionInput): Promise<Inspection> {
  return inspector.inspect({
    folder: requestId,
    file,
    configuration: effective.artifactConfiguration,
    locations: effective.artifactLocations,
  });
}

function tooCostly(effective: EffectivePolicy, code: string): Finding {
  const what = code === 'INSPECTOR_TIMEOUT' ? 'time' : 'memory';
  return fail({
    rule: 'inspection.limits',
    message: `Looking inside the artifact took more ${what} than the signer allows; what can’t be inspected is not signed.`,
    expected: `an artifact that can be inspected within the ${what} limit`,
    found: code,
    policy: effective.locateArtifact(['root']),
    fix: 'Submit the release in several smaller artifacts, or ask the foundation to raise the inspector’s limits.',
  });
}

/** An inspector that died or timed out proves nothing about the file: tried again, and given up in the end. */
export function asUnavailable(error: unknown): unknown {
  if (!(error instanceof InspectorError)) return error;
  return new Unavailable(
    'inspector',
    `the inspector stopped: ${error.message}`,
    'see the signer’s log; raise the inspector’s limits if the artifact is legitimately this large',
    error,
  );
}
