/** One attempt to take a build's file from its host into the artifact store. */
import { isError } from '#core/error/index.ts';
import { parseProjectSlug, parseSha256Hex } from '#core/ids/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import { CodeHostError } from '../platform/code-host/index.ts';
import type { BuildFile, BuildFiles, OpenedBuildFile } from '../platform/code-host/index.ts';
import type { ArtifactFetch } from '../platform/db/index.ts';
import { PageFetchError } from '../platform/page-fetch/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { readSignerLimits } from '../platform/signer-limits/index.ts';
import { StorageError } from '../platform/storage/index.ts';
import { ProjectQuotaError, storeUpload, UploadQuotaError } from '../uploads/index.ts';
import { FetchError } from './error.ts';

export interface TakenFile {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly name: string;
  readonly packed: boolean;
}

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

/** again: it may go well another time; `notBefore` where the host said when. */
export type Outcome =
  | { readonly kind: 'taken'; readonly file: TakenFile }
  | { readonly kind: 'again'; readonly problem: Problem; readonly notBefore: Date | null }
  | { readonly kind: 'failed'; readonly problem: Problem };

/** Faults of the portal itself reject. */
export async function takeFile(portal: Portal, row: ArtifactFetch, token: string | null): Promise<Outcome> {
  try {
    return { kind: 'taken', file: await take(portal, row, token) };
  } catch (error) {
    return outcomeOf(error, row, adviceFor(portal, row));
  }
}

const adviceFor = ({ codeHosts }: Portal, { repositoryUri }: ArtifactFetch): BuildFiles['advice'] | null =>
  codeHosts.find(repositoryUri)?.host.buildFiles?.advice ?? null;

async function take(portal: Portal, row: ArtifactFetch, token: string | null): Promise<TakenFile> {
  const found = portal.codeHosts.find(row.repositoryUri);
  if (found === null) throw new CodeHostError('NOT_FOUND', 'the repository is on no host of this portal');
  const { buildFiles } = found.host;
  if (buildFiles === null)
    throw new CodeHostError('NOT_FOUND', 'this portal fetches no files from that host');
  const file = await buildFiles.file(found.place, row.artifactId, token);
  const { advice } = buildFiles;
  checkRun(file, row, advice);
  if (file.expired) throw expired(row, advice);
  const limits = await readSignerLimits(portal);
  const sizeBytesMax = Math.min(portal.config.upload.sizeBytesMax, limits?.artifactBytes ?? Infinity);
  if (file.sizeBytes !== null && file.sizeBytes > sizeBytesMax)
    throw tooLarge(row, file.sizeBytes, sizeBytesMax);
  const opened = await buildFiles.open(found.place, { id: row.artifactId, name: file.name }, token);
  if (opened === null) throw expired(row, advice);
  try {
    const { sha256, sizeBytes } = await storeUpload({
      ctx: { ...portal, actor: { kind: 'operator', name: 'portal' } },
      input: {
        project: parseProjectSlug(row.projectSlug),
        sha256: file.sha256 === null ? null : parseSha256Hex(file.sha256),
        stream: opened.bytes,
        sizeBytesExpected: opened.sizeBytes,
        sizeBytesMax,
      },
    });
    return { sha256, sizeBytes, name: nameOf(opened), packed: opened.packed };
  } finally {
    opened.close();
  }
}

/** Artifacts are numbered over all repositories: the number alone says nothing of whose it is. */
function checkRun(
  { run }: BuildFile,
  { repositoryId, runId, artifactId, repositoryUri }: ArtifactFetch,
  advice: BuildFiles['advice'],
): void {
  if (run?.repositoryId === repositoryId && run.id === runId) return;
  const what =
    run === null
      ? 'the host doesn’t say of which run it is'
      : run.repositoryId === repositoryId
        ? `it is of run ${run.id}`
        : `it is of the repository with the id ${run.repositoryId}`;
  throw new FetchError({
    code: 'HOST_ARTIFACT_FOREIGN',
    message: `The artifact ${artifactId} isn’t one of run ${runId} of ${repositoryUri} (id ${repositoryId}): ${what}.`,
    fix: advice.run,
  });
}

