import { z } from 'zod';
import { belowSchema, reportEntrySchema } from '#core/inspection-report/index.ts';
import type { Below, ReportEntry } from '#core/inspection-report/index.ts';
import { sql } from '../platform/db/index.ts';

/** A file, a container or a folder of a report. */
export interface ReportNode {
  readonly position: number;
  readonly parent: number | null;
  /** Position of the last node below it; its own where there is none. */
  readonly last: number;
  readonly name: string;
  /** Steps joined with `!/`; of a folder that the artifact doesn’t name, empty. */
  readonly path: string;
  readonly below: Below;
  /** null: a folder that the artifact doesn’t name. */
  readonly entry: ReportEntry | null;
}

const rowSchema = z.object({
  position: z.number(),
  parent: z.number().nullable(),
  last: z.number(),
  name: z.string(),
  path: z.string(),
  below: z.string(),
  entry: z.string().nullable(),
});

export const nodeColumns = sql`position, parent, last, name, path, below, entry`;

export function nodeOf(row: unknown): ReportNode {
  const { below, entry, ...rest } = rowSchema.parse(row);
  return {
    ...rest,
    below: belowSchema.parse(JSON.parse(below)),
    entry: entry === null ? null : reportEntrySchema.parse(JSON.parse(entry)),
  };
}
