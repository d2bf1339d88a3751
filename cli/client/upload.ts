/**
 * A file to the portal, in one piece or many: what arrived before a cut is kept there, and the rest is sent from that byte on. The
 * portal remembers uploads by caller, project and digest, so nothing is kept here: the same call again, also in another process,
 * goes on where the last one stopped.
 */
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import * as z from 'zod/mini';
import { hashFile, type Hashed, type OnProgress } from './digest.ts';
import { ClientError } from './error.ts';
import type { Body, Incoming } from './exchange.ts';
import { Pauses, progressBytes, type Going } from './patience.ts';
import { callOnce, callPortal, passOver, readAnswer, type Portal } from './portal.ts';

export interface UploadInput extends Going {
  readonly project: string;
  readonly file: string;
  readonly onProgress?: OnProgress | undefined;
  /** Hears that the portal keeps what arrives: whoever stops can go on there. */
  readonly onKept?: (() => void) | undefined;
  /** Of `file`, where the caller has them already. */
  readonly hashed?: Hashed | undefined;
}

/** One piece. Proxies that hold a body back until they have all of it make whoever waits see progress by the piece. */
const pieceBytesMax = 256 * 1024 * 1024;
/** How often in a row the portal may name another offset than the one that it took last. */
const correctionsMax = 10;
/** How often an upload may begin anew: it expired, or its bytes were rejected. */
const beginningsMax = 3;

const uploadSchema = z.looseObject({
  id: z.string(),
  offset: z.int().check(z.nonnegative()),
  complete: z.boolean(),
});
type Upload = z.infer<typeof uploadSchema>;

/** Throws ClientError. */
export async function uploadResumable(portal: Portal, input: UploadInput): Promise<Hashed> {
  const hashed = input.hashed ?? (await hashFile(input.file, input));
  for (let beginning = 1; ; beginning += 1) {
    // There is no part of nothing.
    const begun = hashed.sizeBytes === 0 ? null : await begin(portal, input, hashed);
    if (begun === null) {
      await sendWhole(portal, input, hashed);
      return hashed;
    }
    input.onKept?.();
    report(input, hashed, begun.complete ? hashed.sizeBytes : begun.offset);
    if (begun.complete || (await send(portal, input, { hashed, ...begun })) === 'sent') return hashed;
    if (beginning === beginningsMax)
      throw new ClientError('UNAVAILABLE', 'The portal lost the upload again and again. Try again later.');
  }
}

/** The upload as the portal has it: new, or with what came before. null: an older portal, which takes files whole. */
async function begin(
  portal: Portal,
  input: UploadInput,
  { sha256, sizeBytes }: Hashed,
): Promise<Upload | null> {
  const call = {
    method: 'POST' as const,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ project: input.project, sha256, size: sizeBytes }),
    identity: 'needed' as const,
  };
  try {
    const incoming = await callPortal(portal, '/api/v1/uploads', call, input);
    const upload = await readAnswer(incoming, uploadSchema);
    return { ...upload, offset: within(upload.offset, sizeBytes, incoming.url) };
  } catch (error) {
    if (isNoSuchAddress(error)) return null;
    throw error;
  }
}

interface Sending extends Upload {
  readonly hashed: Hashed;
}

/**
 * Piece after piece, each from the byte that the portal names. `lost`: there is no such upload any more. Where all bytes arrived and
 * the portal was cut off before it had the file, a piece without bytes has it finish.
 */
async function send(
  portal: Portal,
  input: UploadInput,
  { id, offset: from, hashed }: Sending,
): Promise<'sent' | 'lost'> {
  const path = `/api/v1/uploads/${encodeURIComponent(id)}`;
  const pauses = new Pauses(input);
  let offset = from;
  let furthest = from;
  let pieceBytes = pieceBytesMax;
  let corrections = 0;
  for (;;) {
    const size = Math.min(pieceBytes, hashed.sizeBytes - offset);
    try {
      const incoming = await append(portal, path, input, { offset, size, hashed });
      await passOver(incoming);
      const next = within(offsetIn(incoming) ?? offset + size, hashed.sizeBytes, incoming.url);
      if (next < offset + Math.min(size, 1))
        throw new ClientError(
          'NOT_A_PORTAL',
          `${incoming.url.origin} took bytes and has no more than before.`,
        );
      const isStep = next - offset >= Math.min(size, progressBytes);
      offset = next;
      if (offset === hashed.sizeBytes) return 'sent';
      if (isStep) {
        pauses.reset();
        corrections = 0;
      } else if ((corrections += 1) > correctionsMax)
        throw new ClientError('NOT_A_PORTAL', `${incoming.url.origin} takes only a few bytes at a time.`);
      continue;
    } catch (error) {
      const known = offsetToldBy(error, hashed.sizeBytes);
      if (isGone(error)) return 'lost';
      corrections += 1;
      if (known !== null && known !== offset && corrections < correctionsMax) {
        offset = known;
        continue;
      }
      // A proxy takes less at once than the portal.
      if (isTooLarge(error) && pieceBytes > 1024 * 1024) {
        pieceBytes = Math.max(1024 * 1024, Math.floor(Math.min(pieceBytes, size) / 4));
        continue;
      }
      await pauses.after(isInterrupted(error) ? passing(error) : error);
    }
    const stands = await standing(portal, path, input);
    if (stands === 'lost' || stands === 'complete') return stands === 'complete' ? 'sent' : 'lost';
    const now = within(stands, hashed.sizeBytes, new URL(path, portal.url));
    if (now >= furthest + progressBytes) {
      pauses.reset();
      furthest = now;
    }
    offset = now;
    report(input, hashed, offset);
  }
}