const expired = ({ artifactId }: ArtifactFetch, advice: BuildFiles['advice']): FetchError =>
  new FetchError({
    code: 'HOST_ARTIFACT_EXPIRED',
    message: `The host keeps the artifact ${artifactId} no longer: its time is over.`,
    fix: advice.retention,
  });

const tooLarge = ({ artifactId }: ArtifactFetch, sizeBytes: number, most: number): FetchError =>
  new FetchError({
    code: 'ARTIFACT_TOO_LARGE',
    message: `The artifact ${artifactId} has ${sizeBytes} bytes, more than the ${most} bytes that are taken here.`,
    fix: 'Split the artifact, or ask the foundation to raise the limit.',
  });

const nameCharactersMax = 255;

/** For people: no path, nothing invisible. */
function nameOf({ name }: OpenedBuildFile): string {
  const plain = name
    .toWellFormed()
    .replaceAll(/[/\\\p{C}]/gu, '_')
    .slice(0, nameCharactersMax);
  return plain === '' ? 'artifact' : plain;
}

function outcomeOf(error: unknown, row: ArtifactFetch, advice: BuildFiles['advice'] | null): Outcome {
  if (isError(error, FetchError)) return failed(error);
  if (isError(error, CodeHostError)) return ofHost(error, row, advice?.access ?? '');
  if (isError(error, PageFetchError)) return ofDownload(error, row);
  if (isError(error, UploadQuotaError) || isError(error, ProjectQuotaError)) return failed(error);
  if (isError(error, StorageError)) return ofStorage(error, row);
  throw error;
}

function ofHost(error: CodeHostError, { artifactId, repositoryUri }: ArtifactFetch, access: string): Outcome {
  switch (error.code) {
    case 'NOT_FOUND':
      return failedWith(
        'HOST_ARTIFACT_MISSING',
        `${repositoryUri} has no artifact ${artifactId}, or none that the token may see.`,
        `Check the id, and that nobody deleted the artifact. ${access}`.trim(),
      );
    case 'FORBIDDEN':
      return failedWith(
        'HOST_ACCESS_DENIED',
        `The host doesn’t let the token read the artifact ${artifactId} of ${repositoryUri}.`,
        access,
      );
    case 'RATE_LIMITED':
      return again('The host limits how often it is asked.', error.retryAt);
    default:
      return again('The host doesn’t answer, or not in a way that can be read.', null);
  }
}

function ofDownload(error: PageFetchError, { artifactId }: ArtifactFetch): Outcome {
  if (error.code === 'ADDRESS_REFUSED') {
    return failedWith(
      'HOST_ADDRESS_REFUSED',
      `For the bytes of the artifact ${artifactId}, the host leads to an address that nothing is fetched from. ${error.message}`,
      'Upload the file: PUT /api/v1/artifacts/{sha256}.',
    );
  }
  return again(
    error.code === 'TIMEOUT'
      ? 'The bytes of the artifact come too slowly, or not at all.'
      : 'The bytes of the artifact couldn’t be read to their end.',
    null,
  );
}

function ofStorage(error: StorageError, { artifactId }: ArtifactFetch): Outcome {
  switch (error.code) {
    case 'ARTIFACT_DIGEST_MISMATCH':
      return failedWith(
        'HOST_ARTIFACT_CHANGED',
        `The bytes that came for the artifact ${artifactId} have another SHA-256 than the host says of it.`,
        'Build again. If it happens again, tell the operators of this portal: somebody may be between it and the host.',
      );
    case 'ARTIFACT_TOO_LARGE':
      return failed(error);
    case 'ARTIFACT_TRUNCATED':
      return again('The bytes of the artifact couldn’t be read to their end.', null);
    default:
      return again(error.message, null);
  }
}

const failed = (error: Problem): Outcome => failedWith(error.code, error.message, error.fix);
const failedWith = (code: string, message: string, fix: string): Outcome => ({
  kind: 'failed',
  problem: { code, message, fix },
});
const again = (message: string, notBefore: Date | null): Outcome => ({
  kind: 'again',
  notBefore,
  problem: { code: 'CODE_HOST_UNAVAILABLE', message, fix: 'Ask for it again later.' },
});
