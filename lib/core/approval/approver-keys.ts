import type { PersonHandle } from '../ids/index.ts';
import { parseSshPublicKeyLine, verifySshSignatureBy } from '../pki/sshsig/index.ts';
import type { SshPublicKey } from '../pki/sshsig/index.ts';

export interface Approver {
  readonly handle: PersonHandle;
  /** OpenSSH public key lines. */
  readonly keys: readonly string[];
}

/** The keys of all approvers, parsed once for any number of signatures. */
export interface ApproverKeys {
  readonly keys: readonly SshPublicKey[];
  /** Fingerprint → everybody who lists the key; a key shared by two people doesn't identify the signer. */
  readonly owners: ReadonlyMap<string, readonly PersonHandle[]>;
}

export type FoundSigner =
  | { readonly ok: true; readonly handle: PersonHandle; readonly fingerprint: string }
  | { readonly ok: false; readonly reason: string; readonly fingerprint: string | null };

/** People → their keys. Throws SshSignatureError for a malformed key line: the list is configuration. */
export function approverKeys(approvers: readonly Approver[]): ApproverKeys {
  const keys = new Map<string, SshPublicKey>();
  const owners = new Map<string, readonly PersonHandle[]>();
  for (const { handle, keys: lines } of approvers) {
    for (const key of lines.map(parseSshPublicKeyLine)) {
      const { fingerprint } = key;
      const before = owners.get(fingerprint) ?? [];
      keys.set(fingerprint, key);
      if (!before.includes(handle)) owners.set(fingerprint, [...before, handle]);
    }
  }
  return { keys: [...keys.values()], owners };
}

/** Which of the listed people made an armored SSHSIG over exactly this text. */
export function findSigner(
  { keys, owners }: ApproverKeys,
  input: { readonly text: string; readonly signature: string; readonly namespace: string },
): FoundSigner {
  const verified = verifySshSignatureBy(keys, {
    armored: input.signature,
    message: new TextEncoder().encode(input.text),
    namespace: input.namespace,
  });
  if (!verified.ok) return { ok: false, reason: verified.reason, fingerprint: verified.fingerprint };
  const { fingerprint } = verified.key;
  const [handle, ...others] = owners.get(fingerprint) ?? [];
  if (handle !== undefined && others.length === 0) return { ok: true, handle, fingerprint };
  const everybody = owners.get(fingerprint)?.join(' and ') ?? 'nobody';
  const reason = `the key is listed for ${everybody}, so it doesn’t tell who signed`;
  return { ok: false, reason, fingerprint };
}
