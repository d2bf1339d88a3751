import { createHash } from 'node:crypto';
import { compileAsWritten } from '../artifact/index.ts';
import type { ElementLocations } from '../artifact/index.ts';
import { fail, pass } from '../wire/finding/index.ts';
import type { Checked, Finding, PolicyLocation } from '../wire/finding/index.ts';
import { identityText, isOnFirstHost } from '../identity/index.ts';
import { originPolicyOf } from '../origin/index.ts';
import { parsePersonHandle, parsePolicySlug, parseSha256Hex } from '../ids/index.ts';
import type { SigningPolicy } from '../generated/index.ts';
import type { PolicySlug, ProjectSlug, Sha256Hex } from '../ids/index.ts';
import { canonicalJson } from '../json/index.ts';
import type { JsonValue } from '../json/index.ts';
import { findPerson } from './check-people.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { ArtifactConfigurationDocument } from './document.ts';
import { ageAskedAt, ageLimitOf } from './fields/index.ts';
import type { Approver, EffectivePolicy } from './effective-policy.ts';
import { identitiesOf } from './identities.ts';
import { PolicyError } from './policy-error.ts';
import type { PolicySnapshot } from './snapshot.ts';
import { upstreamRootDer } from './upstream-roots.ts';
import { didYouMean } from '../text/near-name/index.ts';

/**
 * Which policy holds for a request of this project under this signing policy?
 * Refuses (findings `policy.project`, `policy.signing-policy`, `policy.status`, `policy.invalid`) where there is none, or the
 * project is paused or retired, or its files break a rule that came after they were accepted.
 */
export function effectivePolicy(
  snapshot: PolicySnapshot,
  projectSlug: ProjectSlug,
  policySlug: PolicySlug,
): Checked<EffectivePolicy> {
  const entry = snapshot.projects.get(projectSlug);
  if (entry === undefined) {
    const hint = didYouMean(projectSlug, snapshot.projects.keys());
    return refuse(
      'policy.project',
      `The policy repository has no project \`${projectSlug}\`${hint}`,
      projectSlug,
    );
  }
  const document = entry.policies.get(policySlug);
  if (document === undefined) {
    const hint = didYouMean(policySlug, entry.policies.keys());
    const message = `Project \`${projectSlug}\` has no signing policy \`${policySlug}\`${hint}`;
    return refuse('policy.signing-policy', message, policySlug);
  }
  const { project } = entry;
  const status = statusFinding(project.value.name, project.value.status, project.locate(['status']));
  if (status.outcome === 'fail') return { ok: false, findings: [status] };

  const broken = snapshot.refused.get(projectSlug);
  if (broken !== undefined) return { ok: false, findings: [status, ...broken.map(invalidFinding)] };

  const policy = document.value;
  const artifact = entry.artifacts.get(parsePolicySlug(policy.artifactConfiguration));
  if (artifact === undefined) throw new PolicyError('SNAPSHOT_INCONSISTENT', policy.artifactConfiguration);
  const origin = policy.origin ?? null;
  const buildSystem =
    snapshot.trustRoot.value.buildSystems.find((system) => system.name === origin?.buildSystem) ?? null;
  if ((origin === null) !== (buildSystem === null)) {
    throw new PolicyError('SNAPSHOT_INCONSISTENT', origin?.buildSystem ?? '');
  }
  const { purpose } = policy;
  const age = ageLimitOf(policy, snapshot.foundation.value);
  const verifies = compileAsWritten(artifact.value).elements.some(
    (element) => element.verifies || element.signedInside,
  );
  const roots = verifies ? (snapshot.trustRoot.value.upstreamRoots ?? []) : [];
  const decisive = {
    projectSlug,
    policySlug,
    policy,
    artifactConfiguration: artifact.value,
    buildSystem,
    approvers: policy.approval.approvers.map((handle) => approver(snapshot, handle)),
  };
  const value: EffectivePolicy = {
    ...decisive,
    commit: snapshot.commit,
    foundation: snapshot.foundation.value,
    project: project.value,
    artifactLocations: elementLocations(artifact),
    origin,
    upstreamRoots: roots.map(({ certificate }) => upstreamRootDer(certificate)),
    originPolicy:
      origin === null || buildSystem === null ? null : originPolicyOf(origin, buildSystem, { purpose, age }),
    age,
    quorum: policy.approval.quorum,
    submitterMayApprove: policy.approval.submitterMayApprove ?? purpose === 'test',
    digest: digestOf({
      ...decisive,
      policy: withoutWords(policy),
      approvers: decisive.approvers.map(inDigest),
      age: age?.hours ?? null,
      ...(roots.length === 0 ? {} : { upstreamRoots: roots.map(({ certificate }) => certificate) }),
      version: 3,
      program: project.value.program,
      subject: snapshot.foundation.value.subject,
      repository: project.value.repository,
    }),
    locate: (path) => document.locate(path),
    locateOrigin: (path) => {
      const asked = age === null ? undefined : ageAskedAt(age, path, purpose);
      if (asked === undefined) return document.locate(['origin', ...path]);
      return asked === null ? null : snapshot.foundation.locate(asked);
    },
    locateProject: (path) => project.locate(path),
    locateArtifact: (path) => artifact.locate(path),
  };
  return { ok: true, value, findings: [status] };
}

