/**
 * Bytes into the artifact store, within the quotas of whose they are. Room is taken before the first byte is read, so that
 * a hundred uploads at once find no more room than one after the other.
 */
import type { ProjectSlug, Sha256Hex } from '#core/ids/index.ts';
import { actorName } from '../platform/auth/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { isError } from '#core/error/index.ts';
import { StorageError } from '../platform/storage/index.ts';
import { allowedBytes, type RoomRequest } from './quota.ts';
import { settle, takeRoom } from './room.ts';

/** Rejects with UploadQuotaError or StorageError; nothing is kept then, and no room is taken. */
export async function storeUpload(call: {
  readonly ctx: Context;
  readonly input: {
    /** Whose room it takes; null: of who sends it. */
    readonly project: ProjectSlug | null;
    /** Whose room it takes instead: what is uploaded for something else than a request takes no room of these. */
    readonly owner?: string;
    /** null: the sender doesn't know it; the answer says what it is. */
    readonly sha256: Sha256Hex | null;
    readonly stream: AsyncIterable<Uint8Array>;
    readonly sizeBytesExpected: number | null;
    /** Less than the portal’s own limit: what the signer takes. */
    readonly sizeBytesMax?: number;
  };
}): Promise<{ readonly sha256: Sha256Hex; readonly sizeBytes: number; readonly created: boolean }> {
  const { ctx, input } = call;
  const { sha256, stream, sizeBytesExpected } = input;
  const sizeBytesMax = Math.min(ctx.config.upload.sizeBytesMax, input.sizeBytesMax ?? Infinity);
  const put = (most: number) =>
    ctx.store.put({ expectedSha256: sha256, stream, sizeBytesExpected, sizeBytesMax: most });
  // The store refuses it, unread, in its own words.
  if (sizeBytesExpected !== null && sizeBytesExpected > sizeBytesMax) return put(sizeBytesMax);
  const owner = input.owner ?? input.project ?? actorName(ctx.actor);
  const roomRequest: RoomRequest = { owner, sha256, sizeBytes: sizeBytesExpected };
  const { id, allowed } = await takeRoom(ctx, roomRequest);
  try {
    const stored = await put(Math.min(allowed, sizeBytesMax));
    await settle(ctx, { id, owner, ...stored });
    return stored;
  } catch (error) {
    // What can't be deleted now counts until it is as old as what no request uses.
    await ctx.db.upload.deleteMany({ where: { id } }).catch(() => undefined);
    if (isError(error, StorageError) && error.code === 'ARTIFACT_TOO_LARGE' && allowed < sizeBytesMax)
      await explainRoom(ctx, roomRequest, allowed);
    throw error;
  }
}

/** It said nothing of its size, and was larger than the room that was left as it began: says so, and not that it is too large. */
async function explainRoom(ctx: Context, roomRequest: RoomRequest, allowed: number): Promise<void> {
  await allowedBytes(ctx.db, { ...roomRequest, sizeBytes: allowed + 1 }, ctx.config, ctx.now());
  throw new StorageError({
    code: 'STORE_UNAVAILABLE',
    message: `There was room for ${allowed} bytes as the upload began, and it is larger; now there is more.`,
    fix: 'Send it again.',
  });
}
