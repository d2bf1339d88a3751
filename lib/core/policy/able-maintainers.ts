import type { PersonHandle } from '../ids/index.ts';
import type { PolicySnapshot } from './snapshot.ts';

/** Policy maintainers who have a signing key. */
export function ableMaintainers({ trustRoot, people }: PolicySnapshot): readonly PersonHandle[] {
  const { members } = trustRoot.value.policyMaintainers;
  return [...people]
    .filter(([handle, { value }]) => members.includes(handle) && value.approvalKeys.length > 0)
    .map(([handle]) => handle);
}
