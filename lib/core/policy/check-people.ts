import { checkApprovalKey } from './approval-key.ts';
import type { ApprovalKeyCheck } from './approval-key.ts';
import { diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { DocumentPath, PersonDocument, PolicyDocument } from './document.ts';
import { hostLabel, identityText } from '../identity/index.ts';
import { identitiesOf, placeOfIdentity } from './identities.ts';
import { isRecipientRole } from './recipients.ts';
import type { PolicySnapshot } from './snapshot.ts';
import { didYouMean } from '../text/near-name/index.ts';
import { checkTufRoots } from './tuf-roots.ts';
import { checkUpstreamRoots } from './upstream-roots.ts';

/** A cache for the keys in files that don't change from one commit to the next. */
const checkedKeys = new WeakMap<object, ApprovalKeyCheck>();

function checkOnce(key: { readonly publicKey: string }): ApprovalKeyCheck {
  const known = checkedKeys.get(key);
  if (known !== undefined) return known;
  const checked = checkApprovalKey(key.publicKey);
  checkedKeys.set(key, checked);
  return checked;
}

/** Each person counts once: no key or account belongs to two. Each step of the generator checks one person. */
export function* checkPeople(snapshot: PolicySnapshot): Generator<undefined, readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  const accounts = new Map<string, string>();
  const keys = new Map<string, string>();
  for (const person of snapshot.people.values()) {
    const { approvalKeys } = person.value;
    for (const identity of identitiesOf(person.value)) {
      const account = identityText(identity);
      const owner = accounts.get(account);
      if (owner !== undefined) {
        const path = placeOfIdentity(person.value, identity);
        const message = `Account ${identity.id} on ${hostLabel(identity.host)} already belongs to ${owner}.`;
        diagnostics.push(diagnosticIn(person, path, 'rule.account', message, 'Give each person one file.'));
      }
      accounts.set(account, person.file);
    }
    approvalKeys.forEach((key, index) => {
      const path = ['approvalKeys', index, 'publicKey'];
      const checked = checkOnce(key);
      if (!checked.ok) {
        diagnostics.push(diagnosticIn(person, path, 'rule.approval-key', checked.message, checked.fix));
        return;
      }
      const owner = keys.get(checked.identity);
      if (owner !== undefined) {
        const message = `This key is already in ${owner}.`;
        diagnostics.push(diagnosticIn(person, path, 'rule.approval-key', message, 'Use each key once.'));
      }
      keys.set(checked.identity, person.file);
    });
    yield;
  }
  return diagnostics;
}

export function checkTrustRoot(snapshot: PolicySnapshot): readonly Diagnostic[] {
  const { trustRoot } = snapshot;
  const { members, threshold, looseningThreshold } = trustRoot.value.policyMaintainers;
  const base = ['policyMaintainers', 'members'];
  const diagnostics = [...checkHandles(snapshot, trustRoot, base, members)];
  const able = members.filter((handle) => hasKey(snapshot, handle)).length;
  if (diagnostics.length === 0 && able < threshold) {
    const message = `${threshold} policy maintainers must sign, but only ${able} of the members ${able === 1 ? 'has' : 'have'} an approval key.`;
    const fix = 'Add members, add approvalKeys to their files under people/, or lower the threshold.';
    diagnostics.push(
      diagnosticIn(trustRoot, ['policyMaintainers', 'threshold'], 'rule.threshold', message, fix),
    );
  }
  if (looseningThreshold !== undefined && looseningThreshold < threshold) {
    const message = `Loosening requires ${looseningThreshold} approvals, fewer than the ${threshold} required for any change.`;
    const path = ['policyMaintainers', 'looseningThreshold'];
    const fix = `Set it to ${threshold} or more.`;
    diagnostics.push(diagnosticIn(trustRoot, path, 'rule.threshold', message, fix));
  } else if (diagnostics.length === 0 && able < (looseningThreshold ?? 0)) {
    const message = `${looseningThreshold} policy maintainers must approve what loosens, but only ${able} of the members can.`;
    const path = ['policyMaintainers', 'looseningThreshold'];
    const fix = 'Add members, add approvalKeys to their files under people/, or lower it.';
    diagnostics.push(diagnosticIn(trustRoot, path, 'rule.threshold', message, fix));
  }
  const names = new Set<string>();
  trustRoot.value.buildSystems.forEach(({ name }, index) => {
    if (names.has(name)) {
      const message = `Build system \`${name}\` is listed twice.`;
      const path = ['buildSystems', index, 'name'];
      diagnostics.push(
        diagnosticIn(trustRoot, path, 'rule.build-system', message, 'Give each its own name.'),
      );
    }
    names.add(name);
  });
  diagnostics.push(...checkTufRoots(snapshot), ...checkUpstreamRoots(snapshot));
  return diagnostics;
}

/** Each handle of a list must name a person. */
export function checkHandles(
  snapshot: PolicySnapshot,
  document: PolicyDocument<unknown>,
  path: DocumentPath,
  handles: readonly string[],
): readonly Diagnostic[] {
  return handles.flatMap((handle, index) => {
    if (isRecipientRole(handle) || findPerson(snapshot, handle) !== undefined) return [];
    const message = `There is no person \`${handle}\`${didYouMean(handle, snapshot.people.keys())}`;
    const fix = `Add people/${handle}.yaml, or correct the handle.`;
    return [diagnosticIn(document, [...path, index], 'reference.person', message, fix)];
  });
}

export function hasKey(snapshot: PolicySnapshot, handle: string): boolean {
  return (findPerson(snapshot, handle)?.value.approvalKeys.length ?? 0) > 0;
}

export function findPerson(snapshot: PolicySnapshot, handle: string): PersonDocument | undefined {
  return (snapshot.people as ReadonlyMap<string, PersonDocument>).get(handle);
}
