import { compileConfiguration } from '../artifact/index.ts';
import { formats } from '../formats/registry.ts';
import type { PolicyFloor, SigningPolicy } from '../generated/index.ts';
import { usualVisibility } from '../origin/index.ts';
import { artifactProblems } from './artifact-problems.ts';
import { diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type {
  ArtifactConfigurationDocument,
  DocumentPath,
  FoundationDocument,
  SigningPolicyDocument,
} from './document.ts';
import type { PolicySnapshot, ProjectSnapshot } from './snapshot.ts';

interface Breach {
  /** Name of the floor, the last key of its path in foundation.yaml. */
  readonly floor: keyof PolicyFloor;
  readonly path: DocumentPath;
  readonly message: string;
  readonly fix: string;
}

/**
 * What the foundation asks of every policy of this purpose, against one policy. Each diagnostic stands at the
 * policy's line and names the floor's.
 */
export function checkFloors(
  snapshot: PolicySnapshot,
  project: ProjectSnapshot,
  policy: SigningPolicyDocument,
): readonly Diagnostic[] {
  const { foundation } = snapshot;
  const { purpose } = policy.value;
  const floor = foundation.value.floors?.[purpose];
  const breaches = [...quorumBreach(foundation, policy), ...policyBreaches(policy.value, floor)];
  const diagnostics = breaches.map((one) => {
    const asked = floorAt(foundation, purpose, one.floor);
    return diagnosticIn(policy, one.path, 'rule.floor', `${one.message} (${asked}).`, one.fix);
  });
  const artifacts = project.artifacts as ReadonlyMap<string, ArtifactConfigurationDocument>;
  const artifact = artifacts.get(policy.value.artifactConfiguration);
  if (floor === undefined || artifact === undefined) return diagnostics;
  const at = (name: keyof PolicyFloor): string => floorAt(foundation, purpose, name);
  return [
    ...diagnostics,
    ...(floor.opaque === 'refused' ? opaqueFiles(artifact, at('opaque')) : []),
    ...(floor.productNameAndVersion === undefined
      ? []
      : unnamedPrograms(artifact, at('productNameAndVersion'))),
  ];
}

/** `foundation.yaml:14`; the older `releaseQuorum` where that is what asks. */
function floorAt(foundation: FoundationDocument, purpose: string, name: keyof PolicyFloor): string {
  const { file, line } = foundation.locate(
    name === 'quorumMin' && quorumFloor(foundation, purpose).shorthand
      ? ['floors', 'releaseQuorum']
      : ['floors', purpose, name],
  );
  return `${file}:${line}`;
}

function quorumFloor(foundation: FoundationDocument, purpose: string): { min: number; shorthand: boolean } {
  const { floors } = foundation.value;
  const min = (purpose === 'release' ? floors?.release : floors?.test)?.quorumMin ?? 0;
  const shorthand = purpose === 'release' ? (floors?.releaseQuorum ?? 0) : 0;
  return shorthand > min ? { min: shorthand, shorthand: true } : { min, shorthand: false };
}

function quorumBreach(foundation: FoundationDocument, policy: SigningPolicyDocument): readonly Breach[] {
  const { purpose, approval } = policy.value;
  const { min } = quorumFloor(foundation, purpose);
  if (approval.quorum >= min) return [];
  const what = purpose === 'release' ? 'release' : 'test signature';
  return [
    {
      floor: 'quorumMin',
      path: ['approval', 'quorum'],
      message: `The foundation asks for at least ${min} approvals of every ${what}, not ${approval.quorum}`,
      fix: `Set the quorum to ${min} or more.`,
    },
  ];
}

function policyBreaches(policy: SigningPolicy, floor: PolicyFloor | undefined): readonly Breach[] {
  if (floor === undefined) return [];
  const { origin } = policy;
  const breaches: Breach[] = [];
  const breach = (name: keyof PolicyFloor, path: DocumentPath, message: string, fix: string): void => {
    breaches.push({ floor: name, path, message: `The foundation asks ${message}`, fix });
  };
  if (floor.timestamp === 'required' && policy.timestamp !== 'required') {
    breach('timestamp', ['timestamp'], 'for a timestamp on every signature', 'Set timestamp to required.');
  }
  const { submitterMayApprove = policy.purpose === 'test' } = policy.approval;
  if (floor.submitterMayApprove === false && submitterMayApprove) {
    const fix = 'Set submitterMayApprove to false.';
    breach(
      'submitterMayApprove',
      ['approval', 'submitterMayApprove'],
      'for approval by others than the submitter',
      fix,
    );
  }
  if (origin === undefined) {
    // Without an origin there is no line to hold against the floors below: they all ask for one.
    const asking = (
      ['origin', 'runner', 'builder', 'attestations', 'environment', 'visibility', 'maximumAgeHours'] as const
    ).find((name) => floor[name] !== undefined);
    if (asking !== undefined) {
      breach(asking, [], 'every policy of this purpose for an origin', 'Add `origin`.');
    }
    return breaches;
  }
  if (floor.runner !== undefined && origin.runner !== floor.runner) {
    breach('runner', ['origin', 'runner'], `for builds on ${floor.runner} runners`, `Write ${floor.runner}.`);
  }
  if (floor.reruns === 'refused' && origin.reruns === 'allowed') {
    breach('reruns', ['origin', 'reruns'], 'to refuse repeated attempts', 'Set reruns to refused.');
  }
  if (floor.builder === 'required' && origin.builder === undefined) {
    breach('builder', ['origin'], 'for a pinned reusable builder', 'Add `builder` with uri, ref and digest.');
  }
  if (floor.attestations === 'provenance' && origin.attestations?.includes('signature') === true) {
    const fix = 'Remove signature from attestations.';
    breach('attestations', ['origin', 'attestations'], 'for provenance, not a bare signature', fix);
  }
  if (floor.environment === 'required' && origin.environment === undefined) {
    const fix = 'Add `environment` with the name of the deployment environment that releases are built in.';
    breach('environment', ['origin'], 'for a deployment environment', fix);
  }
  const visibility = origin.visibility ?? usualVisibility[policy.purpose];
  if (floor.visibility === 'public' && visibility !== 'public') {
    const fix = 'Set visibility to public.';
    breach('visibility', ['origin', 'visibility'], 'for builds of a public repository', fix);
  }
  // A policy that sets no age of its own takes the floor's.
  const hours = floor.maximumAgeHours;
  if (hours !== undefined && (origin.maximumAgeHours ?? hours) > hours) {
    const fix = `Set maximumAgeHours to ${hours} or less, or remove the line: ${hours} holds then.`;
    breach('maximumAgeHours', ['origin', 'maximumAgeHours'], `for builds of at most ${hours} hours`, fix);
  }
  return breaches;
}

/** Files that nobody could scan completely. In a set, each of its files is one. */
function opaqueFiles(artifact: ArtifactConfigurationDocument, asked: string): readonly Diagnostic[] {
  if (artifactProblems(artifact).length > 0) return [];
  const { elements } = compileConfiguration(artifact.value);
  return elements.flatMap(({ opaque, pointer }) => {
    if (opaque === null) return [];
    const message = `The foundation asks that every file can be scanned; no file of this policy may be opaque (${asked}).`;
    const fix = 'Remove `opaque`, and leave the file out or submit it in a form that can be opened.';
    return [diagnosticIn(artifact, pointer.slice(1).split('/'), 'rule.floor', message, fix)];
  });
}

/**
 * Signed programs whose product name or version could be anything. Where the artifact holds a signed list of digests, each
 * program of it may be on that list, and is trusted like a signed one.
 */
function unnamedPrograms(artifact: ArtifactConfigurationDocument, asked: string): readonly Diagnostic[] {
  if (artifactProblems(artifact).length > 0) return [];
  const { elements } = compileConfiguration(artifact.value);
  const vouchedFor = elements.some(({ sign, type }) => sign !== null && formats[type].vouches);
  return elements.flatMap((element) => {
    if (element.sign === null && !vouchedFor) return [];
    const missing = formats[element.type].identity(element.check).open;
    if (missing.length === 0) return [];
    const what = missing.join(' and ');
    const message = `The foundation asks for the product name and version of every signed program; ${what} can be anything here (${asked}).`;
    const path = element.pointer.slice(1).split('/');
    return [diagnosticIn(artifact, path, 'rule.floor', message, `Add ${what} under \`metadata\`.`)];
  });
}
