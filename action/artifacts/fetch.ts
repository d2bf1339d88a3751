/** An artifact of this run, as it is stored, in a file of this job's. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { ActionError } from '../error.ts';
import type { Artifact, ArtifactService } from './service.ts';

const archiveTypes = new Set([
  'application/zip',
  'application/zip-compressed',
  'application/x-zip-compressed',
]);

export interface FetchedArtifact {
  readonly file: string;
  readonly id: string;
}

/**
 * Fetches the blob, byte for byte: a ZIP, or the file itself where it was uploaded with `archive: false`. It isn't unpacked: what was
 * attested is what is submitted. Rejects other bytes than the service names.
 */
export async function fetchArtifact(
  service: ArtifactService,
  by: { readonly id: string } | { readonly name: string },
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
): Promise<FetchedArtifact> {
  const artifact = await find(service, by);
  const response = await get(await service.address(artifact.name), signal);
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const isArchive = archiveTypes.has(type) && !artifact.name.toLowerCase().endsWith('.zip');
  const file = path.join(
    await mkdtemp(path.join(folder, 'countersign-')),
    `${fileName(artifact.name)}${isArchive ? '.zip' : ''}`,
  );
  await save(response, artifact, file);
  return { file, id: artifact.id };
}

async function find(
  service: ArtifactService,
  by: { readonly id: string } | { readonly name: string },
): Promise<Artifact> {
  const [found] = await service.list(by);
  if (found !== undefined) return found;
  const what = 'id' in by ? `artifact-id: ${by.id}` : `artifact-name: ${by.name}`;
  throw new ActionError(
    'ARTIFACT',
    `${what} isn’t an artifact of this run. The job that uploads it has to be done before (needs:), in the same run.`,
  );
}

/** As a name in a folder; artifacts' names have no separators, but nothing here depends on that. */
const fileName = (name: string): string =>
  name
    .replaceAll(/[^\w.+@ -]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 200);

async function get(url: URL, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal, redirect: 'error' });
  } catch (error) {
    throw new ActionError(
      'ARTIFACT',
      `The artifact can’t be fetched: ${(error as Error).message}. Run the job again.`,
      error,
    );
  }
  if (response.ok && response.body !== null) return response;
  const why = response.status === 404 || response.status === 410 ? ': it is gone' : '';
  throw new ActionError('ARTIFACT', `The store of artifacts answered ${response.status}${why}.`);
}

async function save(response: Response, artifact: Artifact, file: string): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > artifact.sizeBytes ? new Error('it is longer than the service says') : null, chunk);
    },
  });
  try {
    await pipeline(
      Readable.fromWeb(response.body as ReadableStream<Uint8Array>),
      counted,
      createWriteStream(file),
    );
  } catch (error) {
    throw new ActionError(
      'ARTIFACT',
      `The artifact ${artifact.name} can’t be fetched: ${(error as Error).message}.`,
      error,
    );
  }
  const sha256 = hash.digest('hex');
  if (bytes === artifact.sizeBytes && (artifact.sha256 ?? sha256) === sha256) return;
  throw new ActionError(
    'ARTIFACT',
    `The artifact ${artifact.name} isn’t what was uploaded: it has ${bytes} bytes and SHA-256 ${sha256}, where the service names ${artifact.sizeBytes} and ${artifact.sha256 ?? 'none'}.`,
  );
}
