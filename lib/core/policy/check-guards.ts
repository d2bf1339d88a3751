import { ableMaintainers } from './able-maintainers.ts';
import { checkAuthority } from './check-authority.ts';
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
 * - `guard.removal`: more than a quarter of the projects, people or policies are gone, or several projects, more than a
 *   quarter of the active ones, are no longer active;
 * - `guard.authority`: who decides about the policy changes, see checkAuthority;
 * - `guard.policy-maintainers`: fewer than two policy maintainers with keys remain, where there were more;
 * - `guard.quorum`: fewer approvers with keys than the quorum asks for.
 *
 * `earlier` is what was in force some days ago (`removalWindowDays`): what goes in many small changes is counted
 * together, as soon as a change takes away any more.
 */
export function checkGuards(
  before: PolicySnapshot,
  after: PolicySnapshot,
  earlier: PolicySnapshot = before,
): readonly Diagnostic[] {
  return [
    ...removals(before, after, earlier),
    ...checkAuthority(before, after),
    ...maintainers(before, after),
    ...quorums(after),
  ];
}

/** Removals of so many days count together. */
export const removalWindowDays = 7;

interface Removable {
  readonly what: string;
  readonly verb: string;
  readonly namesOf: (one: PolicySnapshot) => ReadonlySet<string>;
  /** One of three is more than a quarter, and still only one. */
  readonly countMin: number;
}

const removable: readonly Removable[] = [
  {
    what: 'projects',
    verb: 'removes',
    countMin: 1,
    namesOf: (policySnapshot) => new Set<string>(policySnapshot.projects.keys()),
  },
  { what: 'active projects', verb: 'pauses, retires or removes', countMin: 2, namesOf: activeProjects },
  {
    what: 'people',
    verb: 'removes',
    countMin: 1,
    namesOf: (policySnapshot) => new Set<string>(policySnapshot.people.keys()),
  },
  { what: 'policies', verb: 'removes', countMin: 1, namesOf: policyNames },
];

function removals(
  before: PolicySnapshot,
  after: PolicySnapshot,
  earlier: PolicySnapshot,
): readonly Diagnostic[] {
  const found = new Map(removable.map((one) => [one.what, removal(one, before, after, earlier)]));
  // Who removes projects is told so once.
  if (found.get('projects') !== null) found.delete('active projects');
  return [...found.values()].filter((one) => one !== null);
}

function removal(
  { what, verb, namesOf, countMin }: Removable,
  before: PolicySnapshot,
  after: PolicySnapshot,
  earlier: PolicySnapshot,
): Diagnostic | null {
  const kept = namesOf(after);
  const goneFrom = (names: ReadonlySet<string>): readonly string[] =>
    [...names].filter((name) => !kept.has(name)).sort();
  const tooMany = (gone: readonly string[], of: number): boolean =>
    gone.length >= countMin && gone.length > of * removalShareMax;
  const names = namesOf(before);
  const gone = goneFrom(names);
  if (gone.length === 0) return null;
  const at = { file: '.', line: 1, column: 1 };
  const say = (message: string, fix: string): Diagnostic => diagnosticAt(at, 'guard.removal', message, fix);
  const list = (all: readonly string[]): string =>
    `${all.slice(0, 5).join(', ')}${all.length > 5 ? ', …' : ''}`;
  const look = 'Look at each of them, then confirm that it is meant';
  if (tooMany(gone, names.size)) {
    const message = `The change ${verb} ${gone.length} of ${names.size} ${what} (${list(gone)}), more than a quarter.`;
    return say(message, `${look}.`);
  }
  const namesEarlier = namesOf(earlier);
  const goneSince = goneFrom(namesEarlier);
  if (!tooMany(goneSince, namesEarlier.size)) return null;
  const message = `With this change ${goneSince.length} of the ${namesEarlier.size} ${what} of ${removalWindowDays} days ago (${list(goneSince)}) are gone, more than a quarter.`;
  return say(message, `${look}; or wait until ${removalWindowDays} days have passed.`);
}

function activeProjects(snapshot: PolicySnapshot): ReadonlySet<string> {
  const active = [...snapshot.projects].filter(([, { project }]) => project.value.status === 'active');
  return new Set<string>(active.map(([slug]) => slug));
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
  const [were, are] = [ableMaintainers(before).length, ableMaintainers(after).length];
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
