import {
  IdentifierError,
  parseCommitSha,
  parsePolicySlug,
  parseProjectSlug,
  parseRequestId,
  parseSha256Hex,
} from '../ids/index.ts';
import type { CommitSha, PolicySlug, ProjectSlug, RequestId, Sha256Hex } from '../ids/index.ts';
import { CanonicalJsonError, canonicalJson } from '../json/index.ts';
import type { JsonValue } from '../json/index.ts';
import { hasParameters, noParameters, readParameters } from '../wire/parameters/index.ts';
import type { ParameterValues } from '../wire/parameters/index.ts';
import { StatementError } from './error.ts';

/** Of a request without parameters. */
export const approvalStatementType = 'https://countersign.example/approval/v2';
/** Of a request with parameters, and of no other: each approval has one text. */
const parametersStatementType = 'https://countersign.example/approval/v3';
/** Without submitter; a denial in this form still counts, an approval doesn't. */
const oldApprovalStatementType = 'https://countersign.example/approval/v1';
export const policyAcceptanceType = 'https://countersign.example/policy-acceptance/v1';

/** SSHSIG namespace of approvals: a signature for one purpose is invalid for another. */
export const approvalNamespace = 'countersign-approval';
/** SSHSIG namespace for a policy maintainer's acceptance of a commit. */
export const policyNamespace = 'countersign-policy';

export type Decision = 'approve' | 'deny';

/** What an approver decides about: this file, from this commit, under this policy, for this request. */
export interface ApprovalSubject {
  readonly request: RequestId;
  readonly project: ProjectSlug;
  readonly policy: PolicySlug;
  readonly artifactSha256: Sha256Hex;
  readonly policyCommit: CommitSha;
  /** Commit that the verified origin names; null where a test policy asks for no origin. */
  readonly sourceCommit: CommitSha | null;
  /** The submitter, as shown to the approver: see lib/core/wire/submitter. */
  readonly submittedBy: string;
  /** What the request fills into the artifact configuration. */
  readonly parameters: ParameterValues;
}

export interface ApprovalStatement extends ApprovalSubject {
  readonly decision: Decision;
  /** When the approval expires. ISO 8601, UTC, milliseconds. */
  readonly expiresAt: string;
}

const statementCharactersMax = 4096;
/** An approval with as many parameters as a request may have, quoted. */
export const approvalCharactersMax = 8192;

/** Statement → canonical JSON (RFC 8785), the text that is shown to the approver and signed. */
export function approvalStatement(statement: ApprovalStatement): string {
  const withParameters = hasParameters(statement.parameters);
  return canonicalJson({
    type: withParameters ? parametersStatementType : approvalStatementType,
    ...(withParameters ? { parameters: parseParameters(statement.parameters) } : {}),
    request: statement.request,
    project: statement.project,
    policy: statement.policy,
    artifactSha256: statement.artifactSha256,
    policyCommit: statement.policyCommit,
    sourceCommit: statement.sourceCommit,
    submittedBy: parseSubmittedBy(statement.submittedBy),
    decision: statement.decision,
    expiresAt: parseTime(statement.expiresAt),
  });
}

/**
 * Canonical JSON text → statement.
 * Rejects (StatementError): over 4096 characters (8192 with parameters), any text that isn't byte for byte the canonical form, unknown
 * or missing members, another type, malformed identifiers and times.
 */
export function parseApprovalStatement(text: string): ApprovalStatement {
  const withParameters = text.includes(`"${parametersStatementType}"`);
  const members = parseMembers(
    text,
    withParameters ? parametersStatementType : approvalStatementType,
    withParameters ? ['parameters', ...statementNames] : statementNames,
    withParameters ? approvalCharactersMax : statementCharactersMax,
  );
  return values(() => ({
    request: parseRequestId(members['request']),
    project: parseProjectSlug(members['project']),
    policy: parsePolicySlug(members['policy']),
    artifactSha256: parseSha256Hex(members['artifactSha256']),
    policyCommit: parseCommitSha(members['policyCommit']),
    sourceCommit: members['sourceCommit'] === null ? null : parseCommitSha(members['sourceCommit']),
    submittedBy: parseSubmittedBy(members['submittedBy']),
    parameters: withParameters ? parseParameters(members['parameters']) : noParameters,
    decision: parseDecision(members['decision']),
    expiresAt: parseTime(members['expiresAt']),
  }));
}

