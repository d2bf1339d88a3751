/** How all signed files stand, in numbers. */
import { z } from 'zod';
import { signatureStates } from '../core/signature-standing/index.ts';
import type { SignatureState } from '../core/signature-standing/index.ts';
import { sql } from '../platform/db/index.ts';
import type { Database } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { readFacts } from './facts.ts';
import type { SigningFacts } from './facts.ts';
import { notSaved } from './not-saved.ts';

type Source = Pick<Context, 'config' | 'db' | 'policies' | 'now'>;

export interface SignatureCounts {
  /** Signed files by how they stand. */
  readonly files: Readonly<Record<SignatureState, number>>;
  readonly releases: number;
  /** Releases that hold a file whose signature is revoked. */
  readonly revokedReleases: number;
}

interface Kept {
  readonly index: SigningFacts['index'];
  readonly at: number;
  readonly counts: Promise<SignatureCounts>;
}

const freshMilliseconds = 60_000;
const kept = new WeakMap<Database, Kept>();
const counting = new WeakMap<Database, Kept>();

/**
 * Every signature is looked at, so what was counted is kept: for a minute, after which it is counted anew while the old numbers
 * are still given; a revocation or a new certificate is waited for. Public.
 */
export async function countSignatures(ctx: Source): Promise<SignatureCounts> {
  const facts = await readFacts(ctx);
  const known = kept.get(ctx.db);
  if (known?.index !== facts.index) return countAnew(ctx.db, facts);
  if (performance.now() - known.at >= freshMilliseconds) countAnew(ctx.db, facts).catch(() => undefined);
  return known.counts;
}

/** Once for all who ask meanwhile. What fails is tried again by whoever asks next. */
function countAnew(db: Database, facts: SigningFacts): Promise<SignatureCounts> {
  const { index } = facts;
  const under = counting.get(db);
  if (under?.index === index) return under.counts;
  const mine: Kept = { index, at: performance.now(), counts: count(db, facts) };
  counting.set(db, mine);
  const done = (): void => {
    if (counting.get(db) === mine) counting.delete(db);
  };
  mine.counts.then(() => {
    kept.set(db, mine);
    done();
  }, done);
  return mine.counts;
}

const rowSchema = z.object({
  certificate_serial: z.string(),
  untimestamped: z.boolean(),
  not_saved: z.boolean(),
  files: z.bigint(),
});
const releasesSchema = z.tuple([z.object({ all: z.bigint(), revoked: z.bigint() })]);

async function count(db: Database, facts: SigningFacts): Promise<SignatureCounts> {
  const serials = facts.revoked.map((one) => one.serial);
  const dates = facts.revoked.map((one) => one.effectiveAt);
  const revoked = sql`unnest(${serials}::text[], ${dates}::timestamptz[]) AS revoked(serial, effective_at)`;
  const [rows, releases] = await Promise.all([
    db.$queryRaw<unknown[]>`
      SELECT signature.certificate_serial, signature.timestamped_at IS NULL AS untimestamped,
             coalesce(${notSaved(sql`revoked.effective_at`)} AND revoked.serial IS NOT NULL, false) AS not_saved,
             count(*) AS files
        FROM signer.signature AS signature
        LEFT JOIN ${revoked} ON revoked.serial = signature.certificate_serial
       GROUP BY 1, 2, 3`,
    db.$queryRaw<unknown[]>`
      SELECT (SELECT count(*) FROM signer.release) AS all,
             (SELECT count(DISTINCT release.request_id)
                FROM ${revoked}
                JOIN signer.signature AS signature ON signature.certificate_serial = revoked.serial
                JOIN signer.release AS release ON release.request_id = signature.request_id
               WHERE ${notSaved(sql`revoked.effective_at`)}) AS revoked`,
  ]);
  const files = Object.fromEntries(signatureStates.map((state) => [state, 0])) as Record<
    SignatureState,
    number
  >;
  for (const row of rows.map((one) => rowSchema.parse(one))) {
    files[stateOf(row, facts)] += Number(row.files);
  }
  const [{ all, revoked: revokedReleases }] = releasesSchema.parse(releases);
  return { files, releases: Number(all), revokedReleases: Number(revokedReleases) };
}

/** Of signatures that the database has sorted by the date, any stands for all: one with a timestamp is from before all dates. */
function stateOf(row: z.output<typeof rowSchema>, facts: SigningFacts): SignatureState {
  if (row.not_saved) return 'revoked';
  const timestampedAt = row.untimestamped ? null : new Date(0);
  return facts.judge({ certificateSerial: row.certificate_serial, timestampedAt }).state;
}
