import { fail, info, pass } from '../wire/finding/index.ts';
import { hasParameters, parametersText, sameParameters } from '../wire/parameters/index.ts';
import type { Finding, PolicyLocation } from '../wire/finding/index.ts';
import type { CommitSha, PersonHandle } from '../ids/index.ts';
import { parseSubmitter, submittingPerson } from '../wire/submitter/index.ts';
import { approverKeys } from './approver-keys.ts';
import type { Approver, ApproverKeys } from './approver-keys.ts';
import { readDecision } from './decision.ts';
import type { ApprovalSubmission } from './decision.ts';
import type { ApprovalStatement, ApprovalSubject } from './statement.ts';

export interface CountedApproval {
  readonly handle: PersonHandle;
  readonly fingerprint: string;
  readonly statement: string;
  readonly signature: string;
  readonly expiresAt: string;
}

export interface ApprovalTally {
  readonly quorum: number;
  /** One entry per person, the first that counted, in the order of submission. */
  readonly approvals: readonly CountedApproval[];
  readonly deniedBy: PersonHandle | null;
}

declare class Counted {
  readonly #proof: true;
}
/** Proof that a quorum of listed people signed for this subject; made only by countApprovals. */
export type VerifiedApproval = ApprovalTally & Counted;

/** Pending is neither a proof nor a refusal: later submissions can still complete it. */
export type ApprovalCount =
  | {
      readonly state: 'approved';
      readonly ok: true;
      readonly value: VerifiedApproval;
      readonly findings: readonly Finding[];
    }
  | {
      readonly state: 'pending' | 'denied';
      readonly ok: false;
      readonly tally: ApprovalTally;
      readonly findings: readonly Finding[];
    };

export interface CountApprovalsInput {
  readonly subject: ApprovalSubject;
  readonly submissions: readonly ApprovalSubmission[];
  readonly approvers: readonly Approver[];
  readonly quorum: number;
  /** Whether an approval by the submitter counts; their denial always does. */
  readonly submitterMayApprove: boolean;
  readonly now: Date;
  /** Maximum remaining validity of an approval, so that none is permanent. Default: 30 days. */
  readonly validitySecondsMax?: number;
  /** Line of the policy that asks for the approvals. */
  readonly policy?: PolicyLocation | null;
  /** Other policy commits under which everything that decides about this request is equal. */
  readonly equivalentPolicyCommits?: ReadonlySet<CommitSha>;
}

/** Fifty approvers of ten keys each, with eight approvals by each key. */
const submissionsMax = 4000;
const thirtyDaysInSeconds = 30 * 24 * 60 * 60;

type Judged =
  | { readonly kind: 'approve' | 'deny'; readonly approval: CountedApproval }
  | { readonly kind: 'ignored'; readonly reason: string; readonly found: string | null };

/**
 * Counts signed decisions against the approvers that the accepted policy lists.
 * One person counts once, whatever the number of keys and submissions. A denial by a listed approver ends the
 * request, even an expired one, since it can't permit anything. The submitter's own approval doesn't count, unless
 * the policy says so. Submissions that don't count are reported, not fatal:
 * anybody can send one, and nobody may block a release by sending nonsense.
 */
export function countApprovals(input: CountApprovalsInput): ApprovalCount {
  const policy = input.policy ?? null;
  const findings: Finding[] = [];
  const byHandle = new Map<PersonHandle, CountedApproval>();
  let deniedBy: PersonHandle | null = null;
  const keys = approverKeys(input.approvers);
  const tooMany = input.submissions.length > submissionsMax;
  for (const [index, submission] of input.submissions.slice(0, submissionsMax).entries()) {
    const judged = judge(input, keys, submission);
    const label = `Submission ${index + 1}`;
    if (judged.kind === 'ignored') {
      const message = `${label} doesn't count: ${judged.reason}.`;
      findings.push(info({ rule: 'approval.submission', message, found: judged.found, policy }));
      continue;
    }
    const { handle, fingerprint } = judged.approval;
    if (judged.kind === 'deny') {
      deniedBy ??= handle;
      const message = `${handle} denied this request with key ${fingerprint}; one denial ends it.`;
      const fix = `Ask ${handle} for the reason, settle it, and submit a new request.`;
      findings.push(fail({ rule: 'approval.denied', message, found: handle, fix, policy }));
      continue;
    }
    const first = byHandle.has(handle) ? ' again, which counts once' : '';
    if (!byHandle.has(handle)) byHandle.set(handle, judged.approval);
    const message = `${handle} approved with key ${fingerprint}${first}.`;
    findings.push(pass({ rule: 'approval.submission', message, found: handle, policy }));
  }
  const tally: ApprovalTally = { quorum: input.quorum, approvals: [...byHandle.values()], deniedBy };
  if (deniedBy === null) {
    const unreachable = submitterProblem({ ...input, submittedBy: input.subject.submittedBy });
    if (unreachable !== null)
      return { state: 'denied', ok: false, tally, findings: [...findings, unreachable] };
  }
  return conclude(tally, findings, tooMany, policy);
}

