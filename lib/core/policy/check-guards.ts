import { ableMaintainers } from './able-maintainers.ts';
import { checkAuthority } from './check-authority.ts';
import { diagnosticAt, diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { PolicySnapshot } from './snapshot.ts';

/** The largest share of anything that one change may remove. */
const removalShareMax = 0.25;
const maintainersMin = 2;

/**
 * Two snapshots, the second proposed to follow the first → what must hold up the change until it is confirmed; empty:
 * nothing. The guards protect against mistakes and against a stolen account that deletes everything:
 *
 * - `guard.removal`: more than a quarter of the projects, people or policies are gone, or several projects, more than a
 *   quarter of the active ones, are no longer active;
 * - `guard.authority`: who controls the policy changes, see checkAuthority;
 * - `guard.policy-maintainers`: fewer than two policy maintainers with keys remain, where there were more;
 * - `guard.quorum`: fewer approvers with keys than the quorum requires.
 *
 * `earlier` is what was in force some days ago (`removalWindowDays`): removals in many small changes are counted together
 * whenever a change removes anything more.
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

/** Removals within this many days are counted together. */
export const removalWindowDays = 7;

interface Removable {
  readonly what: string;
  readonly verb: string;
  readonly namesOf: (snapshot: PolicySnapshot) => ReadonlySet<string>;
  /** One of three is more than a quarter, and still only one. */
  readonly countMin: number;
}

const removable: readonly Removable[] = [
  {
    what: 'projects',
    verb: 'removes',
    countMin: 1,
    namesOf: (snapshot) => new Set<string>(snapshot.projects.keys()),
  },
  { what: 'active projects', verb: 'pauses, retires or removes', countMin: 2, namesOf: activeProjects },
  {
    what: 'people',
    verb: 'removes',
    countMin: 1,
    namesOf: (snapshot) => new Set<string>(snapshot.people.keys()),
  },
  { what: 'policies', verb: 'removes', countMin: 1, namesOf: policyNames },
];

function removals(
  before: PolicySnapshot,
  after: PolicySnapshot,
  earlier: PolicySnapshot,
): readonly Diagnostic[] {
  const found = new Map(removable.map((kind) => [kind.what, removal(kind, before, after, earlier)]));
  // Removed projects are reported once.
  if (found.get('projects') !== null) found.delete('active projects');
  return [...found.values()].filter((diagnostic) => diagnostic !== null);
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
  const report = (message: string, fix: string): Diagnostic =>
    diagnosticAt(at, 'guard.removal', message, fix);
  const list = (all: readonly string[]): string =>
    `${all.slice(0, 5).join(', ')}${all.length > 5 ? ', …' : ''}`;
  const review = 'Review each of them, then confirm that the change is intended';
  if (tooMany(gone, names.size)) {
    const message = `The change ${verb} ${gone.length} of ${names.size} ${what} (${list(gone)}), more than a quarter.`;
    return report(message, `${review}.`);
  }
  const namesEarlier = namesOf(earlier);
  const goneSince = goneFrom(namesEarlier);
  if (!tooMany(goneSince, namesEarlier.size)) return null;
  const message = `With this change ${goneSince.length} of the ${namesEarlier.size} ${what} of ${removalWindowDays} days ago (${list(goneSince)}) have been removed, more than a quarter.`;
  return report(message, `${review}; or wait until ${removalWindowDays} days have passed.`);
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

function withKeys(snapshot: PolicySnapshot, handles: readonly string[]): number {
  const people = snapshot.people as ReadonlyMap<string, { value: { approvalKeys: readonly unknown[] } }>;
  return handles.filter((handle) => (people.get(handle)?.value.approvalKeys.length ?? 0) > 0).length;
}

function maintainers(before: PolicySnapshot, after: PolicySnapshot): readonly Diagnostic[] {
  const [were, are] = [ableMaintainers(before).length, ableMaintainers(after).length];
  // A repository that never had two, such as a demo's, isn't held up at every change.
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
      const count = withKeys(after, approvers);
      if (count >= quorum) continue;
      const message = `${quorum} approvals are required, but only ${count} of the approvers would be left to give one.`;
      const fix = 'Add approvers first, or lower the quorum.';
      diagnostics.push(diagnosticIn(policy, ['approval', 'approvers'], 'guard.quorum', message, fix));
    }
  }
  return diagnostics;
}
