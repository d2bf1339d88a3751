/** Takes more bytes of an upload; with the last ones it is hashed, and becomes an artifact. */
import type { PartialUpload } from '../../platform/db/index.ts';
import type { Context } from '../../platform/portal/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import { settle } from '../room.ts';
import { findOwn, stateOf, type PartState } from './find.ts';
import { holdLease } from './hold-lease.ts';
import { releaseLease, takeLease } from './lease.ts';
import { busy, offsetMismatch, PartError, unknownUpload } from './part-error.ts';
import { receive, type Ending, type SentPart } from './receive.ts';
import { removePart } from './remove.ts';

/** Rejects with PartError or StorageError; what arrived is kept, but for bytes that can't be the file's. */
export async function appendPart(call: {
  readonly ctx: Context;
  readonly input: {
    readonly id: string;
    readonly caller: string;
    readonly offset: number;
    readonly part: SentPart;
  };
}): Promise<PartState> {
  const { ctx, input } = call;
  const { id, caller, offset, part } = input;
  const row = await findOwn(ctx, { id, caller });
  const sizeBytes = Number(row.sizeBytes);
  if (offset !== Number(row.offsetBytes)) throw offsetMismatch(Number(row.offsetBytes), offset);
  if (offset + (part.length ?? 0) > sizeBytes) throw tooLong(row);
  // The last answer was lost: asked for nothing more, it is the same.
  if (row.completedAt !== null) return stateOf(row);
  const writer = await takeLease(ctx.db, { id, offset });
  if (writer === null) {
    const now = await findOwn(ctx, { id, caller });
    if (offset !== Number(now.offsetBytes)) throw offsetMismatch(Number(now.offsetBytes), offset);
    if (now.completedAt !== null) return stateOf(now);
    throw busy();
  }
  await write(ctx, row, { ...input, writer });
  return stateOf(await findOwn(ctx, { id, caller }));
}

async function write(
  ctx: Context,
  row: PartialUpload,
  call: { readonly writer: string; readonly offset: number; readonly part: SentPart },
): Promise<void> {
  const { db, store } = ctx;
  const { id } = row;
  const { writer, offset, part } = call;
  const progress = { written: offset };
  let reached = offset;
  try {
    const file = await store.partial.open(id, offset);
    if (file === null) {
      await removePart(ctx, row);
      throw unknownUpload();
    }
    const isRecorded = part.contentSha256 === null;
    const lease = holdLease({ db, id, writer, file, progress, isRecorded });
    try {
      const sizeBytes = Number(row.sizeBytes);
      const received = await receive({ file, lease, progress, sizeBytes, part });
      reached = received.offset;
      refuse(received.ending, row, reached);
      if (reached === sizeBytes) await finish(ctx, row);
    } finally {
      await lease.stop();
      await file.close();
    }
  } finally {
    // Where the database is away the lease ends by itself, with what was recorded on the way.
    await releaseLease(db, { id, writer, offset: reached }).catch(() => undefined);
  }
}

function refuse(ending: Ending, row: PartialUpload, offset: number): void {
  switch (ending) {
    case 'all':
      return;
    case 'too-long':
      throw tooLong(row);
    case 'stopped':
    case 'lost':
      throw busy();
    case 'other-digest':
      throw new PartError({
        code: 'CONTENT_DIGEST_MISMATCH',
        message:
          'The bytes of this call have another SHA-256 than its Content-Digest says, so none of them were kept.',
        fix: `Send them again from byte ${offset}.`,
      });
    case 'cut':
      throw new PartError({
        code: 'UPLOAD_INTERRUPTED',
        message: `The call ended early; the first ${offset} bytes of the file are kept.`,
        fix: 'Ask where the upload stands with HEAD, and go on there.',
      });
  }
}

async function finish(ctx: Context, row: PartialUpload): Promise<void> {
  const { id, owner } = row;
  const object = { sha256: parseSha256Hex(row.sha256), sizeBytes: Number(row.sizeBytes) };
  const ended = await ctx.store.partial.finish(id, object);
  if (ended !== 'stored') await removePart(ctx, row);
  if (ended === 'gone') throw unknownUpload();
  if (ended === 'other-bytes') {
    throw new PartError({
      code: 'ARTIFACT_DIGEST_MISMATCH',
      message: `The ${object.sizeBytes} bytes that arrived don’t hash to ${object.sha256}. The upload was removed.`,
      fix: 'Compute the SHA-256 of the file (sha256sum FILE), see that nothing changes it meanwhile, and begin again.',
    });
  }
  await settle(ctx, { id, owner, ...object });
  await ctx.db.partialUpload.updateMany({
    where: { id },
    data: { offsetBytes: row.sizeBytes, completedAt: ctx.now() },
  });
  await ctx.store.partial.remove(id);
}

const tooLong = ({ sizeBytes }: PartialUpload): PartError =>
  new PartError({
    code: 'UPLOAD_TOO_LONG',
    message: `More bytes are sent than the ${sizeBytes} that were announced for this file.`,
    fix: 'Ask where the upload stands with HEAD, and send only the rest; of another file, begin another upload.',
  });
