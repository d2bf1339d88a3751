/** Which sample is next. Everything in the portal's table is a claim of whoever has the portal: bounded, and nothing of it is trusted. */
import { z } from 'zod';
import { isError } from '#core/error/index.ts';
import {
  IdentifierError,
  parsePolicySlug,
  parseProjectSlug,
  parseSha256Hex,
  type PolicySlug,
  type ProjectSlug,
  type Sha256Hex,
} from '#core/ids/index.ts';
import { readParameters, type ParameterValues } from '#core/wire/parameters/index.ts';
import { sampleHours } from '#core/wire/sample/index.ts';
import type { Database } from '../../ground/database/index.ts';

export interface ClaimedSample {
  readonly id: string;
  /** How often it was begun, with this one. */
  readonly attempts: number;
  /** null: the row makes no sense. */
  readonly asked: {
    readonly project: ProjectSlug | null;
    readonly configuration: PolicySlug | null;
    readonly parameters: ParameterValues;
    readonly name: string;
    readonly sha256: Sha256Hex;
  } | null;
}

/** Kept at a time, of all projects: beyond, samples wait until older ones are a day old. */
const keptMax = { samples: 5_000, nodes: 1_000_000 };
/** The oldest are looked at for whose turn it is. */
const candidatesMax = 200;

const claimed = z.object({ sample_id: z.string(), attempts: z.number() });
const asked = z.object({
  project: z.string().transform(identifier(parseProjectSlug)).nullable(),
  configuration: z.string().transform(identifier(parsePolicySlug)).nullable(),
  parameters: z.string().transform(valuesOf),
  name: z.string().min(1).max(255),
  sha256: z.string().transform(identifier(parseSha256Hex)),
});

/** What is none is an issue of the row, not an error of whoever reads it. */
function identifier<T>(parse: (text: unknown) => T) {
  return (text: string, context: z.RefinementCtx): T => {
    try {
      return parse(text);
    } catch (error) {
      if (!isError(error, IdentifierError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  };
}

function valuesOf(text: string, context: z.RefinementCtx): ParameterValues {
  const read = readParameters(jsonOf(text));
  if (read.ok) return read.value;
  context.addIssue({ code: 'custom', message: read.message });
  return z.NEVER;
}

/** What is cut off, or was no JSON, is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Of values as the portal takes them, with what JSON puts around them. */
const parametersCharactersRead = 8_192;

const turnOf = (row: string): string => `left(coalesce(${row}.project, ${row}.owner), 200)`;

/**
 * The sample of whoever had the fewest within an hour, leased until `leasedUntil`; null: there is none, or no room. Of one whose signer was
 * killed, again.
 */
export async function claimSample(
  database: Pick<Database, 'query'>,
  {
    now,
    leasedUntil,
    stopped,
  }: {
    readonly now: Date;
    readonly leasedUntil: Date;
    /** Projects whose samples wait. */
    readonly stopped: readonly string[];
  },
): Promise<ClaimedSample | null> {
  const [row] = await database.query(
    `WITH candidate AS (
       SELECT id, project, owner, at FROM portal.sample AS sample
        WHERE at > $1::timestamptz - make_interval(hours => ${sampleHours}) AND at <= $1::timestamptz + interval '5 minutes'
          AND (project IS NULL OR project <> ALL($3::text[]))
          AND NOT EXISTS (SELECT FROM signer.sample_result AS result WHERE result.sample_id = sample.id
                             AND (result.state <> 'working' OR result.leased_until > $1))
        ORDER BY at LIMIT ${candidatesMax}
     ), next AS (
       SELECT id, ${turnOf('candidate')} AS turn FROM candidate
        WHERE (SELECT count(*) < ${keptMax.samples} AND coalesce(sum(nodes), 0) < ${keptMax.nodes} FROM signer.sample_result)
        ORDER BY (SELECT count(*) FROM signer.sample_result AS result
                   WHERE result.turn = ${turnOf('candidate')} AND result.started_at > $1::timestamptz - interval '1 hour'),
                 at
        LIMIT 1
     )
     INSERT INTO signer.sample_result AS result (sample_id, turn, state, attempts, started_at, leased_until)
     SELECT id, turn, 'working', 1, $1, $2 FROM next
         ON CONFLICT (sample_id) DO UPDATE SET attempts = result.attempts + 1, started_at = $1, leased_until = $2
            WHERE result.state = 'working' AND result.leased_until <= $1
     RETURNING sample_id::text, attempts`,
    [now, leasedUntil, [...stopped]],
  );
  if (row === undefined) return null;
  const { sample_id: id, attempts } = claimed.parse(row);
  const [sample] = await database.query(
    // Whoever writes the row can make a column a gigabyte long: no more is transferred than is parsed.
    `SELECT left(project, 65) AS project, left(configuration, 65) AS configuration, left(name, 256) AS name,
            left(sha256, 65) AS sha256,
            CASE WHEN pg_column_size(parameters) <= ${parametersCharactersRead} THEN left(parameters::text, ${parametersCharactersRead}) ELSE '' END AS parameters
       FROM portal.sample WHERE id = $1::uuid`,
    [id],
  );
  const read = asked.safeParse(sample);
  return { id, attempts, asked: read.success ? read.data : null };
}

/** Another signer, or this one once it runs again, may begin it at once. */
export async function giveBack(database: Pick<Database, 'query'>, id: string): Promise<void> {
  await database.query(
    `UPDATE signer.sample_result SET leased_until = started_at, attempts = attempts - 1
      WHERE sample_id = $1::uuid AND state = 'working'`,
    [id],
  );
}

/** Rows at once, so that no statement takes long. */
const forgottenMax = 500;

/** Removes what is a day old, and what was said of it; a few hundred at a time. */
export async function forgetSamples(database: Pick<Database, 'query'>, now: Date): Promise<void> {
  await database.query(
    `DELETE FROM portal.sample WHERE id IN
       (SELECT id FROM portal.sample
         WHERE at <= $1::timestamptz - make_interval(hours => ${sampleHours}) OR at > $1::timestamptz + interval '1 hour'
         LIMIT ${forgottenMax})`,
    [now],
  );
  const gone = await database.query(
    `SELECT sample_id::text FROM signer.sample_result AS result
      WHERE NOT EXISTS (SELECT FROM portal.sample WHERE id = result.sample_id) LIMIT 20`,
  );
  const ids = gone.map((row) => z.object({ sample_id: z.string() }).parse(row).sample_id);
  for (const table of ['sample_entry', 'sample_result'])
    await database.query(`DELETE FROM signer.${table} WHERE sample_id = ANY($1::uuid[])`, [ids]);
}
