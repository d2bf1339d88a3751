/** Whose upload, how far it is, and how a call that writes it is made to stop. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import type { PartialUpload } from '../../platform/db/index.ts';
import type { Portal } from '../../platform/portal/index.ts';
import { leaseMilliseconds, strangeLength } from './lease.ts';
import { PartError, unknownUpload } from './part-error.ts';

/** How an upload in parts stands. */
export interface PartState {
  readonly id: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly offset: number;
  readonly isComplete: boolean;
  readonly expiresAt: Date;
}

export const stateOf = (row: PartialUpload): PartState => ({
  id: row.id,
  sha256: parseSha256Hex(row.sha256),
  sizeBytes: Number(row.sizeBytes),
  offset: Number(row.offsetBytes),
  isComplete: row.completedAt !== null,
  expiresAt: row.expiresAt,
});

type Ports = Pick<Portal, 'db' | 'now'>;

/** Rejects where there is none, where it is somebody else's, and where its time is over. */
export async function findOwn(
  { db, now }: Ports,
  { id, caller }: { readonly id: string; readonly caller: string },
): Promise<PartialUpload> {
  const row = await db.partialUpload.findUnique({ where: { id } });
  // Whose it is instead is nobody else's business.
  if (row?.caller !== caller) throw unknownUpload();
  if (row.expiresAt > now()) return row;
  throw new PartError({
    code: 'UPLOAD_EXPIRED',
    message: `This upload could be finished until ${row.expiresAt.toISOString()}.`,
    fix: 'Begin again: POST /api/v1/uploads.',
  });
}

const pauseMilliseconds = 100;

/**
 * The same once no call writes it: one that does is told to stop, at whichever portal it is, and keeps what arrived. Where it is
 * hashing the last bytes it goes on; then the row is as it stands.
 */
export async function findAtRest(
  ports: Ports,
  own: { readonly id: string; readonly caller: string },
): Promise<PartialUpload> {
  const endsAt = performance.now() + leaseMilliseconds + 1000;
  for (;;) {
    const row = await findOwn(ports, own);
    if (row.writer === null || performance.now() > endsAt) return row;
    // One whose portal died is gone once its lease has run out, by the database's clock.
    await ports.db.$executeRaw`
      UPDATE portal.partial_upload
         SET is_stopped = TRUE,
             writer = CASE WHEN writer_until BETWEEN clock_timestamp() AND clock_timestamp() + ${strangeLength}::interval THEN writer END
       WHERE id = ${row.id}::uuid AND writer = ${row.writer}::uuid`;
    await sleep(pauseMilliseconds);
  }
}
