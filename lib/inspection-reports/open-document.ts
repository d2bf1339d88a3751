import { parseSha256Hex } from '#core/ids/index.ts';
import type { RequestId, Sha256Hex } from '#core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';
import type { StoredArtifact } from '../platform/storage/index.ts';

/** The document of a request's newest report, as the signer wrote it; null: there is none. Public. */
export async function openReportDocument(call: {
  readonly ctx: Pick<Context, 'db' | 'released'>;
  readonly input: { readonly id: RequestId };
}): Promise<{
  readonly sha256: Sha256Hex;
  readonly document: StoredArtifact;
  readonly note: string | null;
} | null> {
  const { ctx, input } = call;
  const row = await ctx.db.inspectionReport.findUnique({
    where: { requestId: input.id },
    select: { sha256: true, note: true },
  });
  if (row === null) return null;
  const sha256 = parseSha256Hex(row.sha256);
  const document = await ctx.released.open(sha256);
  return document === null ? null : { sha256, document, note: row.note };
}
