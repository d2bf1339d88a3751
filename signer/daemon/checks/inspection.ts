/** Step "inspection": what is really in the artifact, as the sandboxed inspector found it. */
import { fail, failures, pass, type Checked, type Finding } from '#core/wire/finding/index.ts';
import type { FileKind } from '#core/formats/kind/index.ts';
import { compileConfiguration, elementAt } from '#core/artifact/index.ts';
import type { FormatType, Options, Subject } from '#core/formats/format.ts';
import type { RequestId, Sha256Hex } from '#core/ids/index.ts';
import type { VerifiedOrigin } from '#core/origin/index.ts';
import type { InspectionFacts } from '#core/wire/journal/index.ts';
import type { ArtifactConfiguration } from '#core/generated/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import { hostFaultOf, hostFaultSaid } from '#core/error/index.ts';
import { hostUnavailable, Unavailable } from '../../ground/availability/index.ts';
import {
  InspectorError,
  limitsOfFiles,
  type InsideFile,
  type InsidePlace,
  type InspectedContainer,
  type Inspection,
  type Inspector,
} from '../../inspector/index.ts';
import { checkFollows, type FollowTarget } from './follows.ts';
import { checkKinds } from './kinds.ts';
import { checkSignedInside, type SignedBefore } from './signed-inside.ts';
import { inspectionFacts } from './inspection-facts.ts';
import type { InspectedLeaf } from '../scan/index.ts';
import type { ReceivedArtifact } from './received.ts';

declare class Inspected {
  readonly #proof: true;
}
/** Proof that the artifact with this digest holds what the artifact configuration says, and nothing else. */
export interface InspectedArtifact extends Inspected {
  readonly artifactSha256: Sha256Hex;
  /** Values of the request in the configuration that it was held against. */
  readonly parameters: ParameterValues;
  readonly leaves: readonly InspectedLeaf[];
  /** The containers that the configuration declares, and files inside leaves that nobody declared: scanned too. */
  readonly containers: readonly DeclaredContainer[];
  readonly inside: readonly InsideFile[];
  readonly copies: readonly InsidePlace[];
  readonly signTargets: readonly SignTarget[];
  /** As the inspector answered, for the report. */
  readonly inspection: Inspection;
  /** Lists that are written anew after the files that they list are signed. */
  readonly follows: readonly FollowTarget[];
}

export interface DeclaredContainer extends InspectedContainer {
  readonly type: FormatType;
}

/** A file to be signed. Its subject is computed by the inspector; the signer checks the result against the bytes later. */
export interface SignTarget {
  readonly path: readonly string[];
  readonly file: string;
  /** Of the format that signs: `file` where the signature is beside the file. */
  readonly type: FormatType;
  /** After all that is signed in the file, and the file itself. */
  readonly detached: boolean;
  readonly unsignedSha256: Sha256Hex;
  /** How the configuration says to sign it, in the format's terms. */
  readonly sign: Options;
  /** Of the first round; null: it depends on what is signed inside. */
  readonly subject: Subject | null;
  /** Kind of file for users, by its content and the name under which it is released. */
  readonly kind: FileKind;
}

interface InspectionInput {
  readonly inspector: Inspector;
  readonly requestId: RequestId;
  readonly received: ReceivedArtifact;
  /** The name under which the artifact goes out. */
  readonly artifactName: string;
  readonly effective: EffectivePolicy;
  /** With `parameters` filled in. */
  readonly configuration: ArtifactConfiguration;
  readonly parameters: ParameterValues;
  readonly origin: VerifiedOrigin | null;
  readonly signedBefore: SignedBefore;
  readonly now: Date;
}

type InspectionCheck = Checked<InspectedArtifact> & {
  readonly facts?: InspectionFacts;
  /** null: the inspector didn’t come to its end. */
  readonly inspection: Inspection | null;
};

