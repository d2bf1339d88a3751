/** A request as the API shows it. Field names are the API's contract: schemas/openapi.yaml. */
import type { RemovedFile } from '../../../lib/retention/index.ts';
import { standingJson } from '../../../lib/signatures/index.ts';
import type {
  Cancellation,
  RequestDetail,
  RequestListItem,
  SignedFile,
  StepPage,
  Trace,
  TraceStep,
} from '../../../lib/requests/index.ts';

export function requestSummaryJson(publicUrl: string, item: RequestListItem): Record<string, unknown> {
  return {
    id: item.id,
    url: `${publicUrl}/requests/${item.id}`,
    project: item.project,
    policy: item.policy,
    artifact: {
      name: item.artifactName,
      sha256: item.artifactSha256,
      sizeBytes: item.artifactSizeBytes,
    },
    status: item.status,
    outcome: item.outcome,
    summary: item.summary,
    standing: item.standing === null ? null : standingJson(publicUrl, item.standing),
    submittedAt: item.submittedAt.toISOString(),
    updatedAt: item.updatedAt.toISOString(),
  };
}

export function requestJson(
  publicUrl: string,
  request: RequestDetail,
  removed: readonly RemovedFile[],
): Record<string, unknown> {
  const { release } = request;
  const api = `${publicUrl}/api/v1/requests/${request.id}`;
  return {
    id: request.id,
    url: `${publicUrl}/requests/${request.id}`,
    project: request.project,
    policy: request.policy,
    artifact: request.artifact,
    bundleSha256: request.bundleSha256,
    submittedBy: request.submittedBy,
    run:
      request.run === null
        ? null
        : { id: request.run.run, attempt: request.run.attempt, url: request.run.address },
    parameters: request.parameters,
    resubmissionOf: request.resubmissionOf,
    resubmissions: request.resubmissions,
    cancellation: request.cancellation === null ? null : cancellationJson(request.cancellation),
    submittedAt: request.submittedAt.toISOString(),
    status: request.status,
    outcome: request.outcome,
    summary: request.summary,
    standing: release === null ? null : standingJson(publicUrl, release.standing),
    policyCommit: request.policyCommit,
    sourceCommit: request.sourceCommit,
    retryAt: request.retryAt?.toISOString() ?? null,
    updatedAt: request.updatedAt.toISOString(),
    trace: traceJson(api, request.trace),
    approvals: request.approvals.map((approval) => ({
      statement: approval.statement,
      submittedBy: approval.submittedBy,
      submittedAt: approval.submittedAt.toISOString(),
    })),
    signatures: request.signatures.files.map((file) => signedFileJson(publicUrl, file)),
    signatureCount: request.signatures.total,
    signaturesUrl: `${api}/signatures`,
    release:
      release === null
        ? null
        : {
            name: release.name,
            sha256: release.sha256,
            sizeBytes: release.sizeBytes,
            releasedAt: release.releasedAt.toISOString(),
            standing: standingJson(publicUrl, release.standing),
            url: `${api}/artifact`,
          },
    removedFiles: removed.map(({ file, rule, days, removedAt }) => ({
      file,
      rule,
      days,
      removedAt: removedAt.toISOString(),
    })),
  };
}

export const cancellationJson = ({ reason, by, at, supersededBy }: Cancellation) => ({
  reason,
  by,
  at: at.toISOString(),
  supersededBy,
});

function traceJson(api: string, { pass, earlier, more }: Trace): Record<string, unknown> {
  return {
    passes: [
      {
        number: pass.number,
        startedAt: pass.startedAt?.toISOString() ?? null,
        outcome: pass.outcome,
        journal:
          pass.journal === null
            ? null
            : {
                firstSeq: pass.journal.first.toString(),
                lastSeq: pass.journal.last.toString(),
                lastHash: pass.journal.lastHash,
              },
        steps: pass.steps.map((step) => ({
          ...stepJson(step),
          findings: step.findings,
          url: `${api}/steps/${pass.number}/${step.step}`,
        })),
      },
    ],
    earlier: earlier.map(({ number, startedAt, outcome }) => ({
      number,
      outcome,
      startedAt: startedAt.toISOString(),
      url: `${api}?pass=${number}`,
    })),
    more: more === null ? null : `${api}?pass=${more}`,
  };
}

const stepJson = ({ step, state, counts, startedAt, durationMs }: TraceStep) => ({
  step,
  state,
  counts,
  durationMs,
  startedAt: startedAt?.toISOString() ?? null,
});

export function stepPageJson(page: StepPage): Record<string, unknown> {
  return {
    pass: page.pass,
    ...stepJson(page.step),
    findings: page.findings,
    entries: page.notes.map(({ seq, at, kind, facts }) => ({
      seq: seq.toString(),
      at: at.toISOString(),
      kind,
      facts: Object.fromEntries(facts),
    })),
    unreadable: page.unreadable,
    next: page.next,
  };
}

export function signedFileJson(publicUrl: string, signature: SignedFile): Record<string, unknown> {
  return {
    path: signature.path,
    unsignedSha256: signature.unsignedSha256,
    signedSha256: signature.signedSha256,
    signaturePath: signature.signaturePath,
    certificateSerial: signature.certificateSerial,
    certificateSha256: signature.certificateSha256,
    publisher: signature.standing.publisher,
    signedAt: signature.signedAt.toISOString(),
    timestampedAt: signature.timestampedAt?.toISOString() ?? null,
    timestampUrl: signature.timestampUrl,
    standing: standingJson(publicUrl, signature.standing),
  };
}
