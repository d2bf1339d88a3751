import { parseSha256Hex } from '../core/ids/index.ts';
import type { RequestId, Sha256Hex } from '../core/ids/index.ts';
import { standingOfRelease } from '../core/signature-standing/index.ts';
import type { ReleaseStanding, SignatureStanding } from '../core/signature-standing/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { readFacts } from '../signatures/index.ts';
import { requestStatusSchema } from './status.ts';
import type { RequestStatus } from './status.ts';
import { buildTrace } from './trace.ts';
import type { Trace } from './trace.ts';

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

export interface RequestDetail {
  readonly id: RequestId;
  readonly project: string;
  readonly policy: string;
  readonly artifact: { readonly name: string; readonly sha256: Sha256Hex; readonly sizeBytes: number };
  readonly bundleSha256: string | null;
  readonly submittedBy: string;
  readonly submittedAt: Date;
  readonly status: RequestStatus;
  /** One sentence by the signer; null until it has seen the request. */
  readonly summary: string | null;
  readonly policyCommit: string | null;
  readonly sourceCommit: string | null;
  readonly retryAt: Date | null;
  readonly updatedAt: Date;
  readonly trace: Trace;
  readonly approvals: readonly {
    readonly statement: string;
    readonly submittedBy: string;
    readonly submittedAt: Date;
  }[];
  readonly signatures: readonly SignedFile[];
  readonly release: {
    readonly name: string;
    readonly sha256: Sha256Hex;
    readonly sizeBytes: number;
    readonly releasedAt: Date;
    readonly standing: ReleaseStanding;
  } | null;
}

const approvalsShownMax = 100;
const journalEntriesMax = 5_000;

/** Everything about one request, as asked (portal) and as it went (signer). null: no such request. Public. */
export async function readRequest(call: {
  readonly ctx: Pick<Context, 'config' | 'db' | 'policies' | 'now'>;
  readonly input: { readonly id: RequestId };
}): Promise<RequestDetail | null> {
  const { db } = call.ctx;
  const requestId = call.input.id;
  const [request, state, journal, rows, release, facts] = await Promise.all([
    db.signingRequest.findUnique({
      where: { id: requestId },
      include: { approvals: { orderBy: { submittedAt: 'asc' }, take: approvalsShownMax } },
    }),
    db.requestState.findUnique({ where: { requestId } }),
    db.journalEntry.findMany({ where: { requestId }, orderBy: { seq: 'asc' }, take: journalEntriesMax }),
    db.signature.findMany({ where: { requestId }, orderBy: { path: 'asc' } }),
    db.release.findUnique({ where: { requestId } }),
    readFacts(call.ctx),
  ]);
  if (request === null) return null;
  const signatures = rows.map((row) => ({ ...row, standing: facts.judge(row) }));
  const status = state === null ? 'received' : requestStatusSchema.parse(state.status);
  return {
    id: requestId,
    project: request.projectSlug,
    policy: request.policySlug,
    artifact: {
      name: request.artifactName,
      sha256: parseSha256Hex(request.artifactSha256),
      sizeBytes: Number(request.artifactSizeBytes),
    },
    bundleSha256: request.bundleSha256,
    submittedBy: request.submittedBy,
    submittedAt: request.submittedAt,
    status,
    summary: state?.summary ?? null,
    policyCommit: state?.policyCommit ?? null,
    sourceCommit: state?.sourceCommit ?? null,
    retryAt: state?.retryAt ?? null,
    updatedAt: state?.updatedAt ?? request.submittedAt,
    trace: buildTrace({ submittedAt: request.submittedAt, status, entries: journal }),
    approvals: request.approvals,
    signatures,
    release:
      release === null
        ? null
        : {
            name: release.artifactName,
            sha256: parseSha256Hex(release.artifactSha256),
            sizeBytes: Number(release.artifactSizeBytes),
            releasedAt: release.releasedAt,
            standing: standingOfRelease(signatures.map(({ standing }) => ({ standing, count: 1 }))),
          },
  };
}
