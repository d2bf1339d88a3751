import { createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SshSignatureError } from './error.ts';
import { armorSshSignature, sshToBeSigned } from './signature.ts';
import { concat, sshString } from './wire.ts';

const keyType = 'ssh-ed25519';

function ed25519Blob(key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new SshSignatureError('ALGORITHM_UNSUPPORTED', 'only Ed25519 keys can be written here');
  }
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const { x } = publicKey.export({ format: 'jwk' });
  return concat(sshString(keyType), sshString(Buffer.from(x ?? '', 'base64url')));
}

/** Ed25519 key, public or private → its OpenSSH public key line. */
export function ed25519PublicKeyLine(key: KeyObject, comment: string): string {
  return `${keyType} ${Buffer.from(ed25519Blob(key)).toString('base64')} ${comment}`;
}

/** Ed25519 private key, message and namespace → armored SSHSIG, the same as ssh-keygen -Y sign makes. */
export function createSshSignature(input: {
  readonly privateKey: KeyObject;
  readonly message: Uint8Array;
  readonly namespace: string;
}): string {
  const hashAlgorithm = 'sha512';
  const signature = sign(
    null,
    sshToBeSigned(input.namespace, hashAlgorithm, input.message),
    input.privateKey,
  );
  return armorSshSignature({
    publicKeyBlob: ed25519Blob(input.privateKey),
    namespace: input.namespace,
    hashAlgorithm,
    signatureBlob: concat(sshString(keyType), sshString(signature)),
  });
}
