import type { PersonHandle, ProjectSlug, Sha256Hex } from '#core/ids/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { readSignerLimits } from '../platform/signer-limits/index.ts';
import { storeUpload } from '../uploads/index.ts';
import { projectsOfBuild } from './builds.ts';
import { RequestsError } from './error.ts';
import { withSlot } from './upload-slots.ts';

/**
 * Streams an artifact into the store. Only builds and holders of a project's token, members of a project's team and named submitters may:
 * everything else about the bytes is decided when a request is submitted.
 */
export async function uploadArtifact(call: {
  readonly ctx: Context;
  readonly input: {
    /** For which it is, where who sends it may submit there: it takes the room of that project. A token’s is its own. */
    readonly project: ProjectSlug | null;
    /** null: the sender doesn't know it; the answer says what it is. */
    readonly sha256: Sha256Hex | null;
    readonly stream: AsyncIterable<Uint8Array>;
    readonly sizeBytesExpected: number | null;
  };
}): Promise<{ readonly sha256: Sha256Hex; readonly sizeBytes: number; readonly created: boolean }> {
  const { ctx, input } = call;
  const own = await roomOf(ctx);
  if (own === 'none') {
    throw new RequestsError({
      code: 'NOT_ALLOWED',
      message: 'Only a project may upload artifacts.',
      fix: 'Send the identity token of a build of the project, or one of its API tokens: Authorization: Bearer csn_…',
    });
  }
  return withSlot(ctx, async () => {
    const project = own ?? input.project;
    // What the signer wouldn't take isn't received only to be refused later.
    const limits = await readSignerLimits(ctx);
    const most = limits === null ? {} : { sizeBytesMax: limits.artifactBytes };
    return storeUpload({ ctx, input: { ...input, project, ...most } });
  });
}

/** Whose room it takes whatever is asked for; null: that of the project that is named. */
async function roomOf(ctx: Context): Promise<ProjectSlug | null | 'none'> {
  const { actor } = ctx;
  switch (actor.kind) {
    case 'token':
      return actor.project;
    case 'build': {
      const snapshot = (await acceptedPolicy(ctx))?.snapshot;
      return snapshot === undefined ? 'none' : projectsOfBuild(snapshot, actor)[0];
    }
    case 'person':
      return actor.roles.projects.size > 0 || (await isNamedSubmitter(ctx, actor.handle)) ? null : 'none';
    default:
      return 'none';
  }
}

async function isNamedSubmitter(ctx: Context, handle: PersonHandle): Promise<boolean> {
  const projects = (await acceptedPolicy(ctx))?.snapshot.projects.values() ?? [];
  return [...projects].some(({ policies }) =>
    [...policies.values()].some(({ value }) => value.submitters?.people?.includes(handle) === true),
  );
}
