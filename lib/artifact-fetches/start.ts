/** Asks the portal to take a file from the code host of a policy's repository, in place of an upload. */
import { randomUUID } from 'node:crypto';
import type { PolicySlug, ProjectSlug } from '#core/ids/index.ts';
import { formatSubmitter } from '#core/wire/submitter/index.ts';
import { noJson } from '../platform/db/index.ts';
import type { ArtifactFetch } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { authoriseSubmission } from '../requests/index.ts';
import { FetchError } from './error.ts';
import { keepToken } from './lent-tokens.ts';
import { originPlaceOf } from './place.ts';
import { fetchOf, type FetchState } from './read.ts';
import { startAttempt } from './turns.ts';
import type { ProviderName } from '#core/origin/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';

export interface StartFetchInput {
  readonly project: ProjectSlug;
  readonly policy: PolicySlug;
  /** Whose ids these are. */
  readonly host: ProviderName;
  /** Of a run, or of a pipeline: digits. */
  readonly runId: string;
  /** How the host names the file: digits; of GitLab `JOB/PATH`. */
  readonly artifactId: string;
  /** For this fetch alone, never kept on disk; null: the portal's own. */
  readonly token: string | null;
}

/** Of a project: more would fill the quota of uploads anyway. */
const atOnceMax = 4;

/**
 * Whoever may submit under the policy may. The same artifact again attaches to the fetch that is there (`created: false`); one that
 * failed, or whose file is gone, begins anew.
 */
export async function startFetch(call: {
  readonly ctx: Context;
  readonly input: StartFetchInput;
}): Promise<FetchState & { readonly created: boolean }> {
  const { ctx, input } = call;
  const { project, policy: policySlug, host, runId, artifactId, token } = input;
  const { policy, submitter } = await authoriseSubmission({ ctx, input: { project, policy: policySlug } });
  const { repository, buildFiles } = originPlaceOf(ctx, policy, policySlug, host);
  if (token === null && !buildFiles.hasOwnToken()) {
    throw new FetchError({
      code: 'HOST_ACCESS_DENIED',
      message: 'Hosts give artifacts to nobody in particular, and this portal has no token of its own.',
      fix: buildFiles.advice.access,
    });
  }
  const key = { projectSlug: project, repositoryId: repository.id, artifactId };
  const found = await ctx.db.artifactFetch.findUnique({
    where: { projectSlug_repositoryId_artifactId: key },
  });
  if (found !== null && found.runId === runId && (await isOfUse(ctx, found))) {
    // The portal that had the first token may be gone.
    if (found.state === 'fetching' && token !== null) keepToken(ctx, found.id, token);
    if (found.state === 'fetching') await startAttempt(ctx, found.id);
    return { ...fetchOf(found), created: false };
  }
  await checkRoom(ctx, project);
  const begun = {
    runId,
    repositoryUri: repository.uri,
    requestedBy: formatSubmitter(submitter),
    requestedAt: ctx.now(),
    state: 'fetching',
    lent: token !== null,
    attempts: 0,
    nextAt: ctx.now(),
    turn: null,
    turnUntil: null,
    sha256: null,
    sizeBytes: null,
    name: null,
    packed: null,
    problem: noJson,
  };
  const row = await ctx.db.artifactFetch.upsert({
    where: { projectSlug_repositoryId_artifactId: key },
    update: begun,
    create: { id: randomUUID(), ...key, ...begun },
  });
  if (token !== null) keepToken(ctx, row.id, token);
  await startAttempt(ctx, row.id);
  return { ...fetchOf(row), created: found === null };
}

/** Still on its way, or there. */
async function isOfUse(
  { store }: Pick<Context, 'store'>,
  { state, sha256 }: ArtifactFetch,
): Promise<boolean> {
  if (state === 'fetching') return true;
  return state === 'fetched' && sha256 !== null && (await store.open(parseSha256Hex(sha256))) !== null;
}

async function checkRoom({ db }: Pick<Context, 'db'>, project: ProjectSlug): Promise<void> {
  const count = await db.artifactFetch.count({ where: { projectSlug: project, state: 'fetching' } });
  if (count < atOnceMax) return;
  throw new FetchError({
    code: 'TOO_MANY_UPLOADS',
    message: `The portal is fetching ${count} files for ${project} already.`,
    fix: 'Wait until they are there.',
  });
}