/**
 * Why no approvals can suffice while the submitter may not approve; null: they can. The signer refuses by it; the
 * portal checks it before it accepts a request.
 */
export function submitterProblem(
  input: Pick<CountApprovalsInput, 'approvers' | 'quorum' | 'submitterMayApprove' | 'policy'> & {
    readonly submittedBy: string;
  },
): Finding | null {
  const { quorum, approvers, submittedBy, submitterMayApprove, policy = null } = input;
  if (submitterMayApprove || quorum === 0) return null;
  const rule = 'approval.submitter';
  const person = personBehind(submittedBy);
  if (person === null) return fail({ rule, ...unknownPerson(submittedBy), found: submittedBy, policy });
  const able = approvers.filter((approver) => approver.handle !== person && approver.keys.length > 0);
  if (able.length >= quorum) return null;
  return fail({
    rule,
    message: `${person} handed the request in, and their own approval doesn’t count: only ${able.length} of the ${quorum} approvals that are asked for can come.`,
    expected: `${quorum} approvers other than who hands the request in`,
    found: able.length === 0 ? 'nobody' : able.map((approver) => approver.handle).join(', '),
    fix: 'Let somebody else submit it (with an API token that they made), add an approver, or set approval.submitterMayApprove to true in the policy.',
    policy,
  });
}

function unknownPerson(submittedBy: string) {
  const submitter = parseSubmitter(submittedBy);
  if (submitter?.kind === 'build' && submitter.attempt !== '1') {
    return {
      message:
        'A repeated attempt of the run submitted the request, and its host doesn’t say who repeated it, so nobody can tell whether they approve it too.',
      expected: 'the first attempt of a run, started by a person whom the policy names',
      fix: 'Start a new run in place of repeating an old one, or submit with an API token.',
    };
  }
  if (submitter?.kind === 'build') {
    return {
      message:
        'The run that submitted the request was started by an account that the policy doesn’t know, so nobody can tell whether its owner approves it too.',
      expected: 'a run started by a person whom the policy names, with this account',
      fix: 'Let somebody whom the policy names start the run, add the account to the file of the person (people/<handle>.yaml), or submit with an API token.',
    };
  }
  return {
    message:
      'The request doesn’t say which person submitted it, so nobody can tell whether they approve it too.',
    expected: 'a person, or an API token with the person who made it',
    fix: 'Hand the request in again with a token made on the project’s page, or signed in.',
  };
}

function personBehind(submittedBy: string): PersonHandle | null {
  const submitter = parseSubmitter(submittedBy);
  return submitter === null ? null : submittingPerson(submitter);
}

