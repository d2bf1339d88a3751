import { parseRequestId, parseSha256Hex } from '#core/ids/index.ts';
import type { RequestId, Sha256Hex } from '#core/ids/index.ts';
import { standingOfRelease } from '../certificates/standing/index.ts';
import type { ReleaseStanding } from '../certificates/standing/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { releaseStandings } from '../signatures/index.ts';
import { readCancellation, type Cancellation } from './cancel.ts';
import { withOutcomes, type RequestOutcome } from './outcome.ts';
import { readTrace } from './read-trace.ts';
import type { Trace } from './read-trace.ts';
import { firstSignedFiles } from './signed-files.ts';
import type { SignedFilePage } from './signed-files.ts';
import { requestStatusSchema } from './status.ts';
import { storedParameters } from './stored-parameters.ts';
import type { RequestStatus } from './status.ts';
import { findSubmittingRun } from './submitting-run.ts';
import type { SubmittingRun } from './submitting-run.ts';

export interface RequestDetail {
  readonly id: RequestId;
  readonly project: string;
  readonly policy: string;
  readonly artifact: { readonly name: string; readonly sha256: Sha256Hex; readonly sizeBytes: number };
  readonly bundleSha256: string | null;
  readonly submittedBy: string;
  /** Where a build submitted it. */
  readonly run: SubmittingRun | null;
  /** Values for the artifact configuration, by name. */
  readonly parameters: ParameterValues;
  /** Whose artifact and provenance it submitted again, and which did so of this one, the newest ten. */
  readonly resubmissionOf: RequestId | null;
  readonly resubmissions: readonly RequestId[];
  /** null: nobody cancelled it. One that had ended by then stays as it ended. */
  readonly cancellation: Cancellation | null;
  readonly submittedAt: Date;
  readonly status: RequestStatus;
  /** How it ended; null: it hasn't. */
  readonly outcome: RequestOutcome | null;
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
  /** The first of them. */
  readonly signatures: SignedFilePage & { readonly total: number };
  readonly release: {
    readonly name: string;
    readonly sha256: Sha256Hex;
    readonly sizeBytes: number;
    readonly releasedAt: Date;
    readonly standing: ReleaseStanding;
  } | null;
}

const approvalsShownMax = 100;
const signaturesShownMax = 10;
const resubmissionsShownMax = 10;

/** Everything about one request, as asked (portal) and as it went (signer). null: no such request, or no such pass. Public. */
export async function readRequest(call: {
  readonly ctx: Pick<Context, 'config' | 'db' | 'policies' | 'now'>;
  /** `pass`: whose trace; left out, the newest. */
  readonly input: { readonly id: RequestId; readonly pass?: number | undefined };
}): Promise<RequestDetail | null> {
  const { ctx } = call;
  const { db } = ctx;
  const { id: requestId, pass = null } = call.input;
  const [request, state, release] = await Promise.all([
    db.signingRequest.findUnique({
      where: { id: requestId },
      include: { approvals: { orderBy: { submittedAt: 'asc' }, take: approvalsShownMax } },
    }),
    db.requestState.findUnique({ where: { requestId } }),
    db.release.findUnique({ where: { requestId } }),
  ]);
  if (request === null) return null;
  const { submittedAt } = request;
  const status = state === null ? 'received' : requestStatusSchema.parse(state.status);
  const [trace, signatures, standings, run, cancellation, [ended], resubmissions] = await Promise.all([
    readTrace(db, { requestId, submittedAt, status, pass }),
    firstSignedFiles(ctx, requestId, signaturesShownMax),
    releaseStandings(ctx, release === null ? [] : [requestId]),
    findSubmittingRun(ctx, request),
    readCancellation(ctx, requestId),
    withOutcomes(db, [{ id: requestId, status }]),
    db.signingRequest.findMany({
      where: { resubmissionOf: requestId },
      orderBy: { submittedAt: 'desc' },
      select: { id: true },
      take: resubmissionsShownMax,
    }),
  ]);
  if (trace === null) return null;
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
    run,
    parameters: storedParameters(request.parameters),
    resubmissionOf: request.resubmissionOf === null ? null : parseRequestId(request.resubmissionOf),
    resubmissions: resubmissions.map((row) => parseRequestId(row.id)),
    cancellation,
    submittedAt: request.submittedAt,
    status,
    outcome: ended?.outcome ?? null,
    summary: state?.summary ?? null,
    policyCommit: state?.policyCommit ?? null,
    sourceCommit: state?.sourceCommit ?? null,
    retryAt: state?.retryAt ?? null,
    updatedAt: state?.updatedAt ?? request.submittedAt,
    trace,
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
            standing: standings.get(requestId) ?? standingOfRelease([]),
          },
  };
}
