/** Answers of a host that counts what it is asked, shared by everybody who reads within some seconds. */
import type { PolicyHost } from '../platform/git-host/index.ts';

const keepMilliseconds = 15_000;
const keptMax = 200;

interface Kept {
  readonly until: number;
  readonly answer: Promise<unknown>;
}

const memory = new WeakMap<object, Map<string, Kept>>();

/** Whoever changed something reads what came of it, and so does everybody after him. */
export function forget(owner: object): void {
  memory.delete(owner);
}

/**
 * For pages only: whoever is about to change something asks anew. A local host is asked every time, since asking it
 * costs nothing and people look right after they did something.
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
