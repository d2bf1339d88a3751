import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import type { ArtifactFetch } from '../platform/db/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { isProblemCode } from '../platform/problems/index.ts';
import { FetchFailedError } from './error.ts';

export interface FetchedFile {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly name: string;
  /** The host packed what was uploaded into a zip; false: it is one file as it was uploaded. */
  readonly packed: boolean;
}

export interface FetchState {
  readonly id: string;
  readonly project: string;
  readonly repository: string;
  readonly runId: string;
  readonly artifactId: string;
  readonly state: 'fetching' | 'fetched' | 'failed';
  /** Once it is fetched. */
  readonly file: FetchedFile | null;
  /** Why it failed; while it is fetched, what went wrong in the last attempt. */
  readonly problem: FetchFailedError | null;
}

const states = z.enum(['fetching', 'fetched', 'failed']);
const problemSchema = z.object({
  code: z.string().refine(isProblemCode),
  message: z.string(),
  fix: z.string(),
});

/** null: there is none. Public, as uploads and requests are. */
export async function readFetch(call: {
  readonly ctx: Pick<Portal, 'db'>;
  readonly input: { readonly id: string };
}): Promise<FetchState | null> {
  const row = await call.ctx.db.artifactFetch.findUnique({ where: { id: call.input.id } });
  return row === null ? null : fetchOf(row);
}

const pauseMilliseconds = 500;

/** The same once it has ended, or what it is after that time. */
export async function waitForFetch(
  ctx: Pick<Portal, 'db'>,
  id: string,
  wait: { readonly milliseconds: number; readonly signal: AbortSignal },
): Promise<FetchState | null> {
  const until = performance.now() + wait.milliseconds;
  for (;;) {
    const found = await readFetch({ ctx, input: { id } });
    if (found?.state !== 'fetching' || performance.now() >= until || wait.signal.aborted) return found;
    await sleep(pauseMilliseconds);
  }
}

export function fetchOf(row: ArtifactFetch): FetchState {
  const { sha256, sizeBytes, name, packed } = row;
  const problem = problemSchema.safeParse(row.problem).data;
  return {
    id: row.id,
    project: row.projectSlug,
    repository: row.repositoryUri,
    runId: row.runId,
    artifactId: row.artifactId,
    state: states.parse(row.state),
    file:
      sha256 === null || sizeBytes === null || name === null || packed === null
        ? null
        : { sha256: parseSha256Hex(sha256), sizeBytes: Number(sizeBytes), name, packed },
    problem: problem === undefined ? null : new FetchFailedError(problem),
  };
}
