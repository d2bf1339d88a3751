import type { RequestId } from '../core/ids/index.ts';
import type { SignatureStanding } from '../core/signature-standing/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { readFacts } from '../signatures/index.ts';
import { RequestsError } from './error.ts';
import { readPathText } from './path-text.ts';

export interface SignedFile {
  readonly path: string;
  readonly unsignedSha256: string;
  readonly signedSha256: string;
  readonly certificateSerial: string;
  readonly certificateSha256: string;
  readonly signedAt: Date;
  readonly timestampedAt: Date | null;
  readonly timestampUrl: string | null;
  readonly standing: SignatureStanding;
}

export interface SignedFilePage {
  readonly files: readonly SignedFile[];
  readonly total: number;
  /** Cursor of the next page, or null on the last one. */
  readonly next: string | null;
}

export const signedFilesMax = 100;

/** What is signed in a request, by path. Public. */
export async function listSignedFiles(call: {
  readonly ctx: Pick<Context, 'config' | 'db' | 'policies' | 'now'>;
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
  const where = {
    requestId: input.id,
    ...(file === null ? {} : { path: { contains: escapeLike(file), mode: 'insensitive' as const } }),
  };
  const [rows, total, facts] = await Promise.all([
    ctx.db.signature.findMany({
      where: after === null ? where : { AND: [where, { path: { gt: after } }] },
      orderBy: { path: 'asc' },
      take: limit + 1,
    }),
    ctx.db.signature.count({ where }),
    readFacts(ctx),
  ]);
  const files = rows.slice(0, limit).map((row) => ({ ...row, standing: facts.judge(row) }));
  const last = files.at(-1);
  return { files, total, next: rows.length > limit && last !== undefined ? cursorOf(last.path) : null };
}

const cursorOf = (path: string): string => Buffer.from(path, 'utf8').toString('base64url');

const pathBytesMax = 8_192;

function pathOf(cursor: string): string {
  const bytes = Buffer.from(cursor.slice(0, pathBytesMax * 2), 'base64url');
  const path = bytes.toString('utf8');
  // What isn't text, or holds what PostgreSQL takes in no text, was never a path here.
  if (path !== '' && bytes.length <= pathBytesMax && !/[\0\ufffd]/.test(path)) return path;
  throw new RequestsError({
    code: 'CURSOR_INVALID',
    message: 'The cursor is not one that this portal gave out.',
    fix: 'Start again from the first page, without a cursor.',
  });
}

/** Prisma takes `contains` for a pattern of LIKE. */
const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
