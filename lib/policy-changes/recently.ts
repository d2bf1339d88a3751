/** Answers of a rate-limited host, shared by everybody who reads within some seconds. */
import type { PolicyHost } from '../platform/git-host/index.ts';

const keepMilliseconds = 15_000;
const keptMax = 200;

interface Kept {
  readonly until: number;
  readonly answer: Promise<unknown>;
}

const memory = new WeakMap<object, Map<string, Kept>>();

/** After a change its author, and everybody after that, reads the new state. */
export function forget(owner: object): void {
  memory.delete(owner);
}

/**
 * For pages only: verbs that change something ask again. A local host is asked every time, since that costs nothing and people
 * look right after a change.
 */
export function recently<T>(
  about: { readonly owner: object; readonly kind: PolicyHost['kind']; readonly now: Date },
  key: string,
  ask: () => Promise<T>,
): Promise<T> {
  if (about.kind === 'local') return ask();
  const kept = memory.get(about.owner) ?? new Map<string, Kept>();
  memory.set(about.owner, kept);
  const now = about.now.getTime();
  const known = kept.get(key);
  if (known !== undefined && known.until > now) return known.answer as Promise<T>;
  const answer = ask();
  kept.delete(key);
  kept.set(key, { until: now + keepMilliseconds, answer });
  answer.catch(() => kept.delete(key));
  const oldest = kept.keys().next().value;
  if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest);
  return answer;
}
