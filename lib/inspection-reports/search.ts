import { describeDetected, detectedTypes } from '#core/formats/detected-type/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { sql, type Sql } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { nodeColumns, nodeOf, type ReportNode } from './rows.ts';
import { scanWords } from './words.ts';

export interface SearchPage {
  /** Files and folders, in the order of the tree. */
  readonly nodes: readonly ReportNode[];
  /** Position after which the next page begins; null: it is the last one. */
  readonly next: number | null;
}

export const reportFilters = ['all', 'signed', 'not-seen', 'unexpected', 'not-scanned', 'infected'] as const;
export type ReportFilter = (typeof reportFilters)[number];

const foundAtOnce = 50;
const textMax = 200;

/**
 * Files by name, digest, type or verdict: a text is part of a path, the beginning of a SHA-256, or part of what a type or verdict is called.
 * A report has at most 100,000 entries, so one search reads no more. Public.
 */
export async function searchReport(call: {
  readonly ctx: Pick<Context, 'db'>;
  readonly input: {
    readonly id: RequestId;
    readonly text: string;
    readonly filter: ReportFilter;
    readonly after?: number | undefined;
  };
}): Promise<SearchPage> {
  const { id, text, filter, after = -1 } = call.input;
  const rows = await call.ctx.db.$queryRaw<unknown[]>`
    SELECT ${nodeColumns} FROM signer.inspected_entry
     WHERE request_id = ${id}::uuid AND position > ${after}::int AND ${conditions[filter]} AND ${matches(text)}
     ORDER BY position LIMIT ${foundAtOnce + 1}::int`;
  const nodes = rows.slice(0, foundAtOnce).map(nodeOf);
  return { nodes, next: rows.length > foundAtOnce ? (nodes.at(-1)?.position ?? null) : null };
}

const conditions: Readonly<Record<ReportFilter, Sql>> = {
  all: sql`true`,
  signed: sql`is_to_be_signed`,
  'not-seen': sql`is_not_seen`,
  unexpected: sql`is_unexpected`,
  'not-scanned': sql`scan = 'not-scanned'`,
  infected: sql`scan = 'infected'`,
};

function matches(given: string): Sql {
  // PostgreSQL takes no NUL in a text.
  const text = given.trim().slice(0, textMax).toWellFormed().replaceAll('\0', '').toLowerCase();
  if (text === '') return sql`true`;
  const types = detectedTypes.filter(
    (type) => type === text || describeDetected(type).toLowerCase().includes(text),
  );
  const verdicts = Object.entries(scanWords).flatMap(([outcome, words]) =>
    outcome === text || words.toLowerCase().includes(text) ? [outcome] : [],
  );
  const digest = /^[0-9a-f]{6,64}$/.test(text) ? sql`starts_with(sha256, ${text})` : sql`false`;
  // Octets are compared: a text is found where it stands, and comparing as a language sorts takes twice as long.
  return sql`(strpos(lower(path) COLLATE "C", ${text} COLLATE "C") > 0 OR ${digest}
    OR detected = ANY(${types}::text[]) OR scan = ANY(${verdicts}::text[]))`;
}
