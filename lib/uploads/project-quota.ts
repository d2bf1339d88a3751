/**
 * What a project may have stored, and how many requests it may make a day, where the foundation says so. Sums are rows that a trigger
 * keeps: no question costs more than the quota itself, however much there ever was.
 */
import { IdentifierError, parseProjectSlug, type ProjectSlug, type Sha256Hex } from '#core/ids/index.ts';
import { isError } from '#core/error/index.ts';
import { formatBytes } from '#core/text/size/index.ts';
import type { Actor } from '../platform/actor/index.ts';
import { isOnTeam } from '../platform/auth/index.ts';
import type { PortalConfig } from '../platform/config/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { ProjectQuotaError } from './error.ts';
import { dayMilliseconds } from './times.ts';

interface ProjectQuota {
  /** null: no limit. */
  readonly storedBytesMax: number | null;
  readonly requestsPerDayMax: number | null;
}

/** Of the project itself where the configuration names it; else of all. */
function quotaOf({ quotas }: Pick<PortalConfig, 'quotas'>, project: string): ProjectQuota {
  const own = quotas?.projects?.[project];
  return {
    storedBytesMax: own?.storedBytesMax ?? quotas?.storedBytesMax ?? null,
    requestsPerDayMax: own?.requestsPerDayMax ?? quotas?.requestsPerDayMax ?? null,
  };
}

export interface ProjectUsage extends ProjectQuota {
  /** Files that its requests use, each once. */
  readonly storedBytes: number;
  readonly storedFiles: number;
  /** Within the last 24 hours; counted up to the quota, or a thousand where there is none. */
  readonly requests: number;
}

const countedWithoutQuota = 1000;

/** Its own team and API tokens, and the foundation that set the quota. */
export function maySeeUsage(actor: Actor, project: ProjectSlug): boolean {
  if (actor.kind === 'token') return actor.project === project;
  if (actor.kind !== 'person') return actor.kind === 'operator';
  const { policyMaintainer, foundationReviewer } = actor.roles;
  return isOnTeam(actor, project) || policyMaintainer || foundationReviewer;
}

/** For the project's own page, and its API. */
export async function readProjectUsage(call: {
  readonly ctx: Pick<Context, 'db' | 'config' | 'now'>;
  readonly input: { readonly project: ProjectSlug };
}): Promise<ProjectUsage> {
  const { ctx, input } = call;
  const quota = quotaOf(ctx.config, input.project);
  const [stored, requests] = await Promise.all([
    ctx.db.projectUsage.findUnique({ where: { projectSlug: input.project } }),
    ctx.db.signingRequest.findMany({
      where: { projectSlug: input.project, submittedAt: { gt: dayAgo(ctx.now()) } },
      select: { id: true },
      take: quota.requestsPerDayMax ?? countedWithoutQuota,
    }),
  ]);
  return {
    ...quota,
    storedBytes: Number(stored?.storedBytes ?? 0n),
    storedFiles: Number(stored?.storedFiles ?? 0n),
    requests: requests.length,
  };
}

const dayAgo = (now: Date): Date => new Date(now.getTime() - dayMilliseconds);

interface Wanted {
  /** A project’s slug, or who sends it where it is for none: those have no quota of a project. */
  readonly owner: string;
  /** null: not known before it is there. */
  readonly sha256: Sha256Hex | null;
  /** null: not announced. */
  readonly sizeBytes: number | null;
  /** What the owner has uploaded that no request uses yet: it will be used. */
  readonly unusedBytes: number;
}

/**
 * Before an upload's bytes are taken → how many it may have. Rejects with ProjectQuotaError: also where the day's requests are used up,
 * since nothing could be done with it.
 */
