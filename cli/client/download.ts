/**
 * A released artifact into a file: the whole file or none, held against the digest that the portal names. What came before a cut
 * stays beside it, and the rest is asked for from that byte on.
 */
import { mkdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { OnProgress } from './digest.ts';
import { ClientError } from './error.ts';
import type { Incoming } from './exchange.ts';
import { safeFileName } from './file-name.ts';
import { networkFailure, stillCode } from './network-failure.ts';
import { PartFile } from './part-file.ts';
import { Pauses, progressBytes, type Going } from './patience.ts';
import { callOnce, callPortal, type Portal } from './portal.ts';
import { readRequest, requestPath } from './request-view.ts';

export interface DownloadInput extends Going {
  readonly id: string;
  /** A folder, which is made where there is none and gets the file under the name that the signer gave it; or the file itself. */
  readonly to: { readonly folder: string } | { readonly file: string };
  /** Also a revoked release. */
  readonly despite?: boolean;
  readonly onProgress?: OnProgress | undefined;
  /** By how long a few bytes may take (`progressBytes`), a connection is given up. For tests. */
  readonly paceMilliseconds?: number;
  /** Hears where the bytes go until all are there. */
  readonly onPart?: ((part: { readonly path: string; readonly position: number }) => void) | undefined;
}

export interface Downloaded {
  readonly file: string;
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

interface Release {
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Throws ClientError: REFUSED where nothing is released, or it is revoked; MISMATCH, FILE, UNREACHABLE. */
export async function downloadResumable(portal: Portal, input: DownloadInput): Promise<Downloaded> {
  const release = await releaseOf(portal, input);
  const file = await fileFor(input, release);
  const part = await PartFile.open(file, release.sha256, release.sizeBytes);
  try {
    await checkRoom(file, part, release);
    await fill(part, portal, { ...input, release });
    const digest = part.digest();
    if (digest !== release.sha256) {
      throw new ClientError(
        'MISMATCH',
        `What came has SHA-256 ${digest}, but the signer released ${release.sha256}. ${part.isKept ? 'Nothing was written. ' : ''}Download it again.`,
      );
    }
    await part.finish();
    return { file, ...release };
  } catch (error) {
    // Whatever came isn't the release.
    const remove = error instanceof ClientError && error.code === 'MISMATCH';
    await part.leave({ remove });
    throw remove ? error : withRest(error, part, release);
  }
}

async function releaseOf(portal: Portal, input: DownloadInput): Promise<Release> {
  for (let look = 0; look < 2; look += 1) {
    const { release } = await readRequest(portal, input.id, input);
    if (release !== null && release !== undefined) {
      const { name, sha256, sizeBytes } = release;
      return { name: safeFileName(name, `artifact-${input.id}`), sha256, sizeBytes };
    }
    // The portal's own words of why there is none; or it was released a moment ago.
    const call = { method: 'GET', identity: 'if-there', streams: true } as const;
    const { body } = await callPortal(portal, pathOf(input), call, input);
    body.destroy();
  }
  throw new ClientError(
    'NOT_A_PORTAL',
    `${portal.url} sends a file of which request ${input.id} says nothing.`,
  );
}

const pathOf = ({ id, despite }: DownloadInput): string =>
  `${requestPath(id)}/artifact${despite === true ? '?despite=revoked' : ''}`;

async function fileFor({ to }: DownloadInput, { name }: Release): Promise<string> {
  if ('file' in to) {
    const there = await stat(to.file).catch(() => null);
    if (there?.isDirectory() === true)
      throw new ClientError('USAGE', `${to.file} is a folder; name a file in it`);
    return to.file;
  }
  try {
    await mkdir(to.folder, { recursive: true });
  } catch (error) {
    throw new ClientError('FILE', `${to.folder} can’t be made: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return path.join(to.folder, name);
}

/** A size that the portal names, which nothing can be held against yet. */
async function checkRoom(file: string, part: PartFile, { sizeBytes }: Release): Promise<void> {
  if (!part.isKept) return;
  const disk = await statfs(path.dirname(file)).catch(() => null);
  // Some don't tell.
  if (disk === null || disk.blocks === 0) return;
  const room = disk.bavail * disk.bsize;
  if (sizeBytes - part.position <= room) return;
  throw new ClientError(
    'FILE',
    `${file} can’t be written: the release has ${sizeBytes} bytes, and there is room for ${room}.`,
  );
}

interface Filling extends DownloadInput {
  readonly release: Release;
}

async function fill(part: PartFile, portal: Portal, input: Filling): Promise<void> {
  const { release, onProgress, onPart } = input;
  const pauses = new Pauses(input);
  const tell = (): void => {
    onProgress?.({ phase: 'download', bytes: part.position, total: release.sizeBytes });
    onPart?.({ path: part.path, position: part.position });
  };
  tell();
  let furthest = part.position;
  for (;;) {
    try {
      if (part.position < release.sizeBytes) await fetchRest(part, portal, { ...input, tell });
      // What an earlier attempt left may be damaged: then all of it comes once more.
      if (part.digest() === release.sha256 || part.atStart === 0) return;
      await part.restart();
    } catch (error) {
      if (part.position >= furthest + progressBytes) {
        pauses.reset();
        furthest = part.position;
      }
      await pauses.after(error);
    }
  }
}

const usualPaceMilliseconds = 120_000;

async function fetchRest(
  part: PartFile,
  portal: Portal,
  {
    release,
    signal,
    tell,
    paceMilliseconds = usualPaceMilliseconds,
    ...input
  }: Filling & { readonly tell: () => void },
): Promise<void> {
  // The entity tag of a release is its digest; where it isn't, the portal sends all of it, and that is as good.
  const headers: Record<string, string> =
    part.position === 0 ? {} : { range: `bytes=${part.position}-`, 'if-range': `"${release.sha256}"` };
  const incoming = await callOnce(
    portal,
    pathOf(input),
    { method: 'GET', headers, identity: 'if-there', accepts: [416], streams: true },
    signal,
  );
  let skip = await firstByte(part, incoming, release);
  let [since, came] = [Date.now(), 0];
  try {
    for await (const chunk of incoming.body as AsyncIterable<Buffer>) {
      const wanted = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - wanted.length;
      if (part.position + wanted.length > release.sizeBytes)
        throw new ClientError(
          'MISMATCH',
          `${incoming.url.origin} sends more than the ${release.sizeBytes} bytes of the release.`,
        );
      await part.append(wanted);
      came += chunk.length;
      if (Date.now() - since >= paceMilliseconds) {
        if (came < progressBytes) throw Object.assign(new Error('too little moves'), { code: stillCode });
        [since, came] = [Date.now(), 0];
      }
      tell();
      // The connection may have nothing left to break off.
      if (signal?.aborted === true) throw new ClientError('ABORTED', 'it was interrupted');
    }
  } catch (error) {
    throw networkFailure(incoming.url, error);
  } finally {
    incoming.body.destroy();
  }
  if (part.position < release.sizeBytes)
    throw new ClientError('UNREACHABLE', `${incoming.url.origin} broke the connection off. Try again later.`);
}

/** → how many bytes of the answer are there already. */
async function firstByte(
  part: PartFile,
  { status, header, url, body }: Incoming,
  release: Release,
): Promise<number> {
  if (status === 206) {
    const [, from, total] =
      /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15})$/.exec(header('content-range') ?? '') ?? [];
    if (Number(from) === part.position && Number(total) === release.sizeBytes) return 0;
    body.destroy();
    throw new ClientError('NOT_A_PORTAL', `${url.origin} sends another range than it was asked for.`);
  }
  if (status === 416) {
    body.destroy();
    await part.restart();
    throw new ClientError('UNREACHABLE', `${url.origin} has no such range of the release.`);
  }
  if (part.isKept) await part.restart();
  return part.position;
}

/** Where the bytes are that came, and how to have the others. */
function withRest(error: unknown, part: PartFile, { sizeBytes }: Release): unknown {
  if (!(error instanceof ClientError) || error.code === 'FILE') return error;
  const rest =
    part.isKept && part.position > 0
      ? ` ${part.position} of ${sizeBytes} bytes are in ${part.path}; the same download goes on there.`
      : ` ${part.position} of ${sizeBytes} bytes had come.`;
  const { code, problem, retryAfterSeconds } = error;
  return new ClientError(code, `${error.message}${rest}`, { cause: error, problem, retryAfterSeconds });
}