/** A denial in the previous form → its request; null: anything else. */
export function parseOldDenial(
  text: string,
): { readonly request: RequestId; readonly expiresAt: string } | null {
  try {
    const members = parseMembers(text, oldApprovalStatementType, oldNames);
    if (parseDecision(members['decision']) !== 'deny') return null;
    return values(() => ({
      request: parseRequestId(members['request']),
      expiresAt: parseTime(members['expiresAt']),
    }));
  } catch (error) {
    if (error instanceof StatementError) return null;
    throw error;
  }
}

const oldNames = [
  'request',
  'project',
  'policy',
  'artifactSha256',
  'policyCommit',
  'sourceCommit',
  'decision',
  'expiresAt',
];

const statementNames = ['submittedBy', ...oldNames];

/** Commit of the policy repository → canonical JSON that a policy maintainer signs to accept it. */
export function policyAcceptanceStatement(commit: CommitSha): string {
  return canonicalJson({ type: policyAcceptanceType, commit });
}

/** Canonical JSON text → the accepted commit; rejects as parseApprovalStatement does. */
export function parsePolicyAcceptance(text: string): { readonly commit: CommitSha } {
  const members = parseMembers(text, policyAcceptanceType, ['commit']);
  return values(() => ({ commit: parseCommitSha(members['commit']) }));
}

/** For the statements of this room: canonical JSON of one type with exactly these members. */
export function parseMembers(
  text: string,
  type: string,
  expected: readonly string[],
  charactersMax = statementCharactersMax,
): Readonly<Record<string, unknown>> {
  if (text.length > charactersMax) {
    throw new StatementError('TOO_LARGE', `a statement has at most ${charactersMax} characters`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new StatementError('NOT_JSON', 'the statement is not JSON', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StatementError('SHAPE_INVALID', 'the statement is not a JSON object');
  }
  // Each value has exactly one text. This also catches what parses differently, such as duplicate names.
  if (canonicalText(value as JsonValue) !== text) {
    throw new StatementError('NOT_CANONICAL', 'the statement is not in canonical form (RFC 8785)');
  }
  const members = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(members).sort().join(', ');
  const wanted = ['type', ...expected].sort().join(', ');
  if (names !== wanted) {
    throw new StatementError('SHAPE_INVALID', `the statement has ${names.slice(0, 200)}; expected ${wanted}`);
  }
  if (members['type'] !== type) {
    throw new StatementError('SHAPE_INVALID', `the statement's type is not ${type}`);
  }
  return members;
}

function canonicalText(value: JsonValue): string | null {
  try {
    return canonicalJson(value);
  } catch (error) {
    if (error instanceof CanonicalJsonError) return null;
    throw error;
  }
}

function parseDecision(value: unknown): Decision {
  if (value === 'approve' || value === 'deny') return value;
  throw new StatementError('VALUE_INVALID', 'the decision is neither "approve" nor "deny"');
}

const submittedByCharactersMax = 512;

function parseSubmittedBy(value: unknown): string {
  if (typeof value === 'string' && value.length <= submittedByCharactersMax && value.isWellFormed())
    return value;
  throw new StatementError(
    'VALUE_INVALID',
    `submittedBy is not a text of at most ${submittedByCharactersMax} characters`,
  );
}

function parseParameters(value: unknown): ParameterValues {
  const read = readParameters(value);
  if (!read.ok) throw new StatementError('VALUE_INVALID', read.message);
  if (!hasParameters(read.value)) throw new StatementError('VALUE_INVALID', 'the parameters are empty');
  return read.value;
}

function parseTime(value: unknown): string {
  if (typeof value === 'string' && value.length <= 32) {
    const time = new Date(value);
    if (!Number.isNaN(time.getTime()) && time.toISOString() === value) return value;
  }
  throw new StatementError('VALUE_INVALID', 'expiresAt is not a time like 2026-01-31T12:00:00.000Z');
}

function values<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof IdentifierError) throw new StatementError('VALUE_INVALID', cause.message, { cause });
    throw cause;
  }
}
