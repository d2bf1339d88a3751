import { createHash, verify } from 'node:crypto';
import { SshSignatureError } from './error.ts';
import type { SshSignatureErrorCode } from './error.ts';
import { parseSshPublicKeyLine, sshFingerprint } from './public-key.ts';
import type { SshPublicKey } from './public-key.ts';
import { readSshSignature, sshToBeSigned } from './signature.ts';
import type { SshSignatureParts } from './signature.ts';
import { SshReader, concat, equalBytes } from './wire.ts';

export type SshVerification =
  | { readonly ok: true; readonly key: SshPublicKey }
  | {
      readonly ok: false;
      readonly code: SshSignatureErrorCode | 'NAMESPACE_MISMATCH' | 'KEY_NOT_ALLOWED' | 'SIGNATURE_WRONG';
      /** One sentence for a person: why the signature isn't accepted. */
      readonly reason: string;
      /** Fingerprint of the key that the signature names, or null if it couldn't be read. */
      readonly fingerprint: string | null;
    };

/**
 * Armored SSHSIG over `message` → the listed key that made it, or why it isn't accepted.
 * `allowedKeys` are OpenSSH public key lines; a malformed one throws SshSignatureError, because the list is
 * configuration. The namespace must be exactly the one passed in, so that a signature made for one purpose
 * can't serve another.
 */
export function verifySshSignature(input: {
  readonly armored: string;
  readonly message: Uint8Array;
  readonly namespace: string;
  readonly allowedKeys: readonly string[];
}): SshVerification {
  return verifySshSignatureBy(input.allowedKeys.map(parseSshPublicKeyLine), input);
}

/** The same with keys that are already parsed: a signature by another key costs no cryptographic operation. */
export function verifySshSignatureBy(
  allowed: readonly SshPublicKey[],
  input: { readonly armored: string; readonly message: Uint8Array; readonly namespace: string },
): SshVerification {
  let signature: SshSignatureParts;
  try {
    signature = readSshSignature(input.armored);
  } catch (error) {
    if (!(error instanceof SshSignatureError)) throw error;
    return { ok: false, code: error.code, reason: error.message, fingerprint: null };
  }
  const fingerprint = sshFingerprint(signature.publicKeyBlob);
  if (signature.namespace !== input.namespace) {
    const reason = `signed for namespace ${JSON.stringify(signature.namespace)}, not ${JSON.stringify(input.namespace)}`;
    return { ok: false, code: 'NAMESPACE_MISMATCH', reason, fingerprint };
  }
  const key = allowed.find((candidate) => equalBytes(candidate.blob, signature.publicKeyBlob));
  if (key === undefined) {
    const reason = `signed with key ${fingerprint}, which is not listed`;
    return { ok: false, code: 'KEY_NOT_ALLOWED', reason, fingerprint };
  }
  const data = sshToBeSigned(signature.namespace, signature.hashAlgorithm, input.message);
  try {
    if (verifySignatureBlob(key, signature.signatureBlob, data)) return { ok: true, key };
  } catch (error) {
    if (!(error instanceof SshSignatureError)) throw error;
    return { ok: false, code: error.code, reason: error.message, fingerprint };
  }
  const reason = `the signature by ${fingerprint} is not over this text`;
  return { ok: false, code: 'SIGNATURE_WRONG', reason, fingerprint };
}

