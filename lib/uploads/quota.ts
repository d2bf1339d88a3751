/** How much a project may upload: unused files at a time, and all files within a day. */
import type { Sha256Hex } from '#core/ids/index.ts';
import type { PortalConfig } from '../platform/config/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import { UploadQuotaError } from './error.ts';
import { allowedByProject } from './project-quota.ts';
import { dayMilliseconds, hourMilliseconds } from './times.ts';

export interface RoomRequest {
  /** Whose room it takes: a project, or who sends it where it is for none. */
  readonly owner: string;
  /** null: not known before it is there. */
  readonly sha256: Sha256Hex | null;
  /** What the sender announced, or null where it didn't. */
  readonly sizeBytes: number | null;
}

/** A sum that has a limit, and how long each upload counts in it. */
interface Quota {
  /** Ends a sentence: "10 uploads …". */
  readonly what: string;
  readonly kind: 'unused' | 'day';
  readonly bytesMax: number;
  readonly countMax: number;
  readonly milliseconds: number;
  readonly fix: string;
}

interface Used {
  readonly count: number;
  readonly bytes: number;
}

const quotasOf = (upload: PortalConfig['upload']): readonly Quota[] => [
  {
    kind: 'unused',
    what: 'that no request uses',
    bytesMax: upload.unusedBytesMax,
    countMax: upload.unusedCountMax,
    milliseconds: upload.unusedHours * hourMilliseconds,
    fix: `Submit what is uploaded: then it no longer counts. What no request uses is removed after ${upload.unusedHours} hours.`,
  },
  {
    kind: 'day',
    what: 'within 24 hours',
    bytesMax: upload.dayBytesMax,
    countMax: upload.dayCountMax,
    milliseconds: dayMilliseconds,
    fix: 'Wait, or ask the foundation to raise the limit (upload in portal.yaml).',
  },
];

/**
 * → how many bytes the upload may have. Rejects with UploadQuotaError or ProjectQuotaError. Inside the transaction that holds the owner's turn,
 * where what it allows is to be taken.
 */
export async function allowedBytes(
  transaction: Transaction,
  wanted: RoomRequest,
  { upload, quotas }: Pick<PortalConfig, 'upload' | 'quotas'>,
  now: Date,
): Promise<number> {
  let allowed = upload.sizeBytesMax;
  let unusedBytes = 0;
  const need = wanted.sizeBytes ?? 1;
  for (const quota of quotasOf(upload)) {
    const since = new Date(now.getTime() - quota.milliseconds);
    const where = whereOf(wanted, quota, since);
    const { _count: count, _sum } = await transaction.upload.aggregate({
      where,
      _count: true,
      _sum: { sizeBytes: true },
    });
    const used = { count, bytes: Number(_sum.sizeBytes ?? 0n) };
    if (!fits(quota, used, need)) {
      const rows = await transaction.upload.findMany({
        where,
        orderBy: { at: 'asc' },
        select: { at: true, sizeBytes: true },
        take: rowsMax,
      });
      throw exceeded({
        owner: wanted.owner,
        need: wanted.sizeBytes,
        quota,
        used,
        now,
        frees: freesAt(rows, quota, used, need),
      });
    }
    if (quota.kind === 'unused') unusedBytes = used.bytes;
    allowed = Math.min(allowed, quota.bytesMax - used.bytes);
  }
  return Math.min(allowed, await allowedByProject(transaction, { ...wanted, unusedBytes }, { quotas }, now));
}

/** More than a quota lets in, unless somebody set one higher; then the time that is told is too early. */
const rowsMax = 10_000;

const fits = ({ countMax, bytesMax }: Quota, { count, bytes }: Used, need: number): boolean =>
  count < countMax && bytes + need <= bytesMax;

/** What counts. The same file again takes the place of what is there. */
function whereOf({ owner, sha256 }: RoomRequest, { kind }: Quota, since: Date) {
  if (kind === 'day') return { owner, at: { gt: since } };
  const isWaiting = { owner, freedAt: null, at: { gt: since } };
  return sha256 === null ? isWaiting : { ...isWaiting, NOT: { sha256, isStored: true } };
}

/** When so many of the oldest have ceased to count that there is room. */
function freesAt(
  rows: readonly { readonly at: Date; readonly sizeBytes: bigint }[],
  quota: Quota,
  used: Used,
  need: number,
): Date {
  let left = used;
  let at = new Date();
  for (const row of rows) {
    left = { count: left.count - 1, bytes: left.bytes - Number(row.sizeBytes) };
    at = row.at;
    if (fits(quota, left, need)) break;
  }
  return new Date(at.getTime() + quota.milliseconds);
}

function exceeded(input: {
  readonly owner: string;
  readonly quota: Quota;
  readonly used: Used;
  readonly need: number | null;
  readonly frees: Date;
  readonly now: Date;
}): UploadQuotaError {
  const { owner, quota, used, need, frees, now } = input;
  const { what, countMax, bytesMax, fix } = quota;
  const room = need === null ? 'there is no room for another' : `there is no room for ${need} more`;
  return new UploadQuotaError({
    message:
      used.count >= countMax
        ? `${owner} has ${used.count} uploads ${what}, and may have ${countMax}.`
        : `${owner} has ${used.bytes} bytes in uploads ${what}, and may have ${bytesMax}: ${room}.`,
    fix: `${fix} At the latest there is room at ${frees.toISOString()}.`,
    retryAfterSeconds: Math.max(1, Math.ceil((frees.getTime() - now.getTime()) / 1000)),
  });
}
