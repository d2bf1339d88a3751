import type { RequestId } from '#core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { listComparable, type ComparableRequest } from './comparable.ts';
import { countsOf, differencesBetween } from './compare.ts';
import { readReport, type ReportSummary } from './read.ts';

export interface ChangesSince {
  readonly report: ReportSummary;
  /** null: no earlier release has a report. */
  readonly since: {
    readonly release: ComparableRequest;
    readonly counts: ReturnType<typeof countsOf>;
  } | null;
}

/** What approvers want to know first: what is new since the last release of the same configuration. null: there is no report. Public. */
export async function changesSinceLastRelease(call: {
  readonly ctx: Pick<Context, 'db'>;
  readonly input: { readonly id: RequestId };
}): Promise<ChangesSince | null> {
  const { ctx, input } = call;
  const report = await readReport({ ctx, input });
  if (report === null) return null;
  if (!report.isSearchable) return { report, since: null };
  const [release] = await listComparable({ ctx, input: { id: input.id, limit: 1 } });
  const before = release === undefined ? null : await readReport({ ctx, input: { id: release.id } });
  if (release === undefined || before?.isSearchable !== true) return { report, since: null };
  const ids = { before: release.id, after: input.id };
  const differences = await differencesBetween(ctx.db, ids, { before, after: report });
  return { report, since: { release, counts: countsOf(differences) } };
}