export async function checkInspection(input: InspectionInput): Promise<InspectionCheck> {
  const { effective } = input;
  const { digests: stored } = input.received;
  let report: Inspection;
  try {
    report = await inspect(input);
  } catch (error) {
    // These depend on the artifact: the next attempt would end the same way.
    const limit = error instanceof InspectorError ? limitsOfFiles[error.code] : undefined;
    if (!(error instanceof InspectorError) || limit === undefined) throw asUnavailable(error);
    return { ok: false, findings: [tooCostly(effective, error.code, limit)], inspection: null };
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
  const { elements } = compileConfiguration(input.configuration);
  const inside = await checkSignedInside({
    files: [...report.leaves, ...report.containers],
    elements,
    effective,
    origin: input.origin,
    before: input.signedBefore,
  });
  findings.push(...kinds.findings, ...inside);
  if (failures(findings).length > 0) return { ok: false, findings, facts, inspection: report };
  const signTargets = report.signTargets.map((target, index): SignTarget => {
    const element = elementAt(elements, target.element);
    const { detached } = target;
    const [type, sign] = detached ? (['file', element.detached] as const) : [element.type, element.sign];
    const kind = kinds.kinds[index];
    if (sign === null || kind === undefined)
      throw new Unavailable(
        'inspector',
        `it offers ${target.path.join(' → ') || 'the artifact'} for signing, which the configuration doesn’t ask for`,
        'see the signer’s log: this is a defect of the signer',
      );
    const { path, leafFile, unsignedSha256, subject } = target;
    return { path, file: leafFile, type, detached, unsignedSha256, sign, subject, kind };
  });
  findings.push(
    pass({
      rule: 'inspection.content',
      message: `The artifact holds ${report.leaves.length} files, all expected by the artifact configuration; ${new Set(signTargets.map(({ path }) => JSON.stringify(path))).size} of them get signed.`,
      found: `${stored.sizeBytes} bytes, SHA-256 ${stored.sha256}`,
      policy: effective.locateArtifact(['root']),
    }),
  );
  const leaves = report.leaves.map((leaf): InspectedLeaf => {
    const element = elements[leaf.element];
    const policy = element === undefined ? null : (effective.artifactLocations[element.pointer] ?? null);
    return { ...leaf, opaque: element?.opaque ?? null, policy };
  });
  const proof = {
    artifactSha256: stored.sha256,
    parameters: input.parameters,
    leaves,
    containers: report.containers.map((container) => ({
      ...container,
      type: elementAt(elements, container.element).type,
    })),
    inside: report.inside,
    copies: report.copies,
    signTargets,
    inspection: { ...report, findings },
    follows: checkFollows(report.follows, signTargets, elements),
  } as unknown as InspectedArtifact;
  return { ok: true, value: proof, findings, facts, inspection: report };
}

function inspect({
  inspector,
  requestId,
  received,
  effective,
  configuration,
  now,
}: InspectionInput): Promise<Inspection> {
  return inspector.inspect({
    folder: requestId,
    file: received.file,
    digest: received.digests,
    configuration,
    locations: effective.artifactLocations,
    upstream: effective.upstreamRoots.length === 0 ? null : { roots: effective.upstreamRoots, now },
  });
}

function tooCostly(effective: EffectivePolicy, code: string, what: string): Finding {
  return fail({
    rule: 'inspection.limits',
    message: `Looking inside the artifact took more ${what} than the signer allows; what can’t be inspected is not signed.`,
    expected: 'an artifact that can be inspected within the limits',
    found: code,
    policy: effective.locateArtifact(['root']),
    fix: 'Submit the release in several smaller artifacts, or ask the foundation to raise the inspector’s limits.',
  });
}

/** An inspector that died or timed out proves nothing about the file: it is retried, up to a limit. */
export function asUnavailable(error: unknown): unknown {
  if (!(error instanceof InspectorError)) return error;
  // What it wrote is in the signer's work folder; its own limits are another matter.
  const fault = error.code === 'INSPECTOR_IO' ? (hostFaultOf(error) ?? hostFaultSaid(error.message)) : null;
  if (fault !== null) return hostUnavailable(fault, 'workDirectory', error);
  return new Unavailable(
    'inspector',
    `the inspector stopped: ${error.message}`,
    'see the signer’s log; raise the inspector’s limits if the artifact is legitimately this large',
    error,
  );
}
