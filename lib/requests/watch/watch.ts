/** How a request stands, and who waits for it to move on. Public, within bounds. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseRequestId, type RequestId } from '#core/ids/index.ts';
import { openSlots } from '../../platform/body-pace/index.ts';
import type { Database } from '../../platform/db/index.ts';
import type { Context } from '../../platform/portal/index.ts';
import { callerName } from '../../platform/rate-limit/index.ts';
import { RequestsError } from '../error.ts';
import { withOutcomes, type RequestOutcome } from '../outcome.ts';
import { isFinal, requestStatusSchema } from '../status.ts';
import type { RequestStatus } from '../status.ts';
import { openWatcher, type Watcher } from './watcher.ts';

const lookMilliseconds = 1_000;
/** Of one caller, and of all: each holds a connection. */
const [perCallerMax, allMax] = [20, 1_000];
const [perCaller, all] = [openSlots(perCallerMax), openSlots(allMax)];
/** One for the process, although a bundler may make several copies of this module. */
const holder = globalThis as typeof globalThis & { countersignWatchers?: WeakMap<Database, Watcher> };
const watchersOf = () => (holder.countersignWatchers ??= new WeakMap<Database, Watcher>());

/** A request between two steps of its way. */
export interface Standing {
  /** Another one, and it moved on. */
  readonly version: string;
  readonly status: RequestStatus;
  /** How it ended; null: it hasn't. */
  readonly outcome: RequestOutcome | null;
  readonly step: string | null;
  readonly pass: number;
  readonly summary: string | null;
  readonly updatedAt: Date;
  readonly isFinal: boolean;
}

const rowSchema = z.object({
  id: z.string().transform(parseRequestId),
  status: requestStatusSchema,
  step: z.string().nullable(),
  pass: z.number().int(),
  summary: z.string().nullable(),
  updated_at: z.date(),
});

/** null: there is no such request. */
export async function readStanding(call: {
  readonly ctx: Pick<Context, 'db'>;
  readonly input: { readonly id: RequestId };
}): Promise<Standing | null> {
  const [found] = await look(call.ctx.db, [call.input.id]);
  return found?.[1] ?? null;
}

async function look(
  db: Database,
  ids: readonly RequestId[],
): Promise<readonly (readonly [string, Standing])[]> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT request.id::text, coalesce(state.status, 'received') AS status, state.step, coalesce(state.pass, 0) AS pass,
           state.summary, coalesce(state.updated_at, request.submitted_at) AS updated_at
      FROM portal.signing_request AS request
      LEFT JOIN signer.request_state AS state ON state.request_id = request.id
     WHERE request.id = ANY(${[...ids]}::uuid[])`;
  const ended = await withOutcomes(
    db,
    rows.map((row) => rowSchema.parse(row)),
  );
  return ended.map(({ id, status, outcome, step, pass, summary, updated_at: updatedAt }) => {
    const all = JSON.stringify([status, step, pass, summary, updatedAt.getTime()]);
    const version = createHash('sha256').update(all).digest('base64url').slice(0, 22);
    return [
      id,
      { version, status, outcome, step, pass, summary, updatedAt, isFinal: isFinal(status) },
    ] as const;
  });
}

/** Waits until the request stands otherwise than `seen`, or the signal is aborted. */
export async function waitForMove(
  { db }: Pick<Context, 'db'>,
  { id, seen, signal }: { readonly id: RequestId; readonly seen: string; readonly signal: AbortSignal },
): Promise<void> {
  const watchers = watchersOf();
  let watcher = watchers.get(db);
  if (watcher === undefined) {
    watcher = openWatcher(
      async (ids) => new Map((await look(db, ids)).map(([one, { version }]) => [one, version])),
      lookMilliseconds,
    );
    watchers.set(db, watcher);
  }
  await watcher.moved(id, seen, signal);
}

/** A place to wait in, to be given back. Rejects where the caller has all of theirs. */
export function takeWaitingPlace(ctx: Pick<Context, 'actor' | 'network'>): () => void {
  const own = perCaller.take(callerName(ctx));
  const one = own === null ? null : all.take('all');
  if (own !== null && one !== null) {
    return () => {
      own();
      one();
    };
  }
  own?.();
  throw new RequestsError({
    code: 'TOO_MANY_AT_ONCE',
    message: `You wait for ${perCallerMax} requests at once already, or too many people do.`,
    fix: 'Wait for fewer at a time, or ask without waiting.',
  });
}
