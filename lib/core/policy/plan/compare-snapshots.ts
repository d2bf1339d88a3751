import { parsePolicySlug } from '../../ids/index.ts';
import type { ProjectSlug } from '../../ids/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { AnyPolicyDocument, PolicySnapshot } from '../index.ts';
import { compareJson } from '../fields/index.ts';
import { type Difference, type Judged, loosens, neutral, tightens, worst } from '../../field-record/index.ts';
import { fieldName } from './change.ts';
import type { Change } from './change.ts';
import { pairs } from './documents.ts';
import type { Owner, Pair } from './documents.ts';
import { judgeField } from './judge-field.ts';

/**
 * Two snapshots → every change between them, in the order of the repository. Complete: where no change is reported,
 * every document has the same canonical JSON, and so every policy the same digest.
 */
export function compareSnapshots(base: PolicySnapshot, head: PolicySnapshot): readonly Change[] {
  const changes: Change[] = [];
  for (const pair of pairs(base, head)) {
    const { before, after } = pair;
    if (before === undefined || after === undefined) changes.push(wholeFile(pair));
    else changes.push(...insideFile(pair, before, after, base, head));
  }
  return changes;
}

function insideFile(
  owner: Owner,
  before: AnyPolicyDocument,
  after: AnyPolicyDocument,
  base: PolicySnapshot,
  head: PolicySnapshot,
): readonly Change[] {
  const documents = {
    before: before.value as unknown as JsonValue,
    after: after.value as unknown as JsonValue,
  };
  return compareJson(documents.before, documents.after).map((difference) => {
    const document = difference.after === undefined ? before : after;
    const judged =
      judgeConfigurationName(owner, difference, base, head) ??
      judgeNewSubmitters(owner, difference, base) ??
      judgeField(owner.kind, difference, documents);
    return describe(owner, document, judged, difference);
  });
}

function describe(owner: Owner, document: AnyPolicyDocument, judged: Judged, difference: Difference): Change {
  const { path, place, before = null, after = null } = difference;
  const [named, ...rest] = path;
  // File names are more useful here than whole contents.
  const about = ['ArtifactConfiguration', 'Person', 'Revocation'].includes(owner.kind) ? owner.name : null;
  const field = named === undefined ? '' : fieldName([named, ...rest]);
  return {
    effect: judged.effect,
    reason: about === null || field !== '' ? judged.reason : `${about}: ${judged.reason}`,
    project: owner.project,
    policy: owner.kind === 'SigningPolicy' ? owner.name : null,
    kind: owner.kind,
    file: document.file,
    line: document.locate(place).line,
    field,
    before,
    after,
  };
}

function wholeFile(pair: Pair): Change {
  const document = pair.after ?? pair.before;
  if (document === undefined) throw new TypeError('a pair without documents');
  const difference: Difference = {
    path: [],
    place: [],
    nature: 'item',
    before: pair.before?.value as JsonValue | undefined,
    after: pair.after?.value as JsonValue | undefined,
  };
  return describe(pair, document, judgeFile(pair), difference);
}

function judgeFile({ kind, before, after }: Pair): Judged {
  const value = (after ?? before)?.value;
  switch (kind) {
    case 'Project':
      if (after === undefined) return tightens('Nothing is signed for this project any more.');
      return loosens('A new project: files of it may be signed.');
    case 'SigningPolicy':
      if (after === undefined) return tightens('Nothing is signed under this policy any more.');
      return loosens('A new policy: files may be signed under it.');
    case 'ArtifactConfiguration':
      return neutral('It decides only where a signing policy names it.');
    case 'Person':
      if (value?.kind === 'Person' && (value.roles ?? []).length > 0) {
        return loosens(
          after === undefined ? 'A person with a role is removed.' : 'A person with a role is added.',
        );
      }
      return neutral('A person decides only where a team, a policy or the trust root names them.');
    case 'Revocation':
      return after === undefined
        ? loosens('A revocation is no longer written down; the signer never takes one back.')
        : tightens('Nothing is signed with this certificate any more, and verifiers are told.');
    case 'Foundation':
    case 'TrustRoot':
      return loosens('A file that everything depends on was added or removed.');
  }
}

/** For a policy that names another artifact configuration: the difference between the two counts. */
function judgeConfigurationName(
  owner: Owner,
  { path, before, after }: Difference,
  base: PolicySnapshot,
  head: PolicySnapshot,
): Judged | null {
  if (owner.kind !== 'SigningPolicy' || path.length !== 1 || path[0] !== 'artifactConfiguration') return null;
  const earlier = configurationOf(base, owner.project, before);
  const later = configurationOf(head, owner.project, after);
  if (earlier === null || later === null) return null;
  const judged = compareJson(earlier, later).map((difference) =>
    judgeField('ArtifactConfiguration', difference, { before: earlier, after: later }),
  );
  const effect = worst(judged.map((one) => one.effect));
  const reason = judged.find((one) => one.effect === effect)?.reason ?? 'Both say the same.';
  return { effect, reason: `Another artifact configuration. ${reason}` };
}

/** Without a list the team may submit requests: a new list tightens only if nobody else is on it. */
function judgeNewSubmitters(
  owner: Owner,
  { path, before, after }: Difference,
  base: PolicySnapshot,
): Judged | null {
  if (owner.kind !== 'SigningPolicy' || path.join(' ') !== 'submitters' || before !== undefined) return null;
  const team = owner.project === null ? undefined : base.projects.get(owner.project)?.project.value.team;
  const members: readonly string[] = Object.values(team ?? {}).flat();
  const { people = [] } = after as { readonly people?: readonly string[] };
  const outsider = people.find((person) => !members.includes(person));
  return outsider === undefined
    ? null
    : loosens(`Submission by ${outsider}, who is not in the team, is allowed now.`);
}

function configurationOf(
  snapshot: PolicySnapshot,
  project: ProjectSlug | null,
  name: JsonValue | undefined,
): JsonValue | null {
  if (project === null || typeof name !== 'string') return null;
  const document = snapshot.projects.get(project)?.artifacts.get(parsePolicySlug(name));
  return document === undefined ? null : (document.value as unknown as JsonValue);
}