export async function allowedByProject(
  transaction: Transaction,
  wanted: Wanted,
  config: Pick<PortalConfig, 'quotas'>,
  now: Date,
): Promise<number> {
  const project = projectOf(wanted.owner);
  if (project === null) return Infinity;
  const quota = quotaOf(config, project);
  await requireRequests(transaction, project, quota, now);
  if (quota.storedBytesMax === null) return Infinity;
  if (wanted.sha256 !== null && (await isStored(transaction, project, wanted.sha256))) return Infinity;
  const usage = await transaction.projectUsage.findUnique({ where: { projectSlug: project } });
  const used = Number(usage?.storedBytes ?? 0n) + wanted.unusedBytes;
  const need = wanted.sizeBytes ?? 1;
  if (used + need > quota.storedBytesMax) throw storageFull(project, quota.storedBytesMax, used, need);
  return quota.storedBytesMax - used;
}

/**
 * In the transaction that stores a request, after the lock of its objects: exact whoever submits where, since the row of the project's sums
 * is locked from here to its end. Rejects with ProjectQuotaError.
 */
export async function requireProjectQuota(
  transaction: Transaction,
  request: {
    readonly project: ProjectSlug;
    readonly sha256: Sha256Hex;
    readonly sizeBytes: number;
  },
  config: Pick<PortalConfig, 'quotas'>,
  now: Date,
): Promise<void> {
  const { project, sha256, sizeBytes } = request;
  const quota = quotaOf(config, project);
  if (quota.storedBytesMax === null && quota.requestsPerDayMax === null) return;
  const [row] = await transaction.$queryRaw<readonly { readonly stored_bytes: bigint }[]>`
    INSERT INTO portal.project_usage AS known (project_slug, stored_bytes, stored_files) VALUES (${project}, 0, 0)
    ON CONFLICT (project_slug) DO UPDATE SET stored_bytes = known.stored_bytes RETURNING stored_bytes`;
  await requireRequests(transaction, project, quota, now);
  if (quota.storedBytesMax === null || (await isStored(transaction, project, sha256))) return;
  const used = Number(row?.stored_bytes ?? 0n);
  if (used + sizeBytes > quota.storedBytesMax)
    throw storageFull(project, quota.storedBytesMax, used, sizeBytes);
}

async function isStored(transaction: Transaction, projectSlug: string, sha256: string): Promise<boolean> {
  const where = { projectSlug_sha256: { projectSlug, sha256 } };
  return (await transaction.storedFile.findUnique({ where })) !== null;
}

/** The request that has to be a day old before there may be another one: found by the index, at the quota's place. */
async function requireRequests(
  transaction: Transaction,
  project: ProjectSlug,
  { requestsPerDayMax }: ProjectQuota,
  now: Date,
): Promise<void> {
  if (requestsPerDayMax === null) return;
  const [row] = await transaction.signingRequest.findMany({
    where: { projectSlug: project, submittedAt: { gt: dayAgo(now) } },
    orderBy: { submittedAt: 'desc' },
    select: { submittedAt: true },
    skip: requestsPerDayMax - 1,
    take: 1,
  });
  if (row === undefined) return;
  const free = new Date(row.submittedAt.getTime() + dayMilliseconds);
  throw new ProjectQuotaError({
    code: 'REQUEST_QUOTA_EXCEEDED',
    message: `${project} has made ${requestsPerDayMax} requests within 24 hours, and may make ${requestsPerDayMax}.`,
    fix: `Wait: there is room for another at ${free.toISOString()}. Or ask the foundation for more (quotas in portal.yaml).`,
    retryAfterSeconds: Math.max(1, Math.ceil((free.getTime() - now.getTime()) / 1000)),
  });
}

const storageFull = (project: string, max: number, used: number, need: number): ProjectQuotaError =>
  new ProjectQuotaError({
    code: 'STORAGE_QUOTA_EXCEEDED',
    message: `${project} has ${used} bytes stored (${formatBytes(used)}) and may have ${max} (${formatBytes(max)}): there is no room for ${need} more.`,
    fix: 'Ask the foundation for more (quotas in portal.yaml). Uploads that no request uses go by themselves, and so do files of refused requests where retention says so.',
    retryAfterSeconds: null,
  });

function projectOf(owner: string): ProjectSlug | null {
  try {
    return parseProjectSlug(owner);
  } catch (error) {
    if (isError(error, IdentifierError)) return null;
    throw error;
  }
}
