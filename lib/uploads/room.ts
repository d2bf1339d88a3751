/** Room of a project for an upload: taken before the first byte, and settled once the file is there. */
import { randomUUID } from 'node:crypto';
import type { Sha256Hex } from '#core/ids/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { StorageError } from '../platform/storage/index.ts';
import { lockObjects } from './objects.ts';
import { allowedBytes, type RoomRequest } from './quota.ts';

/** `also`: what is written with it. Rejects with UploadQuotaError where there is none. */
export async function takeRoom(
  ctx: Context,
  roomRequest: RoomRequest,
  also: (transaction: Transaction, id: string) => Promise<unknown> = () => Promise.resolve(),
): Promise<{ readonly id: string; readonly allowed: number }> {
  const id = randomUUID();
  const { owner, sha256, sizeBytes } = roomRequest;
  const turn = `countersign:uploads:${owner}`;
  return ctx.db.$transaction(async (transaction) => {
    await transaction.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${turn}, 0)) IS NULL`;
    // A concurrent removal of this object either finishes first, or finds this row.
    if (sha256 !== null) await lockObjects(transaction, [sha256]);
    const now = ctx.now();
    const allowed = await allowedBytes(transaction, roomRequest, ctx.config, now);
    await transaction.upload.create({
      data: { id, owner, sha256, sizeBytes: BigInt(sizeBytes ?? allowed), at: now, isStored: false },
    });
    await also(transaction, id);
    return { id, allowed };
  });
}

/** The file is there. Where it was before it takes room once; where a request of the owner uses it already, none. */
export async function settle(
  ctx: Context,
  stored: {
    readonly id: string;
    readonly owner: string;
    readonly sha256: Sha256Hex;
    readonly sizeBytes: number;
  },
): Promise<void> {
  const { id, owner, sha256, sizeBytes } = stored;
  await ctx.db.$transaction(async (transaction) => {
    await lockObjects(transaction, [sha256]);
    if ((await ctx.store.open(sha256)) === null) {
      // Its digest wasn't known as it began, so whoever removed the old copy of it couldn't know that it comes again.
      throw new StorageError({
        code: 'STORE_UNAVAILABLE',
        message: 'An older copy of this file was removed, as unused, at the very moment that it came again.',
        fix: 'Send it again.',
      });
    }
    const now = ctx.now();
    await transaction.upload.updateMany({
      where: { owner, sha256, freedAt: null, isStored: true },
      data: { freedAt: now },
    });
    // Not where retention removed it since: then it waits for a request as any other.
    const used = await transaction.storedFile.findUnique({
      where: { projectSlug_sha256: { projectSlug: owner, sha256 } },
    });
    const data = {
      owner,
      sha256,
      sizeBytes: BigInt(sizeBytes),
      at: now,
      isStored: true,
      freedAt: used === null ? null : now,
    };
    await transaction.upload.upsert({ where: { id }, update: data, create: { id, ...data } });
  });
}
