/** The standing of all signed files, in numbers. */
import { z } from 'zod';
import {
  signatureStates,
  type Publisher,
  type SignatureStanding,
  type SignatureState,
} from '../certificates/standing/index.ts';
import { sql, type Database } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { readFacts, type SigningFacts } from './facts.ts';
import { notSaved } from './not-saved.ts';

type Source = Pick<Context, 'config' | 'db' | 'policies' | 'now'>;

export interface SignatureCounts {
  /** Signed files by how they stand. */
  readonly files: Readonly<Record<SignatureState, number>>;
  /** The same files by whose name their certificate carries. */
  readonly publishers: Readonly<Record<Publisher | 'unlisted', number>>;
  readonly releases: number;
  /** Releases that hold a file whose signature is revoked. */
  readonly revokedReleases: number;
}

/** How all signed files and releases stand. Public. */
export async function countSignatures(ctx: Source): Promise<SignatureCounts> {
  const facts = await readFacts(ctx);
  const { groups, releases, revoked } = await countAll(ctx, facts);
  const files = Object.fromEntries(signatureStates.map((state) => [state, 0])) as Record<
    SignatureState,
    number
  >;
  const publishers = { foundation: 0, project: 0, unlisted: 0 };
  for (const group of groups.values()) {
    const { state, publisher } = standingOf(group, facts);
    files[state] += group.files;
    publishers[publisher ?? 'unlisted'] += group.files;
  }
  return { files, publishers, releases, revokedReleases: revoked.get(everything) ?? 0 };
}

/** How many releases hold a signature that is revoked: of one project, or of all. Public. */
export async function countRevokedReleases(ctx: Source, project: string | null): Promise<number> {
  const facts = await readFacts(ctx);
  // Most projects have no revoked certificate, and nothing has to be counted.
  if (!facts.revoked.some((serial) => project === null || serial.project === project)) return 0;
  const { until, tally } = await settle(ctx, facts);
  const since = await countRevoked(ctx.db, facts, until, null);
  const name = project ?? everything;
  return (tally.revoked.get(name) ?? 0) + (since.get(name) ?? 0);
}

/** Stands for all projects together; no project has an empty name. */
const everything = '';

/** Signed files of a certificate that stand alike whenever they are judged. */
interface Group {
  readonly serial: string;
  readonly untimestamped: boolean;
  readonly notSaved: boolean;
  readonly files: number;
}

interface Tally {
  readonly groups: ReadonlyMap<string, Group>;
  readonly releases: number;
  /** Releases with a revoked signature, by project. */
  readonly revoked: ReadonlyMap<string, number>;
}

/** What was counted up to a moment, and isn't counted again: signatures and releases are written once and never changed. */
interface Settled {
  readonly index: SigningFacts['index'];
  readonly counted: Date;
  readonly until: Date;
  readonly tally: Tally;
}

const minute = 60_000;
/** The signer may write down late what it signed, by a clock of its own: the last minutes are counted each time. */
const lateMilliseconds = 10 * minute;
/** What came later still is found then. */
const recountMilliseconds = 24 * 60 * minute;

const settled = new WeakMap<Database, Settled>();
const counting = new WeakMap<
  Database,
  { readonly index: SigningFacts['index']; readonly done: Promise<Settled> }
>();

/** Everything once; after that only what has come since, until certificates or revocations change. */
async function countAll(ctx: Source, facts: SigningFacts): Promise<Tally> {
  const { until, tally } = await settle(ctx, facts);
  return sum(tally, await countBetween(ctx.db, facts, until, null));
}

async function settle(ctx: Source, facts: SigningFacts): Promise<Settled> {
  const { index } = facts;
  const now = ctx.now().getTime();
  const known = settled.get(ctx.db);
  const usable = known?.index === index && now - known.counted.getTime() < recountMilliseconds ? known : null;
  if (usable !== null && now - usable.until.getTime() < 2 * lateMilliseconds) return usable;
  const under = counting.get(ctx.db);
  if (under?.index === index) return under.done;
  const done = countUntil(ctx, facts, new Date(now - lateMilliseconds), usable);
  const mine = { index, done };
  counting.set(ctx.db, mine);
  try {
    settled.set(ctx.db, await done);
  } finally {
    // A failed count is repeated by the next caller.
    if (counting.get(ctx.db) === mine) counting.delete(ctx.db);
  }
  return done;
}

async function countUntil(
  { db, now }: Source,
  facts: SigningFacts,
  until: Date,
  before: Settled | null,
): Promise<Settled> {
  const more = await countBetween(db, facts, before?.until ?? null, until);
  const tally = before === null ? more : sum(before.tally, more);
  return { index: facts.index, counted: before?.counted ?? now(), until, tally };
}

