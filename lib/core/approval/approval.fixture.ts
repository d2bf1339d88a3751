import { generateKeyPairSync } from 'node:crypto';
import {
  parseCommitSha,
  parsePersonHandle,
  parsePolicySlug,
  parseProjectSlug,
  parseRequestId,
  parseSha256Hex,
} from '../ids/index.ts';
import { createSshSignature, ed25519PublicKeyLine } from '../pki/sshsig/index.ts';
import type { ApprovalStatement, ApprovalSubmission, Approver } from './index.ts';
import { approvalNamespace, approvalStatement } from './index.ts';

export function statementFields(changes: Partial<ApprovalStatement> = {}): ApprovalStatement {
  return {
    request: parseRequestId('0b7c1c1e-52a4-4c6f-9d0e-8f2f7e0f5a11'),
    project: parseProjectSlug('widget'),
    policy: parsePolicySlug('release-signing'),
    artifactSha256: parseSha256Hex('a'.repeat(64)),
    policyCommit: parseCommitSha('b'.repeat(40)),
    sourceCommit: parseCommitSha('c'.repeat(40)),
    submittedBy: 'person:dora',
    parameters: {},
    decision: 'approve',
    expiresAt: '2026-01-08T00:00:00.000Z',
    ...changes,
  };
}

/** A person with real Ed25519 keys generated for the test. */
export function person(handle: string, keyCount = 1) {
  const keys = Array.from({ length: keyCount }, () => generateKeyPairSync('ed25519'));
  const approver: Approver = {
    handle: parsePersonHandle(handle),
    keys: keys.map((key) => ed25519PublicKeyLine(key.publicKey, handle)),
  };
  const sign = (text: string, namespace: string, keyIndex = 0): string => {
    const pair = keys[keyIndex];
    if (pair === undefined) throw new RangeError(`${handle} has ${keyCount} keys`);
    return createSshSignature({
      privateKey: pair.privateKey,
      message: new TextEncoder().encode(text),
      namespace,
    });
  };
  const decide = (changes: Partial<ApprovalStatement> = {}, keyIndex = 0): ApprovalSubmission => {
    const statement = approvalStatement(statementFields(changes));
    return { statement, signature: sign(statement, approvalNamespace, keyIndex) };
  };
  return { approver, decide, sign };
}
