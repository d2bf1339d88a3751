/** What an event says, from what the public pages show. Texts that others chose are cut, so that every message keeps its bound. */
import type { RequestDetail } from '../requests/index.ts';
import type { WebhookEvent } from '#core/wire/webhook/index.ts';
import { line } from './compose-text.ts';

const nameCharactersMax = 250;
const sentenceCharactersMax = 600;
const findingsMax = 5;

const name = (text: string): string => line(text, nameCharactersMax);
const sentence = (text: string | null): string | null =>
  text === null ? null : line(text, sentenceCharactersMax);

/** The event that a request is as it stands; null: it is nothing to tell of. */
export function requestEvent(
  request: RequestDetail,
  about: {
    readonly publicUrl: string;
    /** null: nothing is signed under its policy now. */
    readonly approvalsNeeded: number | null;
    readonly delayed: boolean;
    /** When it became so. */
    readonly at: Date;
  },
): WebhookEvent | null {
  const { publicUrl, approvalsNeeded, delayed, at: timestamp } = about;
  const { id, project, policy, artifact, status, release } = request;
  const facts = {
    project,
    policy,
    request: id,
    url: `${publicUrl}/requests/${id}`,
    artifact: { name: name(artifact.name), sha256: artifact.sha256, sizeBytes: artifact.sizeBytes },
    submittedBy: name(request.submittedBy),
    submittedAt: request.submittedAt.toISOString(),
    sourceCommit: request.sourceCommit,
  };
  switch (status) {
    case 'waiting-for-approval':
      return { type: 'request.waiting', timestamp, data: { ...facts, approvalsNeeded } };
    case 'completed':
      if (release === null) return null;
      return {
        type: 'request.completed',
        timestamp,
        data: {
          ...facts,
          release: {
            name: name(release.name),
            sha256: release.sha256,
            sizeBytes: release.sizeBytes,
            releasedAt: release.releasedAt.toISOString(),
            download: `${publicUrl}/api/v1/requests/${id}/artifact`,
          },
        },
      };
    case 'denied':
      return {
        type: 'request.denied',
        timestamp,
        data: { ...facts, outcome: denialOf(request), ...refusalOf(request) },
      };
    case 'failed':
      return { type: 'request.failed', timestamp, data: { ...facts, ...refusalOf(request) } };
    case 'received':
    case 'checking':
    case 'signing':
      return delayed
        ? { type: 'request.delayed', timestamp, data: { ...facts, summary: sentence(request.summary) } }
        : null;
  }
}

const denialOf = ({ outcome }: RequestDetail) =>
  outcome === 'cancelled' || outcome === 'superseded' ? outcome : 'denied';

function refusalOf({ summary, trace }: RequestDetail) {
  const failed = trace.pass.steps
    .flatMap((step) => step.findings)
    .filter((finding) => finding.outcome === 'fail');
  return {
    summary: sentence(summary),
    findings: failed.slice(0, findingsMax).map(({ rule, message, fix }) => ({
      rule: name(rule),
      message: line(message, sentenceCharactersMax),
      fix: sentence(fix),
    })),
  };
}
