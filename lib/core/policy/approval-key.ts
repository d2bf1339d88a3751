/** Checks of an OpenSSH public key that need no signature: RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4. */
import { isError } from '../error/index.ts';
import { parseSshPublicKeyLine, SshSignatureError } from '../pki/sshsig/index.ts';

const rsaBitsMin = 3072;
const rsaBitsMax = 16_384;

export type ApprovalKeyCheck =
  | {
      readonly ok: true;
      /** Type and base64, without the comment: equal for equal keys. */ readonly identity: string;
    }
  | { readonly ok: false; readonly message: string; readonly fix: string };

/**
 * One line `type base64 comment`, already of the schema's form → its identity.
 * Rejects base64 that isn't canonical, a blob of another type or with a wrong length, RSA below 3072 bits, and whatever
 * else whoever verifies signatures can't use: a policy with such a key could never be followed by another.
 */
export function checkApprovalKey(line: string): ApprovalKeyCheck {
  const [type = '', encoded = ''] = line.split(' ');
  const blob = Buffer.from(encoded, 'base64');
  if (blob.toString('base64') !== encoded) {
    return refuse('The base64 of this key is damaged.', 'Copy the whole line of the .pub file.');
  }
  const fields = readFields(blob);
  if (fields === null || fields[0]?.toString('latin1') !== type || !hasFormOf(type, fields)) {
    return refuse(`The key's data is not that of ${type}.`, 'Copy the whole line of the .pub file.');
  }
  if (type === 'ssh-rsa') {
    const bits = magnitudeBits(fields[2] ?? Buffer.alloc(0));
    if (bits < rsaBitsMin) {
      const fix = `Use ssh-ed25519, or RSA with at least ${rsaBitsMin} bits.`;
      return refuse(`This RSA key has ${bits} bits.`, fix);
    }
    if (bits > rsaBitsMax) return refuse(`This RSA key has ${bits} bits.`, `Use at most ${rsaBitsMax}.`);
  }
  try {
    parseSshPublicKeyLine(line);
  } catch (error) {
    if (!isError(error, SshSignatureError)) throw error;
    return refuse(
      `Nobody's signature can be verified with this key: ${error.message}.`,
      'Make a new key, best with ssh-keygen -t ed25519.',
    );
  }
  return { ok: true, identity: `${type} ${encoded}` };
}

const refuse = (message: string, fix: string): ApprovalKeyCheck => ({ ok: false, message, fix });

/** RFC 4251 §5: each field is a uint32 length and that many bytes. At most 3 fields; null: not well-formed. */
function readFields(blob: Buffer): readonly Buffer[] | null {
  const fields: Buffer[] = [];
  let at = 0;
  while (at < blob.length) {
    if (fields.length === 3 || at + 4 > blob.length) return null;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return null;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

const curvePointBytes: Readonly<Record<string, number>> = { nistp256: 65, nistp384: 97, nistp521: 133 };

function hasFormOf(type: string, fields: readonly Buffer[]): boolean {
  const [, second, third] = fields;
  if (second === undefined) return false;
  if (type === 'ssh-ed25519') return fields.length === 2 && second.length === 32;
  if (third === undefined) return false;
  if (type === 'ssh-rsa') return second.length > 0 && third.length > 0;
  const curve = second.toString('latin1');
  // 0x04: uncompressed point (SEC 1 §2.3.3), the only form that OpenSSH writes.
  return type === `ecdsa-sha2-${curve}` && third.length === curvePointBytes[curve] && third[0] === 4;
}

function magnitudeBits(mpint: Buffer): number {
  const start = mpint.findIndex((byte) => byte !== 0);
  return start < 0 ? 0 : (mpint.length - start) * 8 - Math.clz32(mpint[start] ?? 0) + 24;
}
