import { z } from 'zod';
import type { RequestId } from '#core/ids/index.ts';
import type { SignatureStanding } from '../certificates/standing/index.ts';
import { sql } from '../platform/db/index.ts';
import type { Database } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { countSigned, readFacts } from '../signatures/index.ts';
import { RequestsError } from './error.ts';
import { readPathText } from './path-text.ts';

export interface SignedFile {
  /** Inside the artifact; empty: the artifact itself. */
  readonly path: string;
  /** What to call it: its path, or the artifact's name. */
  readonly name: string;
  readonly unsignedSha256: string;
  /** Of the file with its signature; where there is a `signaturePath`, of the file there. */
  readonly signedSha256: string;
  /** Of the file that holds only the signature; null: it is in the signed file. */
  readonly signaturePath: string | null;
  readonly certificateSerial: string;
  readonly certificateSha256: string;
  readonly signedAt: Date;
  readonly timestampedAt: Date | null;
  readonly timestampUrl: string | null;
  readonly standing: SignatureStanding;
}

export interface SignedFilePage {
  readonly files: readonly SignedFile[];
  /** Of those that are asked for; null: too many would have to be searched to say so. */
  readonly total: number | null;
  /** Cursor of the next page, or null on the last one. One that a long search broke off for may hold nothing. */
  readonly next: string | null;
}

export const signedFilesMax = 100;
/** Paths that one answer searches. */
export const pathsSearchedMax = 20_000;

type Source = Pick<Context, 'config' | 'db' | 'policies' | 'now'>;

/** What is signed in a request, by path. Public. */
export async function listSignedFiles(call: {
  readonly ctx: Source;
  readonly input: {
    readonly id: RequestId;
    readonly after?: string | undefined;
    /** Only paths that hold this text. */
    readonly file?: string | undefined;
    readonly limit?: number | undefined;
  };
}): Promise<SignedFilePage> {
  const { ctx, input } = call;
  const limit = Math.min(Math.max(input.limit ?? 25, 1), signedFilesMax);
  const file = readPathText(input.file);
  const after = input.after === undefined || input.after === '' ? null : pathOf(input.after);
  if (file === null) return listAll(ctx, input.id, after, limit);
  return show(ctx, input.id, await search(ctx.db, input.id, { file, after, limit }));
}

/** The first files, and how many there are. */
export async function firstSignedFiles(
  ctx: Source,
  id: RequestId,
  limit: number,
): Promise<SignedFilePage & { readonly total: number }> {
  return listAll(ctx, id, null, limit);
}

interface PathPage {
  readonly paths: readonly string[];
  readonly total: number | null;
  /** The path after which it goes on. */
  readonly next: string | null;
}

async function listAll(ctx: Source, requestId: RequestId, after: string | null, limit: number) {
  const { db } = ctx;
  const [rows, total] = await Promise.all([
    db.signature.findMany({
      where: { requestId, ...(after === null ? {} : { path: { gt: after } }) },
      orderBy: { path: 'asc' },
      take: limit + 1,
      select: { path: true },
    }),
    countSigned(db, requestId),
  ]);
  return { ...(await show(ctx, requestId, { ...cut(rows, limit, null), total })), total };
}

async function show(ctx: Source, requestId: RequestId, page: PathPage): Promise<SignedFilePage> {
  const [rows, facts, request] = await Promise.all([
    ctx.db.signature.findMany({
      where: { requestId, path: { in: [...page.paths] } },
      orderBy: { path: 'asc' },
    }),
    readFacts(ctx),
    ctx.db.signingRequest.findUnique({ where: { id: requestId }, select: { artifactName: true } }),
  ]);
  const artifactName = request?.artifactName ?? '';
  return {
    files: rows.map((row) => ({
      ...row,
      name: row.path === '' ? artifactName : row.path,
      standing: facts.judge(row),
    })),
    total: page.total,
    next: page.next === null ? null : cursorOf(page.next),
  };
}

const pathSchema = z.object({ path: z.string() });
const foundSchema = z.object({ count: z.bigint() });

/** Paths that hold a text, in whatever case; of so many paths that a page stays cheap however many files were signed. */
async function search(
  db: Database,
  requestId: RequestId,
  { file, after, limit }: { readonly file: string; readonly after: string | null; readonly limit: number },
): Promise<PathPage> {
  // Octets are compared: a text is found where it stands, and comparing as a language sorts takes twice as long.
  const holds = sql`strpos(lower(path) COLLATE "C", lower(${file}::text) COLLATE "C") > 0`;
  const [last, unsearched] = await db.$queryRaw<unknown[]>`
    SELECT path FROM signer.signature
     WHERE request_id = ${requestId}::uuid AND path > ${after ?? ''}
     ORDER BY path OFFSET ${pathsSearchedMax - 1}::int LIMIT 2`;
  const end = unsearched === undefined ? null : pathSchema.parse(last).path;
  const rows = await db.$queryRaw<unknown[]>`
    SELECT path FROM signer.signature
     WHERE request_id = ${requestId}::uuid AND path > ${after ?? ''} AND (${end}::text IS NULL OR path <= ${end}::text) AND ${holds}
     ORDER BY path LIMIT ${limit + 1}::int`;
  const page = cut(
    rows.map((row) => pathSchema.parse(row)),
    limit,
    end,
  );
  if ((await countSigned(db, requestId)) > pathsSearchedMax) return { ...page, total: null };
  const [counted] = await db.$queryRaw<unknown[]>`
    SELECT count(*) AS count FROM signer.signature WHERE request_id = ${requestId}::uuid AND ${holds}`;
  return { ...page, total: Number(foundSchema.parse(counted).count) };
}

/** `end`: where it was looked to; null: to the end. */
function cut(rows: readonly { readonly path: string }[], limit: number, end: string | null) {
  const paths = rows.slice(0, limit).map((row) => row.path);
  return { paths, next: rows.length > limit ? (paths.at(-1) ?? null) : end };
}

/** With a slash before it: the path of the artifact itself is empty, and an empty cursor none. */
const cursorOf = (path: string): string => Buffer.from(`/${path}`, 'utf8').toString('base64url');

const pathBytesMax = 8_192;

function pathOf(cursor: string): string {
  const bytes = Buffer.from(cursor.slice(0, pathBytesMax * 2), 'base64url');
  const text = bytes.toString('utf8');
  // What isn't text, or holds what PostgreSQL takes in no text, was never a path here.
  if (text.startsWith('/') && bytes.length <= pathBytesMax && !/[\0\ufffd]/.test(text)) return text.slice(1);
  throw new RequestsError({
    code: 'CURSOR_INVALID',
    message: 'The cursor is not one that this portal gave out.',
    fix: 'Start again from the first page, without a cursor.',
  });
}
