import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  SshSignatureError,
  createSshSignature,
  ed25519PublicKeyLine,
  parseSshPublicKey,
  parseSshPublicKeyLine,
  parseSshSignature,
  splitSshSignatures,
  verifySshSignature,
} from './index.ts';
import { armorSshSignature, sshToBeSigned } from './signature.ts';
import { concat, sshString, sshUint32 } from './wire.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const keyLine = ed25519PublicKeyLine(publicKey, 'test key');
const message = new TextEncoder().encode('approve this');
const namespace = 'countersign-approval';
const armored = createSshSignature({ privateKey, message, namespace });

const check = (changes: Partial<Parameters<typeof verifySshSignature>[0]> = {}) =>
  verifySshSignature({ armored, message, namespace, allowedKeys: [keyLine], ...changes });
const code = (result: ReturnType<typeof check>) => (result.ok ? 'OK' : result.code);
const bytesOf = (text: string): Uint8Array =>
  new Uint8Array(Buffer.from(text.replace(/-----[^\n]+\n?/g, '').replaceAll('\n', ''), 'base64'));
const armor = (bytes: Uint8Array): string =>
  `-----BEGIN SSH SIGNATURE-----\n${Buffer.from(bytes).toString('base64')}\n-----END SSH SIGNATURE-----\n`;
const parsed = parseSshSignature(armored);
const rewritten = (changes: Partial<Parameters<typeof armorSshSignature>[0]>): string =>
  armorSshSignature({
    publicKeyBlob: parsed.publicKey.blob,
    namespace,
    hashAlgorithm: 'sha512',
    signatureBlob: parsed.signatureBlob,
    ...changes,
  });

describe('verifySshSignature', () => {
  it('names the listed key that signed', () => {
    expect(check()).toMatchObject({ ok: true, key: { type: 'ssh-ed25519' } });
  });

  it('refuses another message, another namespace and a key that is not listed', () => {
    const stranger = ed25519PublicKeyLine(generateKeyPairSync('ed25519').publicKey, '');
    expect(code(check({ message: new TextEncoder().encode('approve that') }))).toBe('SIGNATURE_WRONG');
    expect(code(check({ namespace: 'git' }))).toBe('NAMESPACE_MISMATCH');
    expect(code(check({ allowedKeys: [stranger] }))).toBe('KEY_NOT_ALLOWED');
    expect(code(check({ allowedKeys: [] }))).toBe('KEY_NOT_ALLOWED');
  });

  it('refuses a namespace rewritten after signing', () => {
    const moved = rewritten({ namespace: 'git' });
    expect(code(check({ armored: moved, namespace: 'git' }))).toBe('SIGNATURE_WRONG');
  });

  it('refuses a signature type that differs from the key', () => {
    const signatureBlob = concat(sshString('ssh-rsa'), sshString(new Uint8Array(64)));
    expect(code(check({ armored: rewritten({ signatureBlob }) }))).toBe('ALGORITHM_MISMATCH');
  });

  it('refuses a signature of the wrong length or with bytes after it', () => {
    const short = concat(sshString('ssh-ed25519'), sshString(new Uint8Array(63)));
    const long = concat(parsed.signatureBlob, new Uint8Array(1));
    expect(code(check({ armored: rewritten({ signatureBlob: short }) }))).toBe('SIGNATURE_MALFORMED');
    expect(code(check({ armored: rewritten({ signatureBlob: long }) }))).toBe('TRAILING_DATA');
  });

  it('throws on a malformed line in the list of keys, because the list is configuration', () => {
    expect(() => check({ allowedKeys: ['ssh-ed25519 nonsense'] })).toThrow(SshSignatureError);
  });

  it('accepts no signature in which any bit was flipped', () => {
    const bytes = bytesOf(armored);
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const changed = Uint8Array.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return !check({ armored: armor(changed) }).ok;
      }),
      { numRuns: 400 },
    );
  });
});

