/** The signed statement that stops or resumes signing. One person suffices to stop. */
import { createHash } from 'node:crypto';
import { IdentifierError, parseProjectSlug, type PersonHandle, type ProjectSlug } from '../ids/index.ts';
import { canonicalJson } from '../json/index.ts';
import { countCharacters } from '../text/typed/index.ts';
import { parseSshPublicKeyLine, verifySshSignature } from '../pki/sshsig/index.ts';
import type { Approver } from './approver-keys.ts';
import { StatementError } from './error.ts';
import { parseMembers } from './statement.ts';

const stopStatementType = 'https://countersign.example/emergency-stop/v1';
/** SSHSIG namespace: a signature for one purpose is invalid for another. */
export const stopNamespace = 'countersign-stop';

export type StopAction = 'stop' | 'lift';

export interface StopStatement {
  readonly action: StopAction;
  /** null: all projects. */
  readonly project: ProjectSlug | null;
  readonly reason: string;
  /** When it was written: ISO 8601, UTC, milliseconds. */
  readonly at: string;
}

export const stopReasonCharactersMax = 500;
/** Limits how long a statement can be withheld before somebody else decides when it takes effect. */
const freshMilliseconds = 15 * 60_000;
/** Allowance for clock differences. */
const aheadMilliseconds = 5 * 60_000;

/** → canonical JSON (RFC 8785), the text that is signed. Throws StatementError VALUE_INVALID. */
export function stopStatement(statement: StopStatement): string {
  const { action, project, reason, at } = checked(statement);
  return canonicalJson({ type: stopStatementType, action, project, reason, at });
}

/** Statement → SHA-256, hexadecimal, by which signers name the stop in their journal and confirm it. */
export function stopDigest(statement: string): string {
  return createHash('sha256')
    .update(canonicalJson({ source: 'statement', statement }))
    .digest('hex');
}

/** Canonical JSON text → statement; rejects as parseApprovalStatement does. */
export function parseStopStatement(text: string): StopStatement {
  const members = parseMembers(text, stopStatementType, ['action', 'project', 'reason', 'at']);
  const { action, project, reason, at } = members;
  try {
    return checked({
      action:
        action === 'stop' || action === 'lift' ? action : refuse('the action is neither "stop" nor "lift"'),
      project: project === null ? null : parseProjectSlug(project),
      reason: typeof reason === 'string' ? reason : refuse('the reason is not a text'),
      at: typeof at === 'string' ? at : refuse('the time is not a text'),
    });
  } catch (cause) {
    if (cause instanceof IdentifierError) throw new StatementError('VALUE_INVALID', cause.message, { cause });
    throw cause;
  }
}

export interface StopInput {
  readonly statement: string;
  /** Armored SSHSIG over exactly that text. */
  readonly signature: string;
  /** May stop and lift anything. */
  readonly policyMaintainers: readonly Approver[];
  /** The approvers of a project: they may stop their own project, and lift nothing. */
  readonly approversOf: (project: ProjectSlug) => readonly Approver[];
  readonly now: Date;
}

export type JudgedStop =
  | {
      readonly ok: true;
      readonly statement: StopStatement;
      readonly handle: PersonHandle;
      readonly fingerprint: string;
    }
  | { readonly ok: false; readonly reason: string };

/** Whether a statement was signed recently by somebody entitled to it. */
export function judgeStop(input: StopInput): JudgedStop {
  let statement: StopStatement;
  try {
    statement = parseStopStatement(input.statement);
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
    return { ok: false, reason: error.message };
  }
  const age = input.now.getTime() - Date.parse(statement.at);
  if (age > freshMilliseconds || age < -aheadMilliseconds) {
    return {
      ok: false,
      reason: `it was written at ${statement.at} and is valid for 15 minutes: write a new one`,
    };
  }
  const own =
    statement.action === 'stop' && statement.project !== null ? input.approversOf(statement.project) : [];
  const allowed = [...input.policyMaintainers, ...own];
  const verified = verifySshSignature({
    armored: input.signature,
    namespace: stopNamespace,
    message: new TextEncoder().encode(input.statement),
    allowedKeys: [...new Set(allowed.flatMap((approver) => approver.keys))],
  });
  if (!verified.ok) return { ok: false, reason: verified.reason };
  const { fingerprint } = verified.key;
  const handles = new Set(
    allowed
      .filter((approver) =>
        approver.keys.some((line) => parseSshPublicKeyLine(line).fingerprint === fingerprint),
      )
      .map((approver) => approver.handle),
  );
  const [handle, ...others] = handles;
  if (handle === undefined || others.length > 0)
    return { ok: false, reason: 'the key is listed for several people, so it doesn’t tell who signed' };
  return { ok: true, statement, handle, fingerprint };
}

function checked(statement: StopStatement): StopStatement {
  const { reason, at } = statement;
  if (reason.trim() === '' || countCharacters(reason) > stopReasonCharactersMax || !reason.isWellFormed())
    refuse(`the reason has 1 to ${stopReasonCharactersMax} characters`);
  const time = new Date(at);
  if (at.length > 32 || Number.isNaN(time.getTime()) || time.toISOString() !== at)
    refuse('at is not a time like 2026-01-31T12:00:00.000Z');
  return statement;
}

function refuse(message: string): never {
  throw new StatementError('VALUE_INVALID', message);
}