function verifySignatureBlob(key: SshPublicKey, blob: Uint8Array, data: Uint8Array): boolean {
  const reader = new SshReader(blob);
  const algorithm = reader.text('signature algorithm');
  switch (key.type) {
    case 'ssh-ed25519': {
      expectAlgorithm(algorithm, [key.type]);
      const signature = ed25519Signature(reader);
      reader.end('the signature');
      return verify(null, data, key.key, signature);
    }
    case 'ssh-rsa': {
      // ssh-rsa itself means SHA-1: refused, as OpenSSH does for SSHSIG.
      expectAlgorithm(algorithm, ['rsa-sha2-256', 'rsa-sha2-512']);
      const signature = reader.string('RSA signature');
      reader.end('the signature');
      return verify(algorithm === 'rsa-sha2-256' ? 'sha256' : 'sha512', data, key.key, signature);
    }
    case 'ecdsa-sha2-nistp256':
      return verifyEcdsa(key, algorithm, reader, data, 'sha256', 32);
    case 'ecdsa-sha2-nistp384':
      return verifyEcdsa(key, algorithm, reader, data, 'sha384', 48);
    case 'ecdsa-sha2-nistp521':
      return verifyEcdsa(key, algorithm, reader, data, 'sha512', 66);
    case 'sk-ssh-ed25519@openssh.com': {
      expectAlgorithm(algorithm, [key.type]);
      const signature = ed25519Signature(reader);
      return verify(null, securityKeyData(key, reader, data), key.key, signature);
    }
    case 'sk-ecdsa-sha2-nistp256@openssh.com': {
      expectAlgorithm(algorithm, [key.type]);
      const signature = ecdsaSignature(reader, 32);
      const signed = securityKeyData(key, reader, data);
      return verify('sha256', signed, { key: key.key, dsaEncoding: 'ieee-p1363' }, signature);
    }
  }
}

function verifyEcdsa(
  key: SshPublicKey,
  algorithm: string,
  reader: SshReader,
  data: Uint8Array,
  hash: string,
  coordinateBytes: number,
): boolean {
  expectAlgorithm(algorithm, [key.type]);
  const signature = ecdsaSignature(reader, coordinateBytes);
  reader.end('the signature');
  return verify(hash, data, { key: key.key, dsaEncoding: 'ieee-p1363' }, signature);
}

function expectAlgorithm(found: string, accepted: readonly string[]): void {
  if (accepted.includes(found)) return;
  const name = JSON.stringify(found.slice(0, 80));
  throw new SshSignatureError(
    'ALGORITHM_MISMATCH',
    `signature of type ${name}; expected ${accepted.join(' or ')}`,
  );
}

function ed25519Signature(reader: SshReader): Uint8Array {
  const signature = reader.string('Ed25519 signature');
  if (signature.length !== 64) {
    throw new SshSignatureError('SIGNATURE_MALFORMED', 'an Ed25519 signature has 64 bytes');
  }
  return signature;
}

/** RFC 5656 §3.1.2: mpint r, mpint s → IEEE P1363, both of the curve's width. */
function ecdsaSignature(reader: SshReader, coordinateBytes: number): Uint8Array {
  const inner = new SshReader(reader.string('ECDSA signature'));
  const parts = [inner.positiveInteger('r'), inner.positiveInteger('s')];
  inner.end('s');
  const padded = parts.map((part) => {
    if (part.length > coordinateBytes) {
      throw new SshSignatureError('SIGNATURE_MALFORMED', 'r or s is wider than the curve');
    }
    return concat(new Uint8Array(coordinateBytes - part.length), part);
  });
  return concat(...padded);
}

const userPresent = 0x01;

/**
 * OpenSSH PROTOCOL.u2f, "SSH U2F Signatures": the token signs SHA-256(application), flags, counter and
 * SHA-256(data). A signature without the user-presence flag was made without a touch and is refused.
 */
function securityKeyData(key: SshPublicKey, reader: SshReader, data: Uint8Array): Uint8Array {
  const tail = reader.take(5, 'security key flags and counter');
  reader.end('the signature');
  if (((tail[0] ?? 0) & userPresent) === 0) {
    throw new SshSignatureError('SIGNATURE_MALFORMED', 'the security key was not touched for this signature');
  }
  const sha256 = (bytes: Uint8Array | string): Uint8Array => createHash('sha256').update(bytes).digest();
  return concat(sha256(key.application ?? ''), tail, sha256(data));
}
