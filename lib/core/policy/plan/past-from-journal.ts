import {
  readBody,
  readWholeStep,
  type JournalBody,
  type JournalEntry,
  type JournalKind,
  type WholeStep,
} from '../../wire/journal/index.ts';
import { noParameters } from '../../wire/parameters/index.ts';
import { claimsOfEarlierFindings } from '../../origin/index.ts';
import type { PastApproval, PastDecision, PastInspection, PastOrigin, PastRequest } from './past-request.ts';

type StepRecord = Exclude<WholeStep, { readonly outcome: 'retry' }>;

/** Entries that end a request; their other members aren't needed here. */
const endings: ReadonlyMap<string, PastDecision> = new Map<JournalKind, PastDecision>([
  ['request.released', 'released'],
  ['request.denied', 'denied'],
  ['request.failed', 'failed'],
]);

interface Draft {
  readonly id: string;
  at: Date;
  received: JournalBody<'request.received'> | null;
  decided: PastDecision;
  /** The last record of each step. */
  readonly steps: Map<StepRecord['step'], StepRecord>;
  /** Ends of steps so far, by number: later ones may repeat them. */
  readonly ends: Map<bigint, JournalEntry>;
}

/**
 * Journal entries in order → the signing requests in them, with every fact that the journal holds. Unreadable facts
 * count as missing: for a request with an unreadable step, all facts of its steps until then.
 */
export function pastRequestsFromJournal(entries: Iterable<JournalEntry>): readonly PastRequest[] {
  const drafts = new Map<string, Draft>();
  for (const entry of entries) {
    if (entry.requestId === null) continue;
    const draft = drafts.get(entry.requestId) ?? newDraft(entry.requestId, entry.at);
    drafts.set(entry.requestId, draft);
    take(draft, entry);
  }
  return [...drafts.values()].flatMap((draft) => finish(draft) ?? []);
}

const newDraft = (id: string, at: Date): Draft => ({
  id,
  at,
  received: null,
  decided: 'open',
  steps: new Map(),
  ends: new Map(),
});

function take(draft: Draft, entry: JournalEntry): void {
  draft.decided = endings.get(entry.kind) ?? draft.decided;
  if (entry.kind === 'request.received') {
    const read = readBody('request.received', entry.body);
    if (read.readable) draft.received = read.body;
  } else if (entry.kind === 'step.finished') {
    const read = readWholeStep(entry, (seq) => draft.ends.get(seq) ?? null);
    draft.ends.set(entry.seq, entry);
    // It may have been any step, so what preceded it is no longer valid.
    if (!read.readable) draft.steps.clear();
    // A step that could not be done says nothing about the request.
    else if (read.body.outcome !== 'retry') {
      draft.at = entry.at;
      draft.steps.delete(read.body.step); // so that the last step recorded is the last of the map
      draft.steps.set(read.body.step, read.body);
    }
  }
}

function finish(draft: Draft): PastRequest | null {
  if (draft.received === null) return null;
  const { project, policy, submittedBy, parameters = noParameters } = draft.received;
  const scan = draft.steps.get('scan');
  return {
    id: draft.id,
    project,
    policy,
    submittedBy,
    parameters,
    at: draft.at.toISOString(),
    decided: draft.decided,
    decidedBy: draft.decided === 'denied' ? firstFailure([...draft.steps.values()].at(-1)) : null,
    origin: originOf(draft.steps.get('origin')),
    inspection: inspectionOf(draft.steps.get('inspection')),
    scan: scan === undefined ? null : scan.outcome === 'pass' ? 'clean' : 'refused',
    approvals: approvalsOf(draft.steps.get('approval')),
  };
}

function firstFailure(step: StepRecord | undefined): string | null {
  return step?.findings.find((finding) => finding.outcome === 'fail')?.rule ?? null;
}

function originOf(step: StepRecord | undefined): PastOrigin | null {
  if (step === undefined) return null;
  // Claims of a bundle whose signature doesn't verify don't count.
  const verified = step.findings.some(
    (finding) => finding.rule === 'origin.signature' && finding.outcome === 'pass',
  );
  const about = step.findings.some(
    (finding) => finding.rule === 'origin.digest' && finding.outcome === 'pass',
  );
  if (!verified || !about) return null;
  const { integratedAt = null, attestation = null } = step;
  return {
    claims: { ...claimsOfEarlierFindings(step.findings), ...step.claims },
    attestation,
    integratedAt,
  };
}

function inspectionOf(step: StepRecord | undefined): PastInspection | null {
  if (step === undefined) return null;
  const { configurationSha256 = null, entries = null } = step;
  return {
    outcome: step.outcome === 'pass' ? 'pass' : 'fail',
    rule: firstFailure(step),
    configurationSha256,
    entries,
  };
}

function approvalsOf(step: StepRecord | undefined): readonly PastApproval[] | null {
  if (step === undefined) return null;
  return step.findings.flatMap(({ rule, outcome, found }): readonly PastApproval[] => {
    if (found === null) return [];
    if (rule === 'approval.denied') return [{ handle: found, decision: 'deny' }];
    if (rule === 'approval.submission' && outcome === 'pass') return [{ handle: found, decision: 'approve' }];
    return [];
  });
}
