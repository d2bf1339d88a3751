/**
 * Everything about each field of a policy file: one record per field. Schemas, judgement of changes, sentences, floors,
 * forms, advice and the reference are made from these.
 */
import type { Kind } from '../../generated/index.ts';
import { artifactFields } from './artifact.ts';
import type { PolicyField } from './field.ts';
import { findIn } from './find-field.ts';
import { foundationFields } from './foundation.ts';
import type { Difference } from '../../field-record/index.ts';
import { personFields } from './person.ts';
import { projectFields } from './project.ts';
import { revocationFields } from './revocation.ts';
import { signingPolicyFields } from './signing-policy.ts';
import { trustRootFields } from './trust-root.ts';

export const policyFields: Readonly<Record<Kind, readonly PolicyField[]>> = {
  Foundation: foundationFields,
  TrustRoot: trustRootFields,
  Person: personFields,
  Project: projectFields,
  SigningPolicy: signingPolicyFields,
  ArtifactConfiguration: artifactFields,
  Revocation: revocationFields,
};

/** The record of the field at this path in a document of this kind, with an origin of this provider; undefined: there is none. */
export function findField(
  kind: Kind,
  path: Difference['path'],
  provider: string | null = null,
): PolicyField | undefined {
  return findIn(policyFields[kind], path, provider);
}

export { leastQuorum } from './approval.ts';
export { compareJson, identityKeys } from './compare-json.ts';
export { sections, type FloorBreach, type FloorField, type PolicyField, type Section } from './field.ts';
export { notEnforced, notEnforcedFix, type NotEnforced } from './not-enforced.ts';
export { originAskedFor } from './origin.ts';
export { ageAskedAt, ageLimitOf } from './origin-age.ts';