const rowSchema = z
  .object({ serial: z.string(), untimestamped: z.boolean(), not_saved: z.boolean(), files: z.bigint() })
  .transform((row): Group => ({
    serial: row.serial,
    untimestamped: row.untimestamped,
    notSaved: row.not_saved,
    files: Number(row.files),
  }));
const revokedSchema = z.object({
  project: z.string().nullable(),
  all_projects: z.boolean(),
  releases: z.bigint(),
});
const releasesSchema = z.tuple([z.object({ releases: z.bigint() })]);

/** What was signed and released after `from` (null: since ever) and until `to` (null: now). */
async function countBetween(
  db: Database,
  facts: SigningFacts,
  from: Date | null,
  to: Date | null,
): Promise<Tally> {
  const [after, until] = [timeOf(from, '-infinity'), timeOf(to, 'infinity')];
  const [groups, releases, revoked] = await Promise.all([
    db.$queryRaw<unknown[]>`
      SELECT signature.certificate_serial AS serial, signature.timestamped_at IS NULL AS untimestamped,
             coalesce(${notSaved(sql`revoked.effective_at`)} AND revoked.serial IS NOT NULL, false) AS not_saved,
             count(*) AS files
        FROM signer.signature AS signature
        LEFT JOIN ${revokedOf(facts)} ON revoked.serial = signature.certificate_serial
       WHERE signature.signed_at > ${after} AND signature.signed_at <= ${until}
       GROUP BY 1, 2, 3`,
    db.$queryRaw<unknown[]>`
      SELECT count(*) AS releases FROM signer.release WHERE released_at > ${after} AND released_at <= ${until}`,
    countRevoked(db, facts, from, to),
  ]);
  return {
    groups: new Map(groups.map((row) => rowSchema.parse(row)).map((group) => [nameOf(group), group])),
    releases: Number(releasesSchema.parse(releases)[0].releases),
    revoked,
  };
}

/** Releases with a revoked signature, by project, of the same span. */
async function countRevoked(
  db: Database,
  facts: SigningFacts,
  from: Date | null,
  to: Date | null,
): Promise<Tally['revoked']> {
  if (facts.revoked.length === 0) return new Map();
  const rows = await db.$queryRaw<unknown[]>`
    SELECT revoked.project, GROUPING(revoked.project) = 1 AS all_projects,
           count(DISTINCT release.request_id) AS releases
      FROM signer.release AS release
      JOIN signer.signature AS signature ON signature.request_id = release.request_id
      JOIN ${revokedOf(facts)} ON revoked.serial = signature.certificate_serial
     WHERE release.released_at > ${timeOf(from, '-infinity')} AND release.released_at <= ${timeOf(to, 'infinity')}
       AND ${notSaved(sql`revoked.effective_at`)}
     GROUP BY GROUPING SETS ((revoked.project), ())`;
  return new Map(
    rows
      .map((row) => revokedSchema.parse(row))
      .flatMap((row) =>
        row.project === null && !row.all_projects
          ? []
          : [[row.project ?? everything, Number(row.releases)] as const],
      ),
  );
}

const revokedOf = ({ revoked }: SigningFacts) =>
  sql`unnest(${revoked.map((serial) => serial.serial)}::text[], ${revoked.map((serial) => serial.effectiveAt)}::timestamptz[],
    ${revoked.map((serial) => serial.project)}::text[]) AS revoked(serial, effective_at, project)`;

const timeOf = (time: Date | null, otherwise: 'infinity' | '-infinity') =>
  time === null ? sql`${otherwise}::timestamptz` : sql`${time}::timestamptz`;

const nameOf = ({ serial, untimestamped, notSaved: bad }: Group): string =>
  JSON.stringify([serial, untimestamped, bad]);

function sum(tally: Tally, other: Tally): Tally {
  const groups = new Map(tally.groups);
  for (const [name, group] of other.groups)
    groups.set(name, { ...group, files: group.files + (groups.get(name)?.files ?? 0) });
  const revoked = new Map(tally.revoked);
  for (const [project, releases] of other.revoked)
    revoked.set(project, releases + (revoked.get(project) ?? 0));
  return { groups, revoked, releases: tally.releases + other.releases };
}

/** Of signatures that the database has sorted by the date, any stands for all: one with a timestamp is from before all dates. */
function standingOf(
  { serial, untimestamped, notSaved: bad }: Group,
  facts: SigningFacts,
): Pick<SignatureStanding, 'state' | 'publisher'> {
  const timestampedAt = untimestamped ? null : new Date(0);
  const standing = facts.judge({ certificateSerial: serial, timestampedAt });
  return bad ? { ...standing, state: 'revoked' } : standing;
}
