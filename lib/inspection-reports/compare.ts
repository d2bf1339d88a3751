import type { ReportEntry } from '#core/inspection-report/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { differencesOf, type Difference, type Differences } from './pair-reports.ts';
import { readReport, type ReportSummary } from './read.ts';
import { nodeColumns, nodeOf, type ReportNode } from './rows.ts';

export const comparedLists = ['changed', 'added', 'removed', 'moved'] as const;
export type ComparedList = (typeof comparedLists)[number];

export interface ComparedItem {
  readonly before: ReportNode | null;
  readonly after: ReportNode | null;
  /** What differs, for people. */
  readonly what: readonly string[];
}

export interface Comparison {
  readonly before: ReportSummary;
  readonly after: ReportSummary;
  readonly counts: Readonly<Record<ComparedList | 'unchanged', number>>;
  readonly list: ComparedList;
  readonly items: readonly ComparedItem[];
  /** How many of the list come before the next page; null: this is the last one. */
  readonly next: number | null;
}

const comparedPageMax = 50;

/** One list of what differs between two reports, in pages. null: one of them has no report, or none that is searchable. Public. */
export async function compareReports(call: {
  readonly ctx: Pick<Context, 'db'>;
  readonly input: {
    readonly before: RequestId;
    readonly after: RequestId;
    readonly list?: ComparedList | undefined;
    readonly skip?: number | undefined;
  };
}): Promise<Comparison | null> {
  const { ctx, input } = call;
  const [before, after] = await Promise.all([
    readReport({ ctx, input: { id: input.before } }),
    readReport({ ctx, input: { id: input.after } }),
  ]);
  if (before?.isSearchable !== true || after?.isSearchable !== true) return null;
  const differences = await differencesBetween(ctx.db, input, { before, after });
  const list = input.list ?? comparedLists.find((name) => differences[name].length > 0) ?? 'changed';
  const skip = input.skip ?? 0;
  const shown = differences[list].slice(skip, skip + comparedPageMax);
  return {
    before,
    after,
    counts: countsOf(differences),
    list,
    items: await itemsOf(ctx.db, input, shown),
    next: differences[list].length > skip + comparedPageMax ? skip + comparedPageMax : null,
  };
}

export function differencesBetween(
  db: Database,
  ids: { readonly before: RequestId; readonly after: RequestId },
  { before, after }: { readonly before: ReportSummary; readonly after: ReportSummary },
): Promise<Differences> {
  const paired = (id: RequestId, { sha256, head }: ReportSummary) => ({
    id,
    sha256,
    files: head.counts.files,
  });
  return differencesOf(db, paired(ids.before, before), paired(ids.after, after));
}

export const countsOf = ({ changed, added, removed, moved, unchanged }: Differences) => ({
  changed: changed.length,
  added: added.length,
  removed: removed.length,
  moved: moved.length,
  unchanged,
});

async function itemsOf(
  db: Database,
  ids: { readonly before: RequestId; readonly after: RequestId },
  shown: readonly Difference[],
): Promise<readonly ComparedItem[]> {
  const [before, after] = await Promise.all([
    nodesAt(
      db,
      ids.before,
      shown.flatMap((one) => one.before ?? []),
    ),
    nodesAt(
      db,
      ids.after,
      shown.flatMap((one) => one.after ?? []),
    ),
  ]);
  return shown.map((one): ComparedItem => {
    const [old, now] = [before.get(one.before ?? -1) ?? null, after.get(one.after ?? -1) ?? null];
    const [oldEntry, nowEntry] = [old?.entry ?? null, now?.entry ?? null];
    return {
      before: old,
      after: now,
      what: oldEntry === null || nowEntry === null ? [] : changesOf(oldEntry, nowEntry),
    };
  });
}

async function nodesAt(
  db: Database,
  id: RequestId,
  positions: readonly number[],
): Promise<ReadonlyMap<number, ReportNode>> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT ${nodeColumns} FROM signer.inspected_entry
     WHERE request_id = ${id}::uuid AND position = ANY(${[...positions]}::int[])`;
  return new Map(rows.map(nodeOf).map((node) => [node.position, node]));
}

const parts: readonly (readonly [string, (entry: ReportEntry) => unknown])[] = [
  ['content', ({ sha256 }) => sha256],
  ['type', ({ detected, formats }) => [detected, formats]],
  ['metadata', ({ facts }) => [facts?.texts ?? null, facts?.kind ?? null]],
  ['signatures', ({ signatures, facts }) => [signatures, facts?.signed ?? null]],
  ['verdict', ({ scan }) => scan],
  ['not seen inside', ({ notSeen, notSeenCount, opaque }) => [notSeen, notSeenCount, opaque]],
  ['signing', ({ sign }) => sign],
  ['expectation', ({ role, element }) => [role, element?.type ?? null]],
  ['refusals', ({ refusedBy }) => refusedBy],
  ['lists', ({ warnedBy, rewritten }) => [warnedBy ?? [], (rewritten?.fields ?? 0) > 0]],
];

function changesOf(before: ReportEntry, after: ReportEntry): readonly string[] {
  const differ = (of: (entry: ReportEntry) => unknown): boolean =>
    JSON.stringify(of(before)) !== JSON.stringify(of(after));
  return parts.flatMap(([name, of]) => (differ(of) ? [name] : []));
}
