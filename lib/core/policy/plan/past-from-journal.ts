import type { Finding } from '../../wire/finding/index.ts';
import type { JournalEntry } from '../../wire/journal/index.ts';
import type { ClaimName } from '../../origin/index.ts';
import { parseEntries } from './parse-past-requests.ts';
import type { PastApproval, PastDecision, PastInspection, PastOrigin, PastRequest } from './past-request.ts';

/** Which finding of step "origin" shows which claim, as it stood in the certificate. */
const claimOfRule: Readonly<Record<string, readonly ClaimName[]>> = {
  'origin.issuer': ['issuer'],
  'origin.repository': ['repositoryId'],
  'origin.repository-uri': ['repositoryUri'],
  'origin.owner': ['ownerId'],
  'origin.workflow': ['buildConfigUri'],
  'origin.signer': ['san', 'signerUri'],
  'origin.ref': ['ref'],
  'origin.trigger': ['trigger'],
  'origin.runner': ['runner'],
  'origin.run': ['runUri'],
  'origin.builder': ['signerDigest'],
  'origin.visibility': ['visibility'],
  'origin.environment': ['environment'],
};

interface StepRecord {
  readonly step: string;
  readonly outcome: string;
  readonly findings: readonly Finding[];
  readonly facts: Readonly<Record<string, unknown>>;
}

interface Draft {
  readonly id: string;
  at: Date;
  received: Readonly<Record<string, unknown>> | null;
  decided: PastDecision;
  /** The last record of each step. */
  readonly steps: Map<string, StepRecord>;
}

/**
 * Journal entries in order → the signing requests in them, with every fact that the journal holds. A body
 * that isn't what the signer writes is passed over: facts that can't be read are facts that are missing.
 *
 * Steps may carry more than findings: `claims`, `attestation` and `integratedAt` with origin, `configurationSha256` and
 * `entries` with inspection, `approvals` with approval; they are taken where they are there.
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
});

function take(draft: Draft, { kind, body, at }: JournalEntry): void {
  const facts = parseMembers(body);
  if (facts === null) return;
  switch (kind) {
    case 'request.received':
      draft.received = facts;
      return;
    case 'step.finished': {
      const { step, outcome, findings } = facts;
      // A step that could not be done says nothing about the request.
      if (typeof step !== 'string' || typeof outcome !== 'string' || outcome === 'retry') return;
      draft.at = at;
      draft.steps.delete(step); // so that the last step recorded is the last of the map
      draft.steps.set(step, { step, outcome, findings: parseFindings(findings), facts });
      return;
    }
    case 'request.released':
      draft.decided = 'released';
      return;
    case 'request.denied':
      draft.decided = 'denied';
      return;
    case 'request.failed':
      draft.decided = 'failed';
      return;
    default:
      return;
  }
}

function finish(draft: Draft): PastRequest | null {
  const { project, policy, submittedBy } = draft.received ?? {};
  if (typeof project !== 'string' || typeof policy !== 'string') return null;
  const scan = draft.steps.get('scan');
  return {
    id: draft.id,
    project,
    policy,
    submittedBy: typeof submittedBy === 'string' ? submittedBy : null,
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
  return step?.findings.find((one) => one.outcome === 'fail')?.rule ?? null;
}

function originOf(step: StepRecord | undefined): PastOrigin | null {
  if (step === undefined) return null;
  // Claims of a bundle whose signature doesn't verify are worth nothing.
  const verified = step.findings.some((one) => one.rule === 'origin.signature' && one.outcome === 'pass');
  const about = step.findings.some((one) => one.rule === 'origin.digest' && one.outcome === 'pass');
  if (!verified || !about) return null;
  const claims: Partial<Record<ClaimName, string>> = {};
  for (const { rule, found, outcome } of step.findings) {
    if (found === null) continue;
    for (const name of claimOfRule[rule] ?? []) claims[name] = found;
    // Where this rule passed, source and workflow were taken from one commit.
    if (rule === 'origin.commit') {
      claims.commit = found;
      if (outcome === 'pass') claims.buildConfigDigest = found;
      if (outcome === 'pass') claims.signerDigest ??= found;
    }
  }
  const { integratedAt, attestation } = step.facts;
  return {
    claims: { ...claims, ...textMembers(step.facts['claims']) },
    attestation: typeof attestation === 'string' ? attestation : null,
    integratedAt: typeof integratedAt === 'string' ? integratedAt : null,
  };
}

function inspectionOf(step: StepRecord | undefined): PastInspection | null {
  if (step === undefined) return null;
  const { configurationSha256, entries } = step.facts;
  return {
    outcome: step.outcome === 'pass' ? 'pass' : 'fail',
    rule: firstFailure(step),
    configurationSha256: typeof configurationSha256 === 'string' ? configurationSha256 : null,
    entries: parseEntries(entries),
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

function parseMembers(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function parseFindings(value: unknown): readonly Finding[] {
  if (!Array.isArray(value)) return [];
  return value.filter((one): one is Finding => {
    const { rule, outcome, found } = (one ?? {}) as Partial<Record<keyof Finding, unknown>>;
    return (
      typeof rule === 'string' && typeof outcome === 'string' && (found === null || typeof found === 'string')
    );
  });
}

function textMembers(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((one): one is [string, string] => typeof one[1] === 'string'),
  );
}
