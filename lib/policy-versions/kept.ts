/** Stored comparisons of accepted commits, as lists and pages read them. */
import type { Context } from '../platform/portal/index.ts';
import { effectSchema } from './summary.ts';
import type { VersionState, VersionSummary } from './summary.ts';

type Database = Context['db'];

export interface KnownVersion {
  readonly state: VersionState;
  /** null: there is nothing to compare it with, or it isn't known (yet). */
  readonly summary: VersionSummary | null;
}

interface Kept {
  readonly state: string;
  readonly effect: string | null;
  readonly changeCount: number;
  readonly gone: readonly string[];
  readonly come: readonly string[];
}

/** Columns of a list: what each change was stays in the database. */
export const listed = {
  seq: true,
  state: true,
  effect: true,
  changeCount: true,
  gone: true,
  come: true,
} as const;

/** `hasPrevious`: whether a commit was accepted before it. `kept` undefined: it isn't listed yet. */
export function known(hasPrevious: boolean, kept: Kept | undefined): KnownVersion {
  if (!hasPrevious) return { state: 'first', summary: null };
  if (kept === undefined || kept.state === 'waiting') return { state: 'waiting', summary: null };
  const effect = effectSchema.safeParse(kept.effect);
  const state = kept.state === 'complete' || kept.state === 'too-large' ? kept.state : 'unreadable';
  if (!effect.success) return { state: state === 'too-large' ? state : 'unreadable', summary: null };
  const { changeCount, gone, come } = kept;
  return { state, summary: { effect: effect.data, changeCount, gone, come } };
}

/** Waiting versions that somebody is viewing: they are computed before others. */
export async function askFor(db: Database, seqs: readonly bigint[], now: Date): Promise<void> {
  if (seqs.length === 0) return;
  await db.policyVersion.updateMany({
    where: { seq: { in: [...seqs] }, state: 'waiting', askedAt: null },
    data: { askedAt: now },
  });
}
