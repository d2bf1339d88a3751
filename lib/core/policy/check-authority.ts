/** Who controls the policy itself: its maintainers, their thresholds, and which keys and accounts belong to whom. */
import { canonicalJson } from '../json/index.ts';
import type { JsonValue } from '../json/index.ts';
import { hostLabel, identityHostNames } from '../identity/index.ts';
import type { PersonHandle } from '../ids/index.ts';
import { diagnosticAt, diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { PersonDocument } from './document.ts';
import { sameAccounts, serverOfAccounts } from './identities.ts';
import type { PolicySnapshot } from './snapshot.ts';

const rule = 'guard.authority';
const shownMax = 5;

/**
 * `guard.authority`: a policy maintainer is added or removed, a threshold changes, or the keys, account or roles of an
 * existing person change. However small: a single such change can be all that a takeover needs. A new person without a role
 * has no say until another change names them.
 */
export function checkAuthority(before: PolicySnapshot, after: PolicySnapshot): readonly Diagnostic[] {
  const found = [...maintainers(before, after), ...people(before, after)];
  const more = found[shownMax];
  if (more === undefined) return found;
  const message = `${found.length - shownMax} more changes of who controls the policy.`;
  return [...found.slice(0, shownMax), diagnosticAt(more, rule, message, fix)];
}

const fix = 'Contact the person concerned through another channel, then confirm that the change is intended.';

function maintainers(before: PolicySnapshot, after: PolicySnapshot): readonly Diagnostic[] {
  if (before.trustRoot === after.trustRoot) return [];
  const were = before.trustRoot.value.policyMaintainers;
  const are = after.trustRoot.value.policyMaintainers;
  const report = (path: readonly string[], message: string): Diagnostic =>
    diagnosticIn(after.trustRoot, ['policyMaintainers', ...path], rule, message, fix);
  const removed = were.members.filter((member) => !are.members.includes(member));
  const added = are.members.filter((member) => !were.members.includes(member));
  const thresholds = (['threshold', 'looseningThreshold'] as const)
    .filter((name) => were[name] !== are[name])
    .map((name) => {
      const message = `${name} of the policy maintainers changes from ${were[name] ?? 'nothing'} to ${are[name] ?? 'nothing'}.`;
      return report([name], message);
    });
  return [
    ...removed.map((handle) => report(['members'], `${handle} is no longer a policy maintainer.`)),
    ...added.map((handle) => report(['members'], `${handle} becomes a policy maintainer.`)),
    ...thresholds,
    ...servers(before, after),
  ];
}

/** Every account of a host is another person's on another server. */
function servers(before: PolicySnapshot, after: PolicySnapshot): readonly Diagnostic[] {
  return identityHostNames.flatMap((host) => {
    const [was, is] = [serverOfAccounts(before, host), serverOfAccounts(after, host)];
    if (was === is) return [];
    const message = `Accounts on ${hostLabel(host)} are those of ${is}, no longer of ${was}.`;
    return [diagnosticIn(after.trustRoot, ['accountHosts', host], rule, message, fix)];
  });
}

function people(before: PolicySnapshot, after: PolicySnapshot): readonly Diagnostic[] {
  const handles = new Set<PersonHandle>([...before.people.keys(), ...after.people.keys()]);
  return [...handles].flatMap((handle) => {
    const were = before.people.get(handle);
    const are = after.people.get(handle);
    const document = are ?? were;
    if (were === are || document === undefined) return [];
    const what = changed(were, are);
    if (what.length === 0) return [];
    const verb = what.length === 1 && !what[0]?.endsWith('s') ? 'changes' : 'change';
    const message = `${what.join(', ')} of ${handle} ${verb}.`;
    return [diagnosticIn(document, [], rule, message, fix)];
  });
}

/** Which of a person's roles, keys and accounts differ. */
function changed(were: PersonDocument | undefined, are: PersonDocument | undefined): readonly string[] {
  const roles = (person: PersonDocument | undefined): string => sorted(person?.value.roles ?? []);
  const found = roles(were) === roles(are) ? [] : ['Roles'];
  // A new person's keys never counted for anybody; a removed person is no longer named anywhere.
  if (were === undefined || are === undefined) return found;
  const keys = (person: PersonDocument): string => sorted(person.value.approvalKeys);
  if (keys(were) !== keys(are)) found.push('Keys');
  if (!sameAccounts(were.value, are.value)) found.push('The account');
  return found;
}

const sorted = (list: readonly unknown[]): string =>
  list
    .map((value) => canonicalJson(value as JsonValue))
    .sort()
    .join(' ');
