/** The documents of two snapshots, side by side. */
import type { ProjectSlug } from '../../ids/index.ts';
import type { AnyPolicyDocument, PolicySnapshot } from '../index.ts';
import type { ChangedKind } from './change.ts';

export interface Owner {
  readonly kind: ChangedKind;
  readonly project: ProjectSlug | null;
  /** Name of the signing policy or artifact configuration, handle of the person; null for the others. */
  readonly name: string | null;
}

export interface Pair extends Owner {
  readonly before: AnyPolicyDocument | undefined;
  readonly after: AnyPolicyDocument | undefined;
}

/** Every document that isn't the same object in both: unchanged, shared files cost nothing. */
export function* pairs(base: PolicySnapshot, head: PolicySnapshot): Generator<Pair> {
  const shared = { project: null, name: null };
  yield* pair({ ...shared, kind: 'Foundation' }, base.foundation, head.foundation);
  yield* pair({ ...shared, kind: 'TrustRoot' }, base.trustRoot, head.trustRoot);
  for (const handle of union(base.people, head.people)) {
    const owner: Owner = { kind: 'Person', project: null, name: handle };
    yield* pair(owner, base.people.get(handle), head.people.get(handle));
  }
  for (const serial of union(base.revocations, head.revocations)) {
    const owner: Owner = { kind: 'Revocation', project: null, name: serial };
    yield* pair(owner, base.revocations.get(serial), head.revocations.get(serial));
  }
  for (const slug of union(base.projects, head.projects)) {
    const before = base.projects.get(slug);
    const after = head.projects.get(slug);
    if (before === after) continue;
    yield* pair({ kind: 'Project', project: slug, name: null }, before?.project, after?.project);
    for (const name of union(before?.policies, after?.policies)) {
      const owner: Owner = { kind: 'SigningPolicy', project: slug, name };
      yield* pair(owner, before?.policies.get(name), after?.policies.get(name));
    }
    for (const name of union(before?.artifacts, after?.artifacts)) {
      const owner: Owner = { kind: 'ArtifactConfiguration', project: slug, name };
      yield* pair(owner, before?.artifacts.get(name), after?.artifacts.get(name));
    }
  }
}

function* pair(
  owner: Owner,
  before: AnyPolicyDocument | undefined,
  after: AnyPolicyDocument | undefined,
): Generator<Pair> {
  if (before !== after) yield { ...owner, before, after };
}

function union<Key>(
  before: ReadonlyMap<Key, unknown> | undefined,
  after: ReadonlyMap<Key, unknown> | undefined,
): ReadonlySet<Key> {
  return new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
}
