/** Which signers are running, and what each reports as stopped. The rows are written by another program: parsed, not trusted. */
import { z } from 'zod';
import { certificateRevoked } from '#core/wire/journal/index.ts';
import type { Portal } from '../portal/index.ts';

const stopSchema = z.object({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** Number of the journal's entry; null: it isn't there yet. */
  seq: z
    .string()
    .regex(/^\d{1,19}$/)
    .nullable(),
  project: z.string().max(64).nullable(),
  reason: z.string().max(1000),
  at: z.iso.datetime().transform((text) => new Date(text)),
  by: z.string().max(200),
  given: z.string().max(100),
  confirmedAt: z.iso.datetime().transform((text) => new Date(text)),
});
const rowSchema = z.object({
  signerId: z.string().max(63),
  seenAt: z.date(),
  journalSeq: z.bigint(),
  version: z.string().max(100).nullable(),
  policyCommit: z
    .string()
    .regex(/^[0-9a-f]{40,64}$/)
    .nullable(),
  behind: z.string().max(2000).nullable(),
  revocations: z.int().nonnegative().nullable(),
  revocationsSeq: z.bigint().nullable(),
  stoppedAt: z.date().nullable(),
  stops: z.array(stopSchema).max(1000),
});

export interface WorkingSigner {
  readonly name: string;
  readonly seenAt: Date;
  /** It reported within the last half minute. One that doesn't reads every stop before it signs anything. */
  readonly works: boolean;
  /** It was stopped on purpose, at this time; null: it wasn't. */
  readonly stoppedAt: Date | null;
  /** null: an earlier version, which doesn't say. */
  readonly version: string | null;
  /** By which it works; null: none, or it doesn't say. */
  readonly policyCommit: string | null;
  /** Why it takes no requests: another signer accepted a newer policy; null: it takes them. */
  readonly behind: string | null;
  /** In its register; null: it doesn't say. */
  readonly revocations: number | null;
  /** It runs, and hasn't confirmed yet that its register has everything that the journal has: it signs nothing until it does. */
  readonly lacksRevocations: boolean;
}

export interface StopInForce {
  /** SHA-256 of the statement, hexadecimal. */
  readonly digest: string;
  /** Slug; null: everybody's signing. */
  readonly project: string | null;
  readonly reason: string;
  readonly at: Date;
  readonly by: string;
  /** By a signed statement, which policy maintainers lift, or on the host of a signer, where it is lifted. */
  readonly givenOn: string | null;
  readonly confirmed: readonly { readonly signer: string; readonly at: Date }[];
  /** Running signers that haven't confirmed it yet. */
  readonly awaited: readonly string[];
  /** Signers where it is lifted already. */
  readonly liftedAt: readonly string[];
}

export interface SignersState {
  readonly signers: readonly WorkingSigner[];
  readonly stops: readonly StopInForce[];
}

const worksMilliseconds = 30_000;
const shownMilliseconds = 30 * 86_400_000;
const signersMax = 200;

/** Signers seen within a month, and everything that any of them has stopped. */
export async function readSigners({ db }: Pick<Portal, 'db'>): Promise<SignersState> {
  // The rows' times are the database's.
  const [clock] = z.array(z.object({ now: z.date() })).parse(await db.$queryRaw`SELECT now() AS now`);
  const now = clock?.now ?? new Date();
  const found = await db.presence.findMany({
    where: { seenAt: { gte: new Date(now.getTime() - shownMilliseconds) } },
    orderBy: { signerId: 'asc' },
    take: signersMax,
  });
  const rows = found.map((row) => {
    const report = rowSchema.parse(row);
    const isRecent = now.getTime() - report.seenAt.getTime() < worksMilliseconds;
    return { ...report, works: isRecent && report.stoppedAt === null };
  });
  const newest = await db.journalEntry.findFirst({
    where: { kind: certificateRevoked.kind },
    orderBy: { seq: 'desc' },
    select: { seq: true },
  });
  const stops = new Map(rows.flatMap((row) => row.stops.map((stop) => [stop.digest, stop] as const)));
  return {
    signers: rows.map(({ signerId, seenAt, works, stoppedAt, revocationsSeq, ...row }) => ({
      name: signerId,
      seenAt,
      works,
      stoppedAt,
      version: row.version,
      policyCommit: row.policyCommit,
      behind: row.behind,
      revocations: row.revocations,
      lacksRevocations: works && newest !== null && (revocationsSeq ?? 0n) < newest.seq,
    })),
    stops: [...stops.values()]
      .map((stop): StopInForce => {
        const has = (row: (typeof rows)[number]) => row.stops.find(({ digest }) => digest === stop.digest);
        const without = rows.filter((row) => has(row) === undefined);
        const isRead = (row: (typeof rows)[number]): boolean =>
          stop.seq !== null && row.journalSeq >= BigInt(stop.seq);
        return {
          digest: stop.digest,
          project: stop.project,
          reason: stop.reason,
          at: stop.at,
          by: stop.by,
          givenOn: stop.given.startsWith('host ') ? stop.given.slice('host '.length) : null,
          confirmed: rows.flatMap((row) => {
            const held = has(row);
            return held === undefined ? [] : [{ signer: row.signerId, at: held.confirmedAt }];
          }),
          awaited: without.filter((row) => row.works && !isRead(row)).map((row) => row.signerId),
          liftedAt: without.filter((row) => row.works && isRead(row)).map((row) => row.signerId),
        };
      })
      .toSorted((stop, other) => stop.at.getTime() - other.at.getTime()),
  };
}