function refuse(rule: string, message: string, found: string): { ok: false; findings: readonly Finding[] } {
  const fix = 'Correct the name in the request, or add it to the policy repository.';
  return { ok: false, findings: [fail({ rule, message, found, fix })] };
}

function invalidFinding({ rule, message, fix, file, line, column }: Diagnostic): Finding {
  return fail({
    rule: 'policy.invalid',
    message: `The project’s policy was accepted before this rule was there, and breaks it (${rule}): ${message}`,
    found: rule,
    policy: { file, line, column },
    fix,
  });
}

function statusFinding(
  name: string,
  status: 'active' | 'paused' | 'retired',
  policy: PolicyLocation,
): Finding {
  const shared = { rule: 'policy.status', expected: 'active', found: status, policy };
  switch (status) {
    case 'active':
      return pass({ ...shared, message: `${name} is an active project.` });
    case 'paused':
      return fail({
        ...shared,
        message: `Signing for ${name} is paused.`,
        fix: 'Ask the foundation why; the project can be set to active in its project.yaml.',
      });
    case 'retired':
      return fail({
        ...shared,
        message: `${name} is retired: nothing is signed for it any more.`,
        fix: 'Apply to the foundation again.',
      });
  }
}

function approver(snapshot: PolicySnapshot, handle: string): Approver {
  const person = findPerson(snapshot, handle);
  if (person === undefined) throw new PolicyError('SNAPSHOT_INCONSISTENT', handle);
  const { name, approvalKeys } = person.value;
  return {
    handle: parsePersonHandle(handle),
    name,
    identities: identitiesOf(person.value),
    keys: approvalKeys.map((key) => key.publicKey),
  };
}

/**
 * An approver as digests have held one since before there were other hosts: who is known by an account there alone gives
 * the digest of then, so that no approval in flight is taken away.
 */
function inDigest({ handle, name, identities, keys }: Approver): object {
  const first = identities.find(isOnFirstHost);
  const others = identities.filter((identity) => identity !== first);
  return {
    handle,
    name,
    keys,
    ...(first === undefined ? {} : { githubId: first.id }),
    ...(others.length === 0 ? {} : { identities: others.map(identityText) }),
  };
}

/** JSON pointers of elements → their lines. */
export function elementLocations(artifact: ArtifactConfigurationDocument): ElementLocations {
  const locations: Record<string, PolicyLocation> = {};
  const { elements, directories } = compileAsWritten(artifact.value);
  for (const { pointer } of [...elements, ...directories]) {
    // The pointers of elements contain only keys of the language and indexes, so nothing is escaped in them.
    const path = pointer.slice(1).split('/');
    locations[pointer] = artifact.locate(path);
  }
  return locations;
}

/** What is only for people and decides nothing: changing it invalidates no approval. */
function withoutWords(policy: SigningPolicy): Partial<SigningPolicy> {
  const { description: _description, notifications: _notifications, ...decisive } = policy;
  return decisive;
}

function digestOf(value: object): Sha256Hex {
  const json = JSON.parse(JSON.stringify(value)) as JsonValue;
  return parseSha256Hex(createHash('sha256').update(canonicalJson(json)).digest('hex'));
}