describe('parseSshSignature', () => {
  const refusals: readonly [string, string, string][] = [
    ['empty text', '', 'ARMOR_INVALID'],
    ['another armor', armored.replaceAll('SSH SIGNATURE', 'PGP SIGNATURE'), 'ARMOR_INVALID'],
    ['text before the armor', `x\n${armored}`, 'ARMOR_INVALID'],
    ['text after the armor', `${armored}x`, 'ARMOR_INVALID'],
    ['an empty armor', '-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----', 'ARMOR_INVALID'],
    ['characters that are not base64', armored.replace('U1NI', 'U1*I'), 'ARMOR_INVALID'],
    ['oversized text', armored + '\n'.repeat(20_000), 'TOO_LARGE'],
    ['another magic', armor(new TextEncoder().encode('SSHSIX0000000000')), 'NOT_SSHSIG'],
    ['no bytes after the magic', armor(new TextEncoder().encode('SSHSIG')), 'TRUNCATED'],
    ['an empty namespace', rewritten({ namespace: '' }), 'NAMESPACE_INVALID'],
    ['a hash other than SHA-2', rewritten({ hashAlgorithm: 'md5' as 'sha256' }), 'HASH_UNSUPPORTED'],
    ['trailing bytes', armor(concat(bytesOf(armored), new Uint8Array(1))), 'TRAILING_DATA'],
  ];
  it.each(refusals)('refuses %s', (_what, text, expected) => {
    expect(() => parseSshSignature(text)).toThrow(expect.objectContaining({ code: expected }));
  });

  it('refuses version 2 and a reserved field that is not empty', () => {
    const head = new TextEncoder().encode('SSHSIG');
    const key = sshString(parsed.publicKey.blob);
    const rest = concat(sshString('sha512'), sshString(parsed.signatureBlob));
    const version2 = concat(head, sshUint32(2), key, sshString('n'), sshString(''), rest);
    const reserved = concat(head, sshUint32(1), key, sshString('n'), sshString('r'), rest);
    expect(() => parseSshSignature(armor(version2))).toThrow(/version 2/);
    expect(() => parseSshSignature(armor(reserved))).toThrow(/reserved/);
  });

  it('refuses every truncation', () => {
    const bytes = bytesOf(armored);
    for (let length = 1; length < bytes.length; length += 1) {
      expect(() => parseSshSignature(armor(bytes.subarray(0, length)))).toThrow(SshSignatureError);
    }
  });

  it('throws only its own error on arbitrary bytes', () => {
    const magic = new TextEncoder().encode('SSHSIG\0\0\0\x01');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, withMagic) => {
        try {
          parseSshSignature(armor(withMagic ? concat(magic, bytes) : bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(SshSignatureError);
        }
      }),
    );
  });
});

describe('splitSshSignatures', () => {
  it('finds each of several armored signatures', () => {
    expect(splitSshSignatures(`${armored}\n${armored}`)).toEqual([armored, armored]);
    expect(splitSshSignatures('')).toEqual([]);
  });
  it('refuses text between them and an armor that never ends', () => {
    expect(() => splitSshSignatures(`${armored}note\n${armored}`)).toThrow(SshSignatureError);
    expect(() => splitSshSignatures(armored.split('\n').slice(0, 3).join('\n'))).toThrow(SshSignatureError);
  });
});

/** What stands in the blob behind its type: curve and point, or the point alone. */
function publicPart(key: KeyObject): Uint8Array {
  const { x, y } = key.export({ format: 'jwk' });
  const part = (value: string | undefined) => new Uint8Array(Buffer.from(value ?? '', 'base64url'));
  if (y === undefined) return sshString(part(x));
  return concat(sshString('nistp256'), sshString(concat(new Uint8Array([4]), part(x), part(y))));
}

