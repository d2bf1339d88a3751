/** Answers of a rate-limited host, shared by everybody who reads within some seconds. */
import type { Database } from '../platform/db/index.ts';
import type { PolicyHost } from '../platform/git-host/index.ts';

const keepMilliseconds = 15_000;
const keptMax = 200;

interface Kept {
  readonly until: number;
  readonly answer: Promise<unknown>;
}

/** What one portal keeps, and which mark stood in the database as it asked. */
interface Memory {
  readonly mark: bigint;
  readonly kept: Map<string, Kept>;
}

const memory = new WeakMap<object, Memory>();

/** Of all portals there is one row. */
const rowId = 1;

/**
 * After a change its author, and everybody after that, reads the new state, whichever portal answers: the others see that the mark
 * is another one. Called once the host has the change.
 */
export async function forget(ctx: { readonly policies: object; readonly db: Database }): Promise<void> {
  memory.delete(ctx.policies);
  await ctx.db.$executeRaw`
    INSERT INTO portal.changes_mark AS known (id, mark) VALUES (${rowId}, 1)
    ON CONFLICT (id) DO UPDATE SET mark = known.mark + 1`;
}

export interface ReadAbout {
  /** Whose memory it is: one for each portal. */
  readonly policies: object;
  readonly db: Pick<Database, 'changesMark'>;
  readonly kind: PolicyHost['kind'];
  readonly now: Date;
}

/**
 * For pages only: verbs that change something ask again. A local host is asked every time, since that costs nothing and people
 * look right after a change.
 */
export async function recently<T>(about: ReadAbout, key: string, ask: () => Promise<T>): Promise<T> {
  if (about.kind === 'local') return ask();
  // Read before the host is asked: an answer that a change overtakes has the older mark, and is asked for again.
  const row = await about.db.changesMark.findUnique({ where: { id: rowId } });
  const mark = row?.mark ?? 0n;
  const before = memory.get(about.policies);
  const { kept } = before?.mark === mark ? before : remember(about.policies, mark);
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

function remember(owner: object, mark: bigint): Memory {
  const fresh = { mark, kept: new Map<string, Kept>() };
  memory.set(owner, fresh);
  return fresh;
}
