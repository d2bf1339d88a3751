/** Begins an upload in parts, or finds the one that is there. Room is taken for all of it, before the first byte. */
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { isUniqueViolation } from '../../platform/db/index.ts';
import type { PartialUpload } from '../../platform/db/index.ts';
import type { Context } from '../../platform/portal/index.ts';
import { StorageError } from '../../platform/storage/index.ts';
import { settle, takeRoom } from '../room.ts';
import { stateOf, type PartState } from './find.ts';
import { removePart } from './remove.ts';

const hourMilliseconds = 3_600_000;
const lifeHoursMax = 24;

export interface WantedUpload {
  readonly caller: string;
  /** Whose room it takes. */
  readonly owner: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** What the signer takes. */
  readonly sizeBytesMax: number;
}

/** Rejects with UploadQuotaError or StorageError. `created`: bytes are wanted, and none are there. */
export async function beginPart(call: {
  readonly ctx: Context;
  readonly input: WantedUpload;
}): Promise<{ readonly upload: PartState; readonly created: boolean }> {
  const { ctx, input } = call;
  const { caller, owner, sha256, sizeBytes } = input;
  refuseTooLarge(ctx, input);
  const key = { caller, owner, sha256, sizeBytes: BigInt(sizeBytes) };
  const found = await ctx.db.partialUpload.findUnique({ where: { caller_owner_sha256_sizeBytes: key } });
  const isStored = (await ctx.store.open(sha256))?.sizeBytes === sizeBytes;
  if (found !== null && isUsable(ctx, found, isStored)) {
    if (found.completedAt !== null || !isStored) return { upload: stateOf(found), created: false };
    if (found.writer === null) return { upload: await complete(ctx, found), created: false };
    return { upload: stateOf(found), created: false };
  }
  if (found !== null) await removePart(ctx, found);
  try {
    const row = await create(ctx, key);
    return isStored
      ? { upload: await complete(ctx, row), created: false }
      : { upload: stateOf(row), created: true };
  } catch (error) {
    // Begun by two calls at once: one is the upload.
    if (!isUniqueViolation(error)) throw error;
    const winner = await ctx.db.partialUpload.findUniqueOrThrow({
      where: { caller_owner_sha256_sizeBytes: key },
    });
    return { upload: stateOf(winner), created: false };
  }
}

/** Not one whose time is over, or whose artifact was removed, as unused, since it was complete. */
const isUsable = ({ now }: Context, found: PartialUpload, isStored: boolean): boolean =>
  found.expiresAt > now() && (found.completedAt === null || isStored);

function refuseTooLarge({ config }: Context, { sizeBytes, sizeBytesMax }: WantedUpload): void {
  const most = Math.min(config.upload.sizeBytesMax, sizeBytesMax);
  if (sizeBytes <= most) return;
  throw new StorageError({
    code: 'ARTIFACT_TOO_LARGE',
    message: `The upload has ${sizeBytes} bytes, more than the ${most} bytes this portal accepts.`,
    fix: 'Split the artifact, or ask the foundation to raise upload.sizeBytesMax.',
  });
}

async function create(
  ctx: Context,
  key: Pick<PartialUpload, 'caller' | 'owner' | 'sha256' | 'sizeBytes'>,
): Promise<PartialUpload> {
  const at = ctx.now();
  const hours = Math.min(lifeHoursMax, ctx.config.upload.unusedHours);
  const row = {
    ...key,
    createdAt: at,
    expiresAt: new Date(at.getTime() + hours * hourMilliseconds),
  };
  const wanted = { owner: key.owner, sha256: parseSha256Hex(key.sha256), sizeBytes: Number(key.sizeBytes) };
  const { id } = await takeRoom(ctx, wanted, (transaction, id) =>
    transaction.partialUpload.create({ data: { ...row, id } }),
  );
  return ctx.db.partialUpload.findUniqueOrThrow({ where: { id } });
}

/** The artifact is in the store, by whomever: it stays there for this project, too. */
async function complete(ctx: Context, row: PartialUpload): Promise<PartState> {
  const { id, owner, sizeBytes } = row;
  try {
    await settle(ctx, { id, owner, sha256: parseSha256Hex(row.sha256), sizeBytes: Number(sizeBytes) });
  } catch (error) {
    await removePart(ctx, row);
    throw error;
  }
  await ctx.store.partial.remove(id);
  return stateOf(
    await ctx.db.partialUpload.update({
      where: { id },
      data: { offsetBytes: sizeBytes, completedAt: ctx.now() },
    }),
  );
}
