/**
 * A file for the signer to look at. It goes into the artifact store, which the signer reads; here nothing of it is parsed. It is no request:
 * the row is in a table of its own, from which nothing is signed.
 */
import { randomUUID } from 'node:crypto';
import { isError } from '#core/error/index.ts';
import type { PolicySlug, ProjectSlug } from '#core/ids/index.ts';
import { formatSizes } from '#core/text/size/index.ts';
import { readParameters, type ParameterValues } from '#core/wire/parameters/index.ts';
import { sampleHours } from '#core/wire/sample/index.ts';
import { actorName } from '../platform/auth/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { StorageError } from '../platform/storage/index.ts';
import { storeUpload } from '../uploads/index.ts';
import { authoriseSample } from './authorise.ts';
import { SamplesError } from './error.ts';
import { countLimits, sampleBytesMax } from './limits.ts';

/** Whose room in the store it takes: not that of anybody's releases. */
const roomOf = (owner: string): string => `sample:${owner}`;
export const roomPrefix = roomOf('');

export interface DroppedFile {
  /** Whose team may see it; null: nobody but who dropped it. */
  readonly project: ProjectSlug | null;
  /** Of the project: the file is held against it, too; null: against none. */
  readonly configuration: PolicySlug | null;
  /** Of that configuration, as a request would give them. */
  readonly parameters: ParameterValues;
  readonly name: string;
  readonly stream: AsyncIterable<Uint8Array>;
  readonly sizeBytesExpected: number | null;
}

/** → its id. Rejects with SamplesError before anything is read, where it can be known then. */
export async function dropSample(call: {
  readonly ctx: Context;
  readonly input: DroppedFile;
}): Promise<string> {
  const { ctx, input } = call;
  const { project, configuration, name, stream, sizeBytesExpected } = input;
  await authoriseSample(ctx, project);
  const parameters = valuesIn(input.parameters);
  const owner = actorName(ctx.actor);
  await requireRoom(ctx, ctx.db, { owner, project });
  const sizeBytesMax = await sampleBytesMax(ctx);
  if (sizeBytesExpected !== null && sizeBytesExpected > sizeBytesMax)
    throw tooLarge('It has', sizeBytesExpected, sizeBytesMax);
  const { sha256, sizeBytes } = await storeUpload({
    ctx,
    input: { project, owner: roomOf(owner), sha256: null, stream, sizeBytesExpected, sizeBytesMax },
  }).catch((error: unknown) => {
    // Its size wasn't announced.
    if (isError(error, StorageError) && error.code === 'ARTIFACT_TOO_LARGE')
      throw tooLarge('It has more than', sizeBytesMax, sizeBytesMax);
    throw error;
  });
  const id = randomUUID();
  // Where no row comes of it, housekeeping removes the file.
  await ctx.db.$transaction(async (transaction) => {
    // One after the other: a hundred at once find no more room.
    for (const key of [`person:${owner}`, ...(project === null ? [] : [`project:${project}`])])
      await transaction.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`countersign:sample:${key}`}, 0)) IS NULL`;
    await requireRoom(ctx, transaction, { owner, project });
    await transaction.sample.create({
      data: {
        id,
        owner,
        project,
        configuration,
        parameters: configuration === null ? {} : { ...parameters },
        sha256,
        name,
        sizeBytes: BigInt(sizeBytes),
        at: ctx.now(),
      },
    });
  });
  return id;
}

function valuesIn(parameters: ParameterValues): ParameterValues {
  const read = readParameters(parameters);
  if (read.ok) return read.value;
  throw new SamplesError({
    code: 'PARAMETERS_INVALID',
    message: read.message,
    fix: 'Write values as a release has them, or leave them empty.',
  });
}

async function requireRoom(
  ctx: Context,
  db: Pick<Transaction, 'sample' | '$queryRaw'>,
  { owner, project }: { readonly owner: string; readonly project: ProjectSlug | null },
): Promise<void> {
  const since = new Date(ctx.now().getTime() - sampleHours * 3_600_000);
  const rules = [
    { who: 'You have', where: { owner }, most: countLimits.person },
    ...(project === null ? [] : [{ who: `${project} has`, where: { project }, most: countLimits.project }]),
  ];
  for (const { who, where, most } of rules) {
    const rows = await db.sample.findMany({
      where: { ...where, at: { gt: since } },
      select: { id: true },
      take: most.day,
    });
    if (rows.length >= most.day)
      throw waiting(
        `${who} dropped ${rows.length} samples within 24 hours, which is as many as are looked at.`,
        'Go on tomorrow, or on your own machine: countersign preflight FILE --suggest',
      );
    const ids = rows.map(({ id }) => id);
    const [counted] = await db.$queryRaw<{ done: bigint }[]>`
      SELECT count(*) AS done FROM signer.sample_result WHERE sample_id = ANY(${ids}::uuid[]) AND state <> 'working'`;
    const left = ids.length - Number(counted?.done ?? 0n);
    if (left >= most.waiting)
      throw waiting(
        `${who} ${left} samples that the signer hasn’t looked at yet; at most ${most.waiting} wait at a time.`,
        'Wait until it has: each takes seconds, large ones some minutes.',
      );
  }
}

const waiting = (message: string, fix: string): SamplesError =>
  new SamplesError({ code: 'SAMPLES_WAITING', message, fix });

function tooLarge(has: string, sizeBytes: number, sizeBytesMax: number): SamplesError {
  const [size, most] = formatSizes(sizeBytes, sizeBytesMax);
  return new SamplesError({
    code: 'ARTIFACT_TOO_LARGE',
    message: `${has} ${size}; a sample has at most ${most}.`,
    fix: 'Look at it on your own machine, where it may be larger: countersign preflight FILE --suggest',
  });
}
