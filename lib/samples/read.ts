/** Samples, and what the signer said of them. They are of files that nobody has released: only who dropped them and the team see them. */
import { z } from 'zod';
import type { PolicySlug, ProjectSlug } from '#core/ids/index.ts';
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import {
  sampleFailureSchema,
  sampleHours,
  sampleOutcomeSchema,
  type SampleFailure,
  type SampleOutcome,
} from '#core/wire/sample/index.ts';
import { readLevelOf, type ReportLevel } from '../inspection-reports/index.ts';
import { actorName } from '../platform/auth/index.ts';
import { sql } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';

export interface Sample {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly project: ProjectSlug | null;
  readonly configuration: PolicySlug | null;
  readonly at: Date;
  /** When it is gone. */
  readonly until: Date;
  readonly stands:
    | { readonly state: 'waiting' | 'working' }
    | { readonly state: 'failed'; readonly failure: SampleFailure }
    | { readonly state: 'done'; readonly outcome: SampleOutcome };
}

const uuid = z.uuid();
const listedMax = 20;
const dayMilliseconds = sampleHours * 3_600_000;

const mineOrTeam = ({ actor }: Context) => [
  { owner: actorName(actor) },
  ...(actor.kind === 'person' && actor.roles.projects.size > 0
    ? [{ project: { in: [...actor.roles.projects.keys()] } }]
    : []),
];

/** null: there is none of this id that the caller may see. */
export async function readSample(call: {
  readonly ctx: Context;
  readonly input: { readonly id: string };
}): Promise<Sample | null> {
  const { ctx, input } = call;
  if (!uuid.safeParse(input.id).success || ctx.actor.kind === 'public') return null;
  const row = await ctx.db.sample.findFirst({
    where: { id: input.id, at: { gt: new Date(ctx.now().getTime() - dayMilliseconds) }, OR: mineOrTeam(ctx) },
  });
  if (row === null) return null;
  const result = await ctx.db.sampleResult.findUnique({ where: { sampleId: row.id } });
  return sampleOf(row, result);
}

/** The newest; those of the project's team, or the caller's own. */
export async function listSamples(call: {
  readonly ctx: Context;
}): Promise<readonly Pick<Sample, 'id' | 'name' | 'at' | 'project'>[]> {
  const { ctx } = call;
  if (ctx.actor.kind === 'public') return [];
  const rows = await ctx.db.sample.findMany({
    where: { at: { gt: new Date(ctx.now().getTime() - dayMilliseconds) }, OR: mineOrTeam(ctx) },
    orderBy: { at: 'desc' },
    take: listedMax,
  });
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    at: row.at,
    project: row.project === null ? null : parseProjectSlug(row.project),
  }));
}

/** A folder or container of a sample; null: none is there, or the sample is nobody's business. */
export async function readSampleLevel(call: {
  readonly ctx: Context;
  readonly input: { readonly sample: Sample; readonly at: number; readonly after?: number | undefined };
}): Promise<ReportLevel | null> {
  const { sample, at, after } = call.input;
  const source = { table: sql`signer.sample_entry`, key: sql`sample_id`, id: sample.id };
  return readLevelOf(call.ctx.db, source, { at, after });
}

interface SampleRow {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: bigint;
  readonly project: string | null;
  readonly configuration: string | null;
  readonly at: Date;
}

function sampleOf(
  row: SampleRow,
  result: { readonly state: string; readonly outcome: string | null } | null,
): Sample {
  return {
    id: row.id,
    name: row.name,
    sha256: row.sha256,
    sizeBytes: Number(row.sizeBytes),
    project: row.project === null ? null : parseProjectSlug(row.project),
    configuration: row.configuration === null ? null : parsePolicySlug(row.configuration),
    at: row.at,
    until: new Date(row.at.getTime() + dayMilliseconds),
    stands: standsOf(result),
  };
}

function standsOf(
  result: { readonly state: string; readonly outcome: string | null } | null,
): Sample['stands'] {
  if (result === null) return { state: 'waiting' };
  if (result.outcome === null) return { state: 'working' };
  const told: unknown = JSON.parse(result.outcome);
  return result.state === 'done'
    ? { state: 'done', outcome: sampleOutcomeSchema.parse(told) }
    : { state: 'failed', failure: sampleFailureSchema.parse(told) };
}
