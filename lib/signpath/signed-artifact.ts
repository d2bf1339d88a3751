/** A release as SignPath's clients take it: always a ZIP, which they unpack. */
import { parseProjectSlug } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { openReleased } from '../releases/index.ts';
import type { OpenedRelease } from '../releases/index.ts';
import { streamOf } from '../platform/storage/index.ts';
import type { StoredArtifact } from '../platform/storage/index.ts';
import { SignPathError } from './error.ts';
import { unknownRequest } from './read-status.ts';
import { storedZip, zippedBytesMax, zipSizeBytes } from './stored-zip.ts';

export interface SignedArtifact {
  readonly release: OpenedRelease;
  /** Of the ZIP. */
  readonly name: string;
  readonly sizeBytes: number;
  stream(): ReadableStream<Uint8Array>;
}

/** Rejects with SignPathError until the signer has released it. */
export async function openSignedArtifact(call: {
  readonly ctx: Context;
  readonly input: { readonly id: RequestId };
}): Promise<SignedArtifact> {
  const { ctx, input } = call;
  const request = await ctx.db.signingRequest.findUnique({ where: { id: input.id } });
  if (request === null) throw unknownRequest(input.id);
  const release = await openReleased(call);
  if (release === null) {
    throw new SignPathError({
      code: 'NOT_RELEASED',
      message: `The signer has released no file for request ${input.id}.`,
      fix: `See where it stands: ${ctx.config.publicUrl}/requests/${input.id}`,
    });
  }
  const { artifact, name } = release;
  if (await wasPacked(ctx, request))
    return { release, name, sizeBytes: artifact.sizeBytes, stream: () => artifact.stream() };
  const { sizeBytes } = artifact;
  if (sizeBytes > zippedBytesMax) {
    throw new SignPathError({
      code: 'NOT_RELEASED',
      message: `${name} has ${sizeBytes} bytes, too many to be packed for this protocol.`,
      fix: `Download it as it is: ${ctx.config.publicUrl}/api/v1/requests/${input.id}/artifact`,
    });
  }
  const file = { name, sizeBytes, bytes: () => bytesOf(artifact) };
  return {
    release,
    name: `${name}.zip`,
    sizeBytes: zipSizeBytes(file),
    stream: () => streamOf(storedZip(file)),
  };
}

/**
 * Whether the host packed what was submitted: then the release is a ZIP of the files that the workflow uploaded, and is what the client
 * unpacks. What was uploaded as one file, be it a ZIP itself, comes out of the client as that one file.
 */
async function wasPacked(
  { db }: Pick<Context, 'db'>,
  request: { readonly projectSlug: string; readonly artifactSha256: string; readonly artifactName: string },
): Promise<boolean> {
  const { artifactSha256, artifactName } = request;
  const fetched = await db.artifactFetch.findFirst({
    where: { projectSlug: parseProjectSlug(request.projectSlug), sha256: artifactSha256 },
    orderBy: { requestedAt: 'desc' },
    select: { packed: true },
  });
  return fetched?.packed ?? artifactName.toLowerCase().endsWith('.zip');
}

async function* bytesOf(artifact: StoredArtifact): AsyncGenerator<Uint8Array> {
  yield* artifact.stream() as unknown as AsyncIterable<Uint8Array>;
}
