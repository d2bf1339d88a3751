/** Keeps checks and comments of open changes up to date, whatever happened on the Git host meanwhile. */
import type { Portal } from '../platform/portal/index.ts';
import { checkChange } from './check.ts';
import { onHost } from './error.ts';
import { hostFor, policyInForce } from './host.ts';

type Source = Pick<Portal, 'config' | 'db' | 'policies' | 'policyHosts' | 'queue' | 'now'>;

export interface Followed {
  readonly checked: number;
  /** Numbers of changes whose check failed to be made, with the reason. */
  readonly failed: readonly { readonly number: number; readonly reason: string }[];
}

/** What was last published, by change: nothing is published twice to a rate-limited host. */
const published = new WeakMap<object, Map<number, string>>();

/**
 * Checks every open change once. Makes few requests if nothing changed, so that it can run every few seconds.
 * If the main branch is not the policy in force, the signer is asked to check.
 */
export async function followChanges(source: Source): Promise<Followed> {
  const accepted = await policyInForce(source);
  const host = hostFor(source);
  const [main, open] = await onHost(() =>
    Promise.all([host.branchHead(host.mainBranch), host.openPullRequests()]),
  );
  if (main !== null && main !== accepted.commit) await source.queue.followPolicy().catch(() => undefined);
  const memory = published.get(source.policies) ?? new Map<number, string>();
  published.set(source.policies, memory);
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
      // A change that can't be read doesn't hold up the others; it is checked again the next time.
      failed.push({ number, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const numbers = new Set(open.map((request) => request.number));
  for (const number of memory.keys()) if (!numbers.has(number)) memory.delete(number);
  return { checked, failed };
}
