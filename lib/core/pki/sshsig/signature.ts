import { createHash } from 'node:crypto';
import { SshSignatureError } from './error.ts';
import { parseSshPublicKey } from './public-key.ts';
import type { SshPublicKey } from './public-key.ts';
import { SshReader, concat, sshString, sshUint32 } from './wire.ts';

export type SshHashAlgorithm = 'sha256' | 'sha512';

export interface SshSignature {
  readonly publicKey: SshPublicKey;
  readonly namespace: string;
  readonly hashAlgorithm: SshHashAlgorithm;
  /** SSH string type and algorithm-specific content, RFC 4253 §6.6. */
  readonly signatureBlob: Uint8Array;
}

const magic = new TextEncoder().encode('SSHSIG');
const armorBegin = '-----BEGIN SSH SIGNATURE-----';
const armorEnd = '-----END SSH SIGNATURE-----';
const armoredCharactersMax = 16_384;
const namespaceCharactersMax = 128;
const armoredBlocksMax = 64;

/** The parts of an SSHSIG, with the key that it names left in SSH wire encoding. */
export interface SshSignatureParts extends Omit<SshSignature, 'publicKey'> {
  readonly publicKeyBlob: Uint8Array;
}

/**
 * Armored SSHSIG (OpenSSH PROTOCOL.sshsig) → its parts, nothing verified yet.
 * Rejects text around the armor, non-canonical base64, versions other than 1, an empty namespace, a
 * non-empty reserved field, hashes other than SHA-256 and SHA-512, and trailing bytes.
 */
export function parseSshSignature(armored: string): SshSignature {
  const { publicKeyBlob, ...parts } = readSshSignature(armored);
  return { publicKey: parseSshPublicKey(publicKeyBlob), ...parts };
}

/** As parseSshSignature, without importing the key: enough to skip signatures of unknown keys. */
export function readSshSignature(armored: string): SshSignatureParts {
  const reader = new SshReader(unarmor(armored));
  if (Buffer.compare(reader.take(magic.length, 'preamble'), magic) !== 0) {
    throw new SshSignatureError('NOT_SSHSIG', 'the armor contains no SSHSIG');
  }
  const version = reader.uint32('version');
  if (version !== 1)
    throw new SshSignatureError('VERSION_UNSUPPORTED', `SSHSIG version ${version}; expected 1`);
  const publicKeyBlob = reader.string('public key');
  const namespace = reader.text('namespace');
  if (namespace.length === 0 || namespace.length > namespaceCharactersMax) {
    throw new SshSignatureError('NAMESPACE_INVALID', 'the namespace is empty or too long');
  }
  if (reader.string('reserved').length > 0) {
    throw new SshSignatureError('RESERVED_NOT_EMPTY', 'the reserved field must be empty in version 1');
  }
  const hashAlgorithm = reader.text('hash algorithm');
  if (hashAlgorithm !== 'sha256' && hashAlgorithm !== 'sha512') {
    throw new SshSignatureError('HASH_UNSUPPORTED', 'the hash algorithm is neither sha256 nor sha512');
  }
  const signatureBlob = reader.string('signature');
  reader.end('the signature');
  return { publicKeyBlob, namespace, hashAlgorithm, signatureBlob };
}

function unarmor(armored: string): Uint8Array {
  if (armored.length > armoredCharactersMax) {
    throw new SshSignatureError('TOO_LARGE', `armored signature over ${armoredCharactersMax} characters`);
  }
  const lines = armored.replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n');
  const body = lines.slice(1, -1);
  const base64 = body.join('');
  const bytes = Buffer.from(base64, 'base64');
  if (lines[0] !== armorBegin || lines.at(-1) !== armorEnd || body.length === 0) {
    throw new SshSignatureError(
      'ARMOR_INVALID',
      `a signature starts with ${armorBegin} and ends with ${armorEnd}`,
    );
  }
  if (bytes.toString('base64') !== base64) {
    throw new SshSignatureError('ARMOR_INVALID', 'the base64 inside the armor is not canonical');
  }
  return new Uint8Array(bytes);
}

/**
 * Text of one or more armored signatures, one after the other, → each of them, armor included.
 * Rejects anything but blank lines between them, and more than 64.
 */
export function splitSshSignatures(text: string): readonly string[] {
  if (text.length > armoredBlocksMax * armoredCharactersMax) {
    throw new SshSignatureError('TOO_LARGE', 'too much text for SSH signatures');
  }
  const blocks: string[] = [];
  let open: string[] | null = null;
  for (const line of text.replaceAll('\r\n', '\n').split('\n')) {
    if (open === null && line === '') continue;
    if ((open === null) !== (line === armorBegin)) {
      throw new SshSignatureError('ARMOR_INVALID', 'text that belongs to no armored signature');
    }
    open ??= [];
    open.push(line);
    if (line !== armorEnd) continue;
    if (blocks.push(`${open.join('\n')}\n`) > armoredBlocksMax) {
      throw new SshSignatureError('TOO_LARGE', `more than ${armoredBlocksMax} signatures`);
    }
    open = null;
  }
  if (open !== null) throw new SshSignatureError('ARMOR_INVALID', `no line ${armorEnd}`);
  return blocks;
}

/**
 * Every armored signature in a text that anybody may have added to, in order; everything else is skipped, so that no added
 * text can hide a signature. At most the first `charactersMax` characters are read.
 */
export function findSshSignatures(text: string, charactersMax: number): readonly string[] {
  const blocks: string[] = [];
  let open: string[] | null = null;
  for (const line of text.slice(0, charactersMax).split('\n').map(withoutReturn)) {
    if (line === armorBegin) open = [];
    open?.push(line);
    if (line !== armorEnd || open === null) continue;
    blocks.push(`${open.join('\n')}\n`);
    open = null;
  }
  return blocks;
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

/** The bytes an SSH key signs for a message: PROTOCOL.sshsig, "Signed Data". */
export function sshToBeSigned(
  namespace: string,
  hashAlgorithm: SshHashAlgorithm,
  message: Uint8Array,
): Uint8Array {
  const digest = createHash(hashAlgorithm).update(message).digest();
  return concat(magic, sshString(namespace), sshString(''), sshString(hashAlgorithm), sshString(digest));
}

/** The parts of a signature → armored SSHSIG text, as ssh-keygen -Y sign writes it. */
export function armorSshSignature(input: {
  readonly publicKeyBlob: Uint8Array;
  readonly namespace: string;
  readonly hashAlgorithm: SshHashAlgorithm;
  readonly signatureBlob: Uint8Array;
}): string {
  const bytes = concat(
    magic,
    sshUint32(1),
    sshString(input.publicKeyBlob),
    sshString(input.namespace),
    sshString(''),
    sshString(input.hashAlgorithm),
    sshString(input.signatureBlob),
  );
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,70}/g) ?? [];
  return `${[armorBegin, ...lines, armorEnd].join('\n')}\n`;
}
