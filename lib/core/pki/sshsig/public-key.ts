import { createHash, createPublicKey } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { SshSignatureError } from './error.ts';
import { SshReader } from './wire.ts';

export type SshKeyType =
  | 'ssh-ed25519'
  | 'ssh-rsa'
  | 'ecdsa-sha2-nistp256'
  | 'ecdsa-sha2-nistp384'
  | 'ecdsa-sha2-nistp521'
  | 'sk-ssh-ed25519@openssh.com'
  | 'sk-ecdsa-sha2-nistp256@openssh.com';

export interface SshPublicKey {
  readonly type: SshKeyType;
  /** The whole key in SSH wire encoding, by which keys are compared. */
  readonly blob: Uint8Array;
  readonly key: KeyObject;
  /** Application string of a security key (`ssh:` by default), null for keys without hardware. */
  readonly application: string | null;
  /** `SHA256:` and the unpadded base64 digest, as ssh-keygen -l prints it. */
  readonly fingerprint: string;
}

const blobBytesMax = 4096;
const lineCharactersMax = 16_384;
const rsaModulusBitsMin = 3072;
const rsaModulusBitsMax = 16_384;

const curves = {
  nistp256: { crv: 'P-256', coordinateBytes: 32 },
  nistp384: { crv: 'P-384', coordinateBytes: 48 },
  nistp521: { crv: 'P-521', coordinateBytes: 66 },
} as const;
type CurveName = keyof typeof curves;

/**
 * Public key in SSH wire encoding (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4, OpenSSH PROTOCOL.u2f) → key.
 * Rejects DSA, certificates, RSA under 3072 bits, points off the curve and trailing bytes.
 */
export function parseSshPublicKey(blob: Uint8Array): SshPublicKey {
  if (blob.length > blobBytesMax) {
    throw new SshSignatureError('TOO_LARGE', `public key of ${blob.length} bytes; at most ${blobBytesMax}`);
  }
  const reader = new SshReader(blob);
  const type = reader.text('key type');
  const parsed = readKey(type, reader);
  reader.end('the public key');
  return {
    type: type as SshKeyType,
    blob,
    key: importKey(parsed.jwk, type),
    application: parsed.application,
    fingerprint: sshFingerprint(blob),
  };
}

/** Public key in SSH wire encoding → `SHA256:` and the unpadded base64 digest, as ssh-keygen -l prints it. */
export function sshFingerprint(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

function readKey(type: string, reader: SshReader): { jwk: JsonWebKey; application: string | null } {
  switch (type) {
    case 'ssh-ed25519':
      return { jwk: readEd25519(reader), application: null };
    case 'sk-ssh-ed25519@openssh.com':
      return { jwk: readEd25519(reader), application: reader.text('application') };
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      return { jwk: readEcdsa(reader, type.slice('ecdsa-sha2-'.length) as CurveName), application: null };
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return { jwk: readEcdsa(reader, 'nistp256'), application: reader.text('application') };
    case 'ssh-rsa':
      return { jwk: readRsa(reader), application: null };
    default:
      throw new SshSignatureError(
        'ALGORITHM_UNSUPPORTED',
        `key type ${JSON.stringify(type.slice(0, 80))} is not accepted; use ed25519, ecdsa, rsa or a security key`,
      );
  }
}

function readEd25519(reader: SshReader): JsonWebKey {
  const point = reader.string('Ed25519 point');
  if (point.length !== 32) throw new SshSignatureError('KEY_INVALID', 'an Ed25519 key has 32 bytes');
  return { kty: 'OKP', crv: 'Ed25519', x: base64url(point) };
}

function readEcdsa(reader: SshReader, expected: CurveName): JsonWebKey {
  const { crv, coordinateBytes } = curves[expected];
  const named = reader.text('curve name');
  if (named !== expected)
    throw new SshSignatureError('KEY_INVALID', `curve ${named} in a key of ${expected}`);
  const point = reader.string('curve point');
  // 0x04 marks the uncompressed form, the only one that RFC 5656 §3.1 requires everybody to support.
  if (point.length !== 1 + 2 * coordinateBytes || point[0] !== 4) {
    throw new SshSignatureError('KEY_INVALID', `not an uncompressed ${crv} point`);
  }
  return {
    kty: 'EC',
    crv,
    x: base64url(point.subarray(1, 1 + coordinateBytes)),
    y: base64url(point.subarray(1 + coordinateBytes)),
  };
}

function readRsa(reader: SshReader): JsonWebKey {
  const exponent = reader.positiveInteger('RSA exponent');
  const modulus = reader.positiveInteger('RSA modulus');
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  if (bits < rsaModulusBitsMin) {
    throw new SshSignatureError('KEY_TOO_WEAK', `RSA key of ${bits} bits; at least ${rsaModulusBitsMin}`);
  }
  const odd = (exponent.at(-1) ?? 0) % 2 === 1;
  if (bits > rsaModulusBitsMax || exponent.length < 3 || exponent.length > 4 || !odd) {
    throw new SshSignatureError('KEY_INVALID', 'RSA modulus or public exponent out of range');
  }
  return { kty: 'RSA', n: base64url(modulus), e: base64url(exponent) };
}

function importKey(jwk: JsonWebKey, type: string): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch (cause) {
    throw new SshSignatureError('KEY_INVALID', `not a usable ${type} key`, { cause });
  }
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/**
 * One line of an OpenSSH public key file, `type base64 [comment]` → key.
 * Rejects options, several lines, non-canonical base64 and a type that differs from the one inside.
 */
export function parseSshPublicKeyLine(line: string): SshPublicKey {
  const match =
    line.length <= lineCharactersMax
      ? /^([a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})(?: [^\r\n]*)?\n?$/.exec(line)
      : null;
  const [, type, base64] = match ?? [];
  if (type === undefined || base64 === undefined) {
    throw new SshSignatureError('KEY_LINE_INVALID', 'not an OpenSSH public key line: `type base64 comment`');
  }
  const blob = new Uint8Array(Buffer.from(base64, 'base64'));
  if (Buffer.from(blob).toString('base64') !== base64) {
    throw new SshSignatureError('KEY_LINE_INVALID', 'the base64 of the public key is not canonical');
  }
  const key = parseSshPublicKey(blob);
  if (key.type !== type) {
    throw new SshSignatureError('KEY_LINE_INVALID', `the line says ${type}, the key inside is ${key.type}`);
  }
  return key;
}
