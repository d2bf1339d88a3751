/** Exports as auditors see them, and their files. */
import { z } from 'zod';
import { recordEvent } from '../audit/index.ts';
import { requireAuditor } from '../audit-records/index.ts';
import { auditFileNames, digestFileName, type DigestedFile } from '#core/audit/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';

export interface AuditExportView {
  readonly id: string;
  readonly from: Date;
  /** The first moment after it. */
  readonly to: Date;
  readonly askedBy: string;
  readonly askedAt: Date;
  /** waiting: the portal writes its files; unsigned: the signer hasn't signed yet; refused: it never will. */
  readonly state: 'waiting' | 'unsigned' | 'refused' | 'signed';
  /** Why the signer refused it; null: it didn't refuse. */
  readonly refusal: string | null;
  /** null: not signed. */
  readonly digest: { readonly number: number; readonly signedAt: Date; readonly note: string } | null;
  /** Those of the portal once they are written, those of the signer once it has signed. */
  readonly files: readonly DigestedFile[];
}

const filesSchema = z
  .array(z.object({ name: z.string(), sha256: z.string(), sizeBytes: z.number(), rows: z.number() }))
  .catch([]);
const exportsShown = 50;
const idForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The newest ones, and where older ones begin. */
export async function listExports(call: {
  readonly ctx: Context;
  readonly input: { readonly before: Date | null };
}): Promise<{ readonly items: readonly AuditExportView[]; readonly next: Date | null }> {
  const { ctx, input } = call;
  requireAuditor(ctx);
  const rows = await ctx.db.auditExport.findMany({
    ...(input.before === null ? {} : { where: { askedAt: { lt: input.before } } }),
    orderBy: [{ askedAt: 'desc' }, { id: 'desc' }],
    take: exportsShown + 1,
  });
  const shown = rows.slice(0, exportsShown);
  const where = { exportId: { in: shown.map(({ id }) => id) } };
  const [digests, refusals] = await Promise.all([
    ctx.db.auditDigest.findMany({ where }),
    ctx.db.auditRefusal.findMany({ where }),
  ]);
  const byExport = new Map(digests.map((digest) => [digest.exportId, digest]));
  const refused = new Map(refusals.map((refusal) => [refusal.exportId, refusal.reason]));
  const next = rows.length > exportsShown ? (shown.at(-1)?.askedAt ?? null) : null;
  return {
    items: shown.map((row) => viewOf(row, byExport.get(row.id) ?? null, refused.get(row.id) ?? null)),
    next,
  };
}

/** null: there is no such export. */
export async function readExport(call: {
  readonly ctx: Context;
  readonly input: { readonly id: string };
}): Promise<AuditExportView | null> {
  const { ctx, input } = call;
  requireAuditor(ctx);
  if (!idForm.test(input.id)) return null;
  const [row, digest, refusal] = await Promise.all([
    ctx.db.auditExport.findUnique({ where: { id: input.id } }),
    ctx.db.auditDigest.findUnique({ where: { exportId: input.id } }),
    ctx.db.auditRefusal.findUnique({ where: { exportId: input.id } }),
  ]);
  return row === null ? null : viewOf(row, digest, refusal?.reason ?? null);
}

export interface OpenedFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly stream: () => ReadableStream<Uint8Array>;
}

/**
 * The files that are there, the digest among them; who downloaded which of them is recorded. `file`: one of them, or null for all.
 * null: there is no such export or file.
 */
export async function openExport(call: {
  readonly ctx: Context;
  readonly input: { readonly id: string; readonly file: string | null };
}): Promise<readonly OpenedFile[] | null> {
  const { ctx, input } = call;
  const view = await readExport({ ctx, input });
  if (view === null) return null;
  const files = view.files.filter(({ name }) => input.file === null || name === input.file);
  const opened: OpenedFile[] = [];
  for (const file of files) {
    const store = auditFileNames('portal').includes(file.name) ? ctx.store : ctx.released;
    const object = await store.open(parseSha256Hex(file.sha256));
    if (object !== null)
      opened.push({ name: file.name, sizeBytes: object.sizeBytes, stream: () => object.stream() });
  }
  const { digest } = view;
  if (digest !== null && (input.file === null || input.file === digestFileName)) {
    const bytes = Buffer.from(digest.note, 'utf8');
    const stream = (): ReadableStream<Uint8Array> => new Blob([bytes]).stream();
    opened.push({ name: digestFileName, sizeBytes: bytes.length, stream });
  }
  if (opened.length === 0) return null;
  await ctx.db.$transaction((transaction) =>
    recordEvent(transaction, ctx, {
      action: 'audit.export-read',
      subject: `audit-export:${view.id}`,
      detail: { file: input.file ?? 'all' },
    }),
  );
  return opened;
}

type ExportRow = NonNullable<Awaited<ReturnType<Context['db']['auditExport']['findUnique']>>>;
type DigestRow = NonNullable<Awaited<ReturnType<Context['db']['auditDigest']['findUnique']>>>;

function viewOf(row: ExportRow, digest: DigestRow | null, refusal: string | null): AuditExportView {
  const { id, periodFrom: from, periodTo: to, askedBy, askedAt } = row;
  return {
    id,
    from,
    to,
    askedBy,
    askedAt,
    state: stateOf(row, digest, refusal),
    refusal,
    digest: digest === null ? null : { number: digest.number, signedAt: digest.signedAt, note: digest.note },
    files: [...(digest === null ? [] : filesSchema.parse(digest.files)), ...filesSchema.parse(row.files)],
  };
}

function stateOf(
  { madeAt }: ExportRow,
  digest: DigestRow | null,
  refusal: string | null,
): AuditExportView['state'] {
  if (digest !== null) return 'signed';
  if (refusal !== null) return 'refused';
  return madeAt === null ? 'waiting' : 'unsigned';
}
