/** Which portal applies a rule: one at a time, by the database's clock. A portal that dies leaves its turn to others after two minutes. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '../platform/db/index.ts';
import { beginning, type Place } from './find.ts';
import type { RuleName } from './rules.ts';

const placeSchema = z
  .object({ ended_at: z.date(), request_id: z.string() })
  .transform((row): Place => ({ endedAt: row.ended_at, requestId: row.request_id }));

export interface Turn {
  readonly from: Place;
  /** Notes how far it came, and keeps the turn. → false: another portal has it by now. */
  reach(place: Place | null): Promise<boolean>;
  end(): Promise<void>;
}

/** null: another portal applies it. */
export async function takeTurn(db: Database, rule: RuleName): Promise<Turn | null> {
  const turn = randomUUID();
  await db.$executeRaw`
    INSERT INTO portal.retention_position (rule, ended_at, request_id)
    VALUES (${rule}, ${beginning.endedAt}, ${beginning.requestId}::uuid) ON CONFLICT DO NOTHING`;
  const rows = await db.$queryRaw<unknown[]>`
    -- No turn that is given now is as long: the database's clock was ahead as that one was.
    UPDATE portal.retention_position SET turn = ${turn}::uuid, turn_until = now() + interval '2 minutes'
     WHERE rule = ${rule} AND (turn_until IS NULL OR turn_until < now() OR turn_until > now() + interval '4 minutes')
    RETURNING ended_at, request_id::text`;
  if (rows[0] === undefined) return null;
  return {
    from: placeSchema.parse(rows[0]),
    async reach(place) {
      const count =
        place === null
          ? await db.$executeRaw`
              UPDATE portal.retention_position SET turn_until = now() + interval '2 minutes'
               WHERE rule = ${rule} AND turn = ${turn}::uuid`
          : await db.$executeRaw`
              UPDATE portal.retention_position
                 SET turn_until = now() + interval '2 minutes', ended_at = ${place.endedAt}, request_id = ${place.requestId}::uuid
               WHERE rule = ${rule} AND turn = ${turn}::uuid`;
      return count === 1;
    },
    async end() {
      await db.$executeRaw`
        UPDATE portal.retention_position SET turn = NULL, turn_until = NULL WHERE rule = ${rule} AND turn = ${turn}::uuid`;
    },
  };
}