function conclude(
  tally: ApprovalTally,
  findings: readonly Finding[],
  tooMany: boolean,
  policy: PolicyLocation | null,
): ApprovalCount {
  const { quorum, approvals, deniedBy } = tally;
  const rule = 'approval.quorum';
  const expected = `${quorum} ${quorum === 1 ? 'person' : 'people'} from the list of approvers`;
  const found = approvals.length === 0 ? 'nobody' : approvals.map((approval) => approval.handle).join(', ');
  if (deniedBy !== null) return { state: 'denied', ok: false, tally, findings };
  if (!Number.isSafeInteger(quorum) || quorum < 0) {
    const fix = 'Set approval.quorum in the policy to a whole number.';
    const finding = fail({
      rule,
      message: 'The policy asks for no countable quorum.',
      found: String(quorum),
      fix,
      policy,
    });
    return { state: 'denied', ok: false, tally, findings: [...findings, finding] };
  }
  // A denial might be beyond the limit, so the approvals don't suffice either.
  if (tooMany) {
    const message = `More than ${submissionsMax} submissions: nothing is decided until they are cleared.`;
    return { state: 'pending', ok: false, tally, findings: [...findings, info({ rule, message, policy })] };
  }
  const message = `${approvals.length} of ${quorum} approvals are there.`;
  if (approvals.length < quorum) {
    const waiting = info({ rule, message, expected, found, policy });
    return { state: 'pending', ok: false, tally, findings: [...findings, waiting] };
  }
  const reached = pass({ rule, message, expected, found, policy });
  return {
    state: 'approved',
    ok: true,
    value: tally as unknown as VerifiedApproval,
    findings: [...findings, reached],
  };
}

function judge(input: CountApprovalsInput, keys: ApproverKeys, submission: ApprovalSubmission): Judged {
  const read = readDecision(keys, submission);
  if (!read.ok) return { kind: 'ignored', reason: read.reason, found: read.found };
  const { statement, handle, fingerprint, decision, request, expiresAt } = read.value;
  const approval: CountedApproval = { handle, fingerprint, ...submission, expiresAt };
  // A denial need only be about this request: whatever else it says, its signer objects.
  if (decision === 'deny' && request === input.subject.request) return { kind: 'deny', approval };
  if (statement === null || decision === 'deny') {
    return { kind: 'ignored', reason: 'it denies another signing request', found: request };
  }
  if (!input.submitterMayApprove && handle === personBehind(input.subject.submittedBy)) {
    const reason = `${handle} handed this request in (${input.subject.submittedBy}), and somebody else has to approve it`;
    return { kind: 'ignored', reason, found: handle };
  }
  return mismatch(input, statement) ?? expiry(input, statement) ?? { kind: 'approve', approval };
}

const subjectNames = {
  request: 'signing request',
  project: 'project',
  policy: 'signing policy',
  artifactSha256: 'file',
  policyCommit: 'policy commit',
  sourceCommit: 'source commit',
  submittedBy: 'submitter',
  parameters: 'set of parameters',
} as const satisfies Record<keyof ApprovalSubject, string>;

function mismatch(input: CountApprovalsInput, statement: ApprovalStatement): Judged | null {
  const { subject, equivalentPolicyCommits } = input;
  for (const [key, name] of Object.entries(subjectNames) as [keyof ApprovalSubject, string][]) {
    if (sameMember(key, statement, subject)) continue;
    if (key === 'policyCommit' && equivalentPolicyCommits?.has(statement.policyCommit) === true) continue;
    const found = shownMember(key, statement);
    const reason = `it is about another ${name}, ${found ?? 'none'} instead of ${shownMember(key, subject) ?? 'none'}`;
    return { kind: 'ignored', reason, found };
  }
  return null;
}

const sameMember = (key: keyof ApprovalSubject, a: ApprovalSubject, b: ApprovalSubject): boolean =>
  key === 'parameters' ? sameParameters(a.parameters, b.parameters) : a[key] === b[key];

function shownMember(key: keyof ApprovalSubject, { parameters, ...others }: ApprovalSubject): string | null {
  if (key !== 'parameters') return others[key];
  return hasParameters(parameters) ? parametersText(parameters) : null;
}

function expiry(input: CountApprovalsInput, statement: ApprovalStatement): Judged | null {
  const secondsLeft = (Date.parse(statement.expiresAt) - input.now.getTime()) / 1000;
  const found = statement.expiresAt;
  if (secondsLeft <= 0) return { kind: 'ignored', reason: `it expired at ${found}`, found };
  const limit = input.validitySecondsMax ?? thirtyDaysInSeconds;
  if (secondsLeft <= limit) return null;
  return { kind: 'ignored', reason: `it runs until ${found}, longer than ${limit / 86_400} days`, found };
}