interface Piece {
  readonly offset: number;
  readonly size: number;
  readonly hashed: Hashed;
}

function append(
  portal: Portal,
  path: string,
  input: UploadInput,
  { offset, size, hashed }: Piece,
): Promise<Incoming> {
  const call = {
    method: 'PATCH' as const,
    headers: { 'content-type': 'application/partial-upload', 'upload-offset': String(offset) },
    body: size === 0 ? '' : bodyOfFile(input, { offset, size, hashed }),
    identity: 'needed' as const,
  };
  return callOnce(portal, path, call, input.signal);
}

/** What the portal has of it. */
async function standing(portal: Portal, path: string, going: Going): Promise<number | 'complete' | 'lost'> {
  try {
    const incoming = await callPortal(portal, path, { method: 'HEAD', identity: 'needed' }, going);
    await passOver(incoming);
    if (incoming.header('upload-complete') === '?1') return 'complete';
    return offsetIn(incoming) ?? 0;
  } catch (error) {
    if (isGone(error)) return 'lost';
    throw error;
  }
}

function bodyOfFile(input: UploadInput, { offset, size, hashed }: Piece): Body {
  return {
    sizeBytes: size,
    open: () => {
      let sent = offset;
      const counted = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          sent += chunk.length;
          report(input, hashed, sent);
          done(null, chunk);
        },
      });
      const source = createReadStream(input.file, {
        start: offset,
        end: Math.max(0, offset + size - 1),
        highWaterMark: 1 << 18,
      });
      source.once('error', (error) => counted.destroy(error));
      counted.once('close', () => source.destroy());
      return source.pipe(counted);
    },
  };
}

/** As before there were uploads in parts: all of it, from the beginning each time. */
async function sendWhole(portal: Portal, input: UploadInput, hashed: Hashed): Promise<void> {
  const incoming = await callPortal(
    portal,
    `/api/v1/artifacts/${hashed.sha256}`,
    {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: bodyOfFile(input, { offset: 0, size: hashed.sizeBytes, hashed }),
      identity: 'needed',
    },
    input,
  );
  await passOver(incoming);
}

const report = ({ onProgress }: UploadInput, { sizeBytes }: Hashed, bytes: number): void =>
  onProgress?.({ phase: 'upload', bytes, total: sizeBytes });

function offsetIn({ header }: Incoming): number | null {
  const text = header('upload-offset');
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** An offset beyond the file's end would have us send nothing, for ever. */
function within(offset: number, sizeBytes: number, url: URL): number {
  if (offset <= sizeBytes) return offset;
  throw new ClientError(
    'NOT_A_PORTAL',
    `${url.origin} claims to have ${offset} bytes of a file of ${sizeBytes}.`,
  );
}

/** A refusal that names the right offset. */
function offsetToldBy(error: unknown, sizeBytes: number): number | null {
  const told =
    error instanceof ClientError && error.problem?.status === 409
      ? error.problem.members['expected-offset']
      : null;
  return typeof told === 'number' && Number.isSafeInteger(told) && told >= 0 && told <= sizeBytes
    ? told
    : null;
}

const statusOf = (error: unknown): number | null =>
  error instanceof ClientError ? (error.problem?.status ?? null) : null;
const isNoSuchAddress = (error: unknown): boolean =>
  [404, 405].includes(statusOf(error) ?? 0) &&
  error instanceof ClientError &&
  [null, 'NOT_FOUND', 'METHOD_NOT_ALLOWED'].includes(error.problem?.code ?? null);
const isGone = (error: unknown): boolean => [404, 410].includes(statusOf(error) ?? 0);
const isTooLarge = (error: unknown): boolean =>
  statusOf(error) === 413 && error instanceof ClientError && error.problem?.code === null;
/** The call ended, but what came of it is kept; or our own connection, cut a moment ago, still counts as writing. */
const interrupted: ReadonlySet<string | null> = new Set([
  'UPLOAD_INTERRUPTED',
  'UPLOAD_BUSY',
  'UPLOAD_OFFSET_MISMATCH',
]);
const isInterrupted = (error: unknown): error is ClientError =>
  error instanceof ClientError && error.problem !== null && interrupted.has(error.problem.code);
const passing = (error: ClientError): ClientError =>
  new ClientError('UNAVAILABLE', error.message, { cause: error, problem: error.problem });
