import { parseSha256Hex } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { standingOfRelease } from '../certificates/standing/index.ts';
import type { ReleaseStanding } from '../certificates/standing/index.ts';
import type { Context } from '../platform/portal/index.ts';
import type { StoredArtifact } from '../platform/storage/index.ts';
import { releaseStandings } from '../signatures/index.ts';

export interface OpenedRelease {
  readonly name: string;
  readonly sha256: string;
  readonly artifact: StoredArtifact;
  /** Has to be checked before the file is served. */
  readonly standing: ReleaseStanding;
}

/** The signed file of a request, or null until the signer has released it. Public. */
export async function openReleased(call: {
  readonly ctx: Pick<Context, 'config' | 'db' | 'policies' | 'now' | 'released'>;
  readonly input: { readonly id: RequestId };
}): Promise<OpenedRelease | null> {
  const { ctx, input } = call;
  const release = await ctx.db.release.findUnique({ where: { requestId: input.id } });
  if (release === null) return null;
  const standing = (await releaseStandings(ctx, [input.id])).get(input.id) ?? standingOfRelease([]);
  const artifact = await ctx.released.open(parseSha256Hex(release.artifactSha256));
  return artifact === null
    ? null
    : { name: release.artifactName, sha256: release.artifactSha256, artifact, standing };
}
