import { diagnosticAt, diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { PolicySnapshot } from './snapshot.ts';

/** More than this share of anything doesn't go in one change. */
const removalShareMax = 0.25;
const maintainersMin = 2;

/**
 * Two snapshots, the second meant to follow the first → what must stop the change until somebody looks twice;
 * empty: nothing. The guards are against slips and against a stolen account that clears the table:
 *
 * - `guard.removal`: more than a quarter of the projects, people or policies are gone;
 * - `guard.policy-maintainers`: fewer than two policy maintainers with keys remain, where there were more;
 * - `guard.quorum`: fewer approvers with keys than the quorum asks for.
 */
export function checkGuards(before: PolicySnapshot, after: PolicySnapshot): readonly Diagnostic[] {
  return [...removals(before, after), ...maintainers(before, after), ...quorums(after)];
}

function removals(before: PolicySnapshot, after: PolicySnapshot): readonly Diagnostic[] {
  const at = { file: '.', line: 1, column: 1 };
  const kinds: readonly (readonly [string, (one: PolicySnapshot) => ReadonlySet<string>])[] = [
    ['projects', (one) => new Set<string>(one.projects.keys())],
    ['people', (one) => new Set<string>(one.people.keys())],
    ['policies', policyNames],
  ];
  return kinds.flatMap(([what, namesOf]) => {
    const names = namesOf(before);
    const kept = namesOf(after);
    const gone = [...names].filter((name) => !kept.has(name));
    if (gone.length <= names.size * removalShareMax) return [];
    const some = gone.sort().slice(0, 5).join(', ');
    const more = gone.length > 5 ? ', …' : '';
    const message = `The change removes ${gone.length} of ${names.size} ${what} (${some}${more}), more than a quarter.`;
    return [diagnosticAt(at, 'guard.removal', message, 'Remove them in several changes.')];
  });
}

function policyNames(snapshot: PolicySnapshot): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { slug, policies } of snapshot.projects.values()) {
    for (const policy of policies.keys()) names.add(`${slug}/${policy}`);
  }
  return names;
}

function able(snapshot: PolicySnapshot, handles: readonly string[]): number {
  const people = snapshot.people as ReadonlyMap<string, { value: { approvalKeys: readonly unknown[] } }>;
  return handles.filter((handle) => (people.get(handle)?.value.approvalKeys.length ?? 0) > 0).length;
}

function maintainers(before: PolicySnapshot, after: PolicySnapshot): readonly Diagnostic[] {
  const count = (one: PolicySnapshot): number => able(one, one.trustRoot.value.policyMaintainers.members);
  const [were, are] = [count(before), count(after)];
  // A repository that never had two, such as a demonstration's, isn't held up by every change.
  if (are >= maintainersMin || are >= were) return [];
  const message = `Only ${are} policy maintainer${are === 1 ? '' : 's'} with an approval key would be left of ${were}.`;
  const fix = `Keep at least ${maintainersMin}: add another one first.`;
  const path = ['policyMaintainers', 'members'];
  return [diagnosticIn(after.trustRoot, path, 'guard.policy-maintainers', message, fix)];
}

/** `loadSnapshot` refuses these too; a snapshot may also come from elsewhere. */
function quorums(after: PolicySnapshot): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const { policies } of after.projects.values()) {
    for (const policy of policies.values()) {
      const { quorum, approvers } = policy.value.approval;
      const count = able(after, approvers);
      if (count >= quorum) continue;
      const message = `${quorum} approvals are asked for, but only ${count} of the approvers would be left to give one.`;
      const fix = 'Add approvers first, or lower the quorum.';
      diagnostics.push(diagnosticIn(policy, ['approval', 'approvers'], 'guard.quorum', message, fix));
    }
  }
  return diagnostics;
}
