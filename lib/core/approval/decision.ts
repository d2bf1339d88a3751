import type { PersonHandle, RequestId } from '../ids/index.ts';
import { findSigner } from './approver-keys.ts';
import type { ApproverKeys } from './approver-keys.ts';
import { StatementError } from './error.ts';
import { approvalNamespace, parseApprovalStatement, parseOldDenial } from './statement.ts';
import type { ApprovalStatement, Decision } from './statement.ts';

export interface ApprovalSubmission {
  /** The canonical JSON that was signed, as it was submitted. */
  readonly statement: string;
  /** Armored SSHSIG over exactly that text. */
  readonly signature: string;
}

/** What one of the listed people signed; whether it concerns the current request is checked elsewhere. */
export interface SignedDecision {
  readonly decision: Decision;
  readonly request: RequestId;
  readonly expiresAt: string;
  /** null: a denial in an older form, of which only the request matters. */
  readonly statement: ApprovalStatement | null;
  readonly handle: PersonHandle;
  readonly fingerprint: string;
}

export type ReadDecision =
  | { readonly ok: true; readonly value: SignedDecision }
  | { readonly ok: false; readonly reason: string; readonly found: string | null };

/** A submission → the decision in it, or why there is none. Signatures by unlisted keys cost one look-up. */
export function readDecision(keys: ApproverKeys, submission: ApprovalSubmission): ReadDecision {
  const { statement: text, signature } = submission;
  const signer = findSigner(keys, { text, signature, namespace: approvalNamespace });
  if (!signer.ok) return { ok: false, reason: signer.reason, found: signer.fingerprint };
  const { handle, fingerprint } = signer;
  try {
    const old = parseOldDenial(text);
    if (old !== null) {
      return { ok: true, value: { ...old, decision: 'deny', statement: null, handle, fingerprint } };
    }
    const statement = parseApprovalStatement(text);
    const { decision, request, expiresAt } = statement;
    return { ok: true, value: { decision, request, expiresAt, statement, handle, fingerprint } };
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
    return { ok: false, reason: error.message, found: null };
  }
}
