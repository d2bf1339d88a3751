import { reportHeadSchema } from '#core/inspection-report/index.ts';
import type { ReportHead } from '#core/inspection-report/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { RequestId, Sha256Hex } from '#core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';

export interface ReportSummary {
  readonly head: ReportHead;
  /** File of the artifact configuration in the policy repository. */
  readonly configuration: string;
  readonly project: string;
  /** Of the document. */
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly madeAt: Date;
  /** Its files can be opened, searched and compared; false: after a while only the document is kept. */
  readonly isSearchable: boolean;
  /** The signed note about it; null: not yet signed. */
  readonly signed: { readonly note: string; readonly at: Date } | null;
}

/** The newest report of a request; null: none was made. Public. */
export async function readReport(call: {
  readonly ctx: Pick<Context, 'db'>;
  readonly input: { readonly id: RequestId };
}): Promise<ReportSummary | null> {
  const row = await call.ctx.db.inspectionReport.findUnique({ where: { requestId: call.input.id } });
  if (row === null) return null;
  const { note, signedAt } = row;
  return {
    head: reportHeadSchema.parse(JSON.parse(row.head)),
    configuration: row.configuration,
    project: row.project,
    sha256: parseSha256Hex(row.sha256),
    sizeBytes: Number(row.sizeBytes),
    madeAt: row.madeAt,
    isSearchable: row.entriesRemovedAt === null,
    signed: note === null || signedAt === null ? null : { note, at: signedAt },
  };
}
