/** Who decides about the policy itself: its maintainers, their numbers, and whose key and account speak for whom. */
import { canonicalJson } from '../json/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { PersonHandle } from '../ids/index.ts';
import { diagnosticAt, diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { PersonDocument } from './document.ts';
import { sameAccounts } from './identities.ts';
import type { PolicySnapshot } from './snapshot.ts';

const rule = 'guard.authority';
const shownMax = 5;

/**
 * `guard.authority`: policy maintainers come or go, a threshold changes, or another key, account or role stands for
 * somebody who was there before. However little of it: each such change can be the whole of a takeover. A new person
 * without a role decides nothing before somebody names them, and that is a change of its own.
 */
export function checkAuthority(before: PolicySnapshot, after: PolicySnapshot): readonly Diagnostic[] {
  const found = [...maintainers(before, after), ...people(before, after)];
  const more = found[shownMax];
  if (more === undefined) return found;
  const message = `${found.length - shownMax} more changes of who decides.`;
  return [...found.slice(0, shownMax), diagnosticAt(more, rule, message, fix)];
}

const fix = 'Ask whoever it is about by another way than this change, then confirm that it is meant.';

function maintainers(before: PolicySnapshot, after: PolicySnapshot): readonly Diagnostic[] {
  if (before.trustRoot === after.trustRoot) return [];
  const were = before.trustRoot.value.policyMaintainers;
  const are = after.trustRoot.value.policyMaintainers;
  const say = (path: readonly string[], message: string): Diagnostic =>
    diagnosticIn(after.trustRoot, ['policyMaintainers', ...path], rule, message, fix);
  const gone = were.members.filter((member) => !are.members.includes(member));
  const come = are.members.filter((member) => !were.members.includes(member));
  const numbers = (['threshold', 'looseningThreshold'] as const)
    .filter((name) => were[name] !== are[name])
    .map((name) => {
      const message = `${name} of the policy maintainers goes from ${were[name] ?? 'nothing'} to ${are[name] ?? 'nothing'}.`;
      return say([name], message);
    });
  return [
    ...gone.map((one) => say(['members'], `${one} stops being a policy maintainer.`)),
    ...come.map((one) => say(['members'], `${one} becomes a policy maintainer.`)),
    ...numbers,
  ];
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

/** What speaks for a person, as far as it differs. */
function changed(were: PersonDocument | undefined, are: PersonDocument | undefined): readonly string[] {
  const roles = (one: PersonDocument | undefined): string => sorted(one?.value.roles ?? []);
  const found = roles(were) === roles(are) ? [] : ['Roles'];
  // Who comes has no key that stood for anybody; who goes is named nowhere any more.
  if (were === undefined || are === undefined) return found;
  const keys = (personDocument: PersonDocument): string => sorted(personDocument.value.approvalKeys);
  if (keys(were) !== keys(are)) found.push('Keys');
  if (!sameAccounts(were.value, are.value)) found.push('The account');
  return found;
}

const sorted = (list: readonly unknown[]): string =>
  list
    .map((one) => canonicalJson(one as JsonValue))
    .sort()
    .join(' ');