describe('parseSshPublicKey', () => {
  const rsa = (bits: number, exponent: readonly number[]): Uint8Array => {
    const modulus = concat(new Uint8Array([0]), new Uint8Array(bits / 8).fill(0xff));
    return concat(sshString('ssh-rsa'), sshString(Uint8Array.from(exponent)), sshString(modulus));
  };
  const refusals: readonly [string, Uint8Array, string][] = [
    ['an unknown type', sshString('ssh-dss'), 'ALGORITHM_UNSUPPORTED'],
    ['a certificate', sshString('ssh-ed25519-cert-v01@openssh.com'), 'ALGORITHM_UNSUPPORTED'],
    ['a short Ed25519 point', concat(sshString('ssh-ed25519'), sshString(new Uint8Array(31))), 'KEY_INVALID'],
    ['an RSA key of 2048 bits', rsa(2048, [1, 0, 1]), 'KEY_TOO_WEAK'],
    ['an RSA exponent of 3', rsa(3072, [3]), 'KEY_INVALID'],
    ['an even RSA exponent', rsa(3072, [1, 0, 2]), 'KEY_INVALID'],
    ['a padded RSA exponent', rsa(3072, [0, 1, 0, 1]), 'SIGNATURE_MALFORMED'],
    ['an oversized key', new Uint8Array(5000), 'TOO_LARGE'],
    [
      'another curve than the type names',
      concat(sshString('ecdsa-sha2-nistp256'), sshString('nistp384'), sshString(new Uint8Array(97))),
      'KEY_INVALID',
    ],
    [
      'a curve under another name',
      concat(
        sshString('ecdsa-sha2-nistp256'),
        sshString('nistp384'),
        publicPart(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey).subarray(12),
      ),
      'KEY_INVALID',
    ],
    [
      'a point off the curve',
      concat(
        sshString('ecdsa-sha2-nistp256'),
        sshString('nistp256'),
        sshString(concat(new Uint8Array([4]), new Uint8Array(64).fill(7))),
      ),
      'KEY_INVALID',
    ],
  ];
  it.each(refusals)('refuses %s', (_what, blob, expected) => {
    expect(() => parseSshPublicKey(blob)).toThrow(expect.objectContaining({ code: expected }));
  });

  it('refuses lines with options, line breaks, another type or loose base64', () => {
    const [type, base64] = keyLine.split(' ');
    const bad = [
      `no-pty ${keyLine}`,
      `${keyLine}\n${keyLine}`,
      `ssh-rsa ${base64}`,
      `${type} ${base64}=`,
      `${type} ${(base64 ?? '').slice(0, -2)}`,
      '',
    ];
    for (const line of bad) expect(() => parseSshPublicKeyLine(line)).toThrow(SshSignatureError);
  });
});

describe('security keys', () => {
  const application = 'ssh:';
  /** A software token that signs as OpenSSH PROTOCOL.u2f prescribes, with the flags it is told. */
  function touch(kind: 'ed25519' | 'ecdsa', flags: number): { line: string; armored: string } {
    const pair =
      kind === 'ed25519'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const type = kind === 'ed25519' ? 'sk-ssh-ed25519@openssh.com' : 'sk-ecdsa-sha2-nistp256@openssh.com';
    const blob = concat(sshString(type), publicPart(pair.publicKey), sshString(application));
    const tail = concat(new Uint8Array([flags]), sshUint32(7));
    const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest();
    const data = concat(sha256(application), tail, sha256(sshToBeSigned(namespace, 'sha512', message)));
    const raw =
      kind === 'ed25519'
        ? sign(null, data, pair.privateKey)
        : p1363ToSsh(sign('sha256', data, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' }));
    return {
      line: `${type} ${Buffer.from(blob).toString('base64')}`,
      armored: armorSshSignature({
        publicKeyBlob: blob,
        namespace,
        hashAlgorithm: 'sha512',
        signatureBlob: concat(sshString(type), sshString(raw), tail),
      }),
    };
  }
  function p1363ToSsh(signature: Uint8Array): Uint8Array {
    const integer = (bytes: Uint8Array): Uint8Array => {
      const start = bytes.findIndex((byte) => byte !== 0);
      const magnitude = bytes.subarray(start);
      return sshString((magnitude[0] ?? 0) >= 0x80 ? concat(new Uint8Array(1), magnitude) : magnitude);
    };
    return concat(integer(signature.subarray(0, 32)), integer(signature.subarray(32)));
  }

  it('refuses r and s that are wider than the curve', () => {
    const token = touch('ecdsa', 0x01);
    const { publicKey: key, signatureBlob } = parseSshSignature(token.armored);
    const wide = sshString(concat(new Uint8Array([1]), new Uint8Array(32)));
    const type = sshString('sk-ecdsa-sha2-nistp256@openssh.com');
    const tail = signatureBlob.subarray(-5);
    const forged = armorSshSignature({
      publicKeyBlob: key.blob,
      namespace,
      hashAlgorithm: 'sha512',
      signatureBlob: concat(type, sshString(concat(wide, wide)), tail),
    });
    expect(code(check({ armored: forged, allowedKeys: [token.line] }))).toBe('SIGNATURE_MALFORMED');
  });

  it.each(['ed25519', 'ecdsa'] as const)('accepts %s when the token was touched', (kind) => {
    const token = touch(kind, 0x01);
    expect(code(check({ armored: token.armored, allowedKeys: [token.line] }))).toBe('OK');
  });
  it.each(['ed25519', 'ecdsa'] as const)('refuses %s without user presence', (kind) => {
    const token = touch(kind, 0x00);
    expect(code(check({ armored: token.armored, allowedKeys: [token.line] }))).toBe('SIGNATURE_MALFORMED');
  });
});
