import { isNode, parseDocument } from 'yaml';
import { checkApprovalKey } from './approval-key.ts';
import { parseDocumentOfKind } from './parse-policy-file.ts';
import { PolicyError } from './policy-error.ts';

/**
 * Bytes of a Person file → the same file with these approval keys instead of its own; comments stay.
 * `keys` are OpenSSH public keys, one line each as in `id_ed25519.pub` (a final line feed is dropped).
 * Rejects (PolicyError PERSON_FILE_INVALID) bytes that aren't a Person file, and keys that aren't valid in one.
 */
export function withApprovalKeys(bytes: Uint8Array, keys: readonly string[]): Uint8Array {
  requirePerson(bytes);
  const document = parseDocument(new TextDecoder().decode(bytes));
  const lines = keys.map((key) => key.trim());
  for (const line of lines) {
    const checked = checkApprovalKey(line);
    if (!checked.ok) throw new PolicyError('PERSON_FILE_INVALID', `${checked.message} ${checked.fix}`);
  }
  const next = document.createNode(lines.map((publicKey) => ({ type: 'ssh', publicKey })));
  const previous = document.get('approvalKeys', true);
  if (isNode(previous)) {
    next.commentBefore = previous.commentBefore ?? null;
    next.comment = previous.comment ?? null;
  }
  document.set('approvalKeys', next);
  const written = new TextEncoder().encode(document.toString({ lineWidth: 0 }));
  requirePerson(written);
  return written;
}

function requirePerson(bytes: Uint8Array): void {
  const parsed = parseDocumentOfKind({ path: 'people/person.yaml', bytes }, 'Person');
  if (!parsed.ok) throw new PolicyError('PERSON_FILE_INVALID', 'people/person.yaml', parsed.diagnostics);
}
