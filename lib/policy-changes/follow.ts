/** Keeps checks and comments of open changes up to date, whatever happened on the Git host meanwhile. */
import type { Portal } from '../platform/portal/index.ts';
import { checkChange } from './check.ts';
import { onHost } from './error.ts';
import { hostFor, policyInForce } from './host.ts';

type Source = Pick<Portal, 'db' | 'policies' | 'policyHosts' | 'queue' | 'now'>;

export interface Followed {
  readonly checked: number;
  /** Numbers of changes whose check failed to be made, with the reason. */
  readonly failed: readonly { readonly number: number; readonly reason: string }[];
}

/** What was told the host last, by change: nothing is said twice to a host that counts what it is asked. */
const told = new WeakMap<object, Map<number, string>>();

/**
 * Looks at every open change once. Asks the host for little where nothing moved, so that it can run every few seconds.
 * Where the main branch is not the policy in force, the signer is told to look.
 */
export async function followChanges(source: Source): Promise<Followed> {
  const accepted = await policyInForce(source);
  const host = hostFor(source);
  const [main, open] = await onHost(() =>
    Promise.all([host.branchHead(host.mainBranch), host.openPullRequests()]),
  );
  if (main !== null && main !== accepted.commit) await source.queue.followPolicy().catch(() => undefined);
  const memory = told.get(source.policies) ?? new Map<number, string>();
  told.set(source.policies, memory);
  const failed: { number: number; reason: string }[] = [];
  let checked = 0;
  for (const { number, head } of open) {
    const state = `${accepted.commit} ${head.commit}`;
    if (memory.get(number) === state) continue;
    try {
      await checkChange({ ctx: source, input: { number } });
      memory.set(number, state);
      checked += 1;
    } catch (error) {
      // One change that can't be read doesn't keep the others waiting; it is looked at again the next time.
      failed.push({ number, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const numbers = new Set(open.map((one) => one.number));
  for (const number of memory.keys()) if (!numbers.has(number)) memory.delete(number);
  return { checked, failed };
}
