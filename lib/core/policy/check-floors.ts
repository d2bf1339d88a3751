import { artifactProblems } from './artifact-problems.ts';
import { diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { ArtifactConfigurationDocument, SigningPolicyDocument } from './document.ts';
import { policyFields, type FloorBreach, type FloorField } from './fields/index.ts';
import type { PolicySnapshot, ProjectSnapshot } from './snapshot.ts';

const floorFields = policyFields.SigningPolicy.flatMap(({ floors = [] }) => floors);

/**
 * Checks one policy against what the foundation requires of every policy of its purpose. Each diagnostic is placed at the
 * policy's line and names the floor's.
 */
export function checkFloors(
  { foundation }: PolicySnapshot,
  project: ProjectSnapshot,
  policy: SigningPolicyDocument,
): readonly Diagnostic[] {
  const { purpose, origin } = policy.value;
  const floor = foundation.value.floors?.[purpose] ?? {};
  const artifacts = project.artifacts as ReadonlyMap<string, ArtifactConfigurationDocument>;
  const document = artifacts.get(policy.value.artifactConfiguration) ?? null;
  const artifact = document === null || artifactProblems(document).length > 0 ? null : document.value;
  const at = (field: FloorField): string => {
    const path = field.askedAt?.(foundation.value, purpose) ?? ['floors', purpose, field.name];
    const { file, line } = foundation.locate(path);
    return `${file}:${line}`;
  };
  const breach = (field: FloorField, floorBreach: FloorBreach): Diagnostic => {
    const where = floorBreach.in === 'artifact' && document !== null ? document : policy;
    return diagnosticIn(
      where,
      floorBreach.path,
      'rule.floor',
      `${floorBreach.message} (${at(field)}).`,
      floorBreach.fix,
    );
  };
  const context = { policy: policy.value, floor, foundation: foundation.value, artifact };
  const applicable = origin === undefined ? floorFields.filter(({ ofOrigins }) => !ofOrigins) : floorFields;
  const found = applicable.flatMap((field) =>
    field.breaches(context).map((floorBreach) => breach(field, floorBreach)),
  );
  if (origin !== undefined) return found;
  // Without an origin there is nothing to compare with these: they all require one.
  const requiring = floorFields.find(({ ofOrigins, name }) => ofOrigins && floor[name] !== undefined);
  return requiring === undefined ? found : [...found, breach(requiring, noOrigin)];
}

const noOrigin: FloorBreach = {
  in: 'policy',
  path: [],
  message: 'The foundation requires an origin of every policy of this purpose',
  fix: 'Add `origin`.',
};
