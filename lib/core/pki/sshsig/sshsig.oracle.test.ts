import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { createSshSignature, ed25519PublicKeyLine, verifySshSignature } from './index.ts';

const namespace = 'countersign-approval';
const message = new TextEncoder().encode('{"decision":"approve"}');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sshsig-'));
  writeFileSync(join(folder, 'message'), message);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(lacksTools('ssh-keygen'))('OpenSSH agrees', () => {
  const kinds: readonly [string, readonly string[]][] = [
    ['ed25519', ['-t', 'ed25519']],
    ['ecdsa-256', ['-t', 'ecdsa', '-b', '256']],
    ['ecdsa-384', ['-t', 'ecdsa', '-b', '384']],
    ['ecdsa-521', ['-t', 'ecdsa', '-b', '521']],
    ['rsa-3072', ['-t', 'rsa', '-b', '3072']],
  ];
  it.each(kinds)('accepts what ssh-keygen signs with %s', (name, options) => {
    const key = join(folder, name);
    execFileSync('ssh-keygen', ['-q', '-N', '', '-C', 'someone', '-f', key, ...options]);
    const line = readFileSync(`${key}.pub`, 'utf8');
    for (const hash of ['sha256', 'sha512']) {
      const armored = execFileSync(
        'ssh-keygen',
        ['-Y', 'sign', '-q', '-f', key, '-n', namespace, '-O', `hashalg=${hash}`],
        { input: message, stdio: ['pipe', 'pipe', 'ignore'] },
      ).toString();
      expect(verifySshSignature({ armored, message, namespace, allowedKeys: [line] })).toMatchObject({
        ok: true,
      });
      const other = verifySshSignature({
        armored,
        message: message.subarray(1),
        namespace,
        allowedKeys: [line],
      });
      expect(other).toMatchObject({ ok: false, code: 'SIGNATURE_WRONG' });
    }
  });

  it('refuses an RSA key of 2048 bits, which ssh-keygen still signs with', () => {
    const key = join(folder, 'weak');
    execFileSync('ssh-keygen', ['-q', '-N', '', '-f', key, '-t', 'rsa', '-b', '2048']);
    const armored = execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-f', key, '-n', namespace], {
      input: message,
      stdio: ['pipe', 'pipe', 'ignore'],
    }).toString();
    const check = (allowedKeys: readonly string[]) =>
      verifySshSignature({ armored, message, namespace, allowedKeys });
    expect(check([])).toMatchObject({ ok: false, code: 'KEY_NOT_ALLOWED' });
    // Not even where somebody listed it.
    expect(() => check([readFileSync(`${key}.pub`, 'utf8')])).toThrow(
      expect.objectContaining({ code: 'KEY_TOO_WEAK' }),
    );
  });

  it('makes signatures that ssh-keygen -Y verify accepts', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const signers = join(folder, 'allowed_signers');
    const signature = join(folder, 'ours.sig');
    writeFileSync(signers, `someone@example.org ${ed25519PublicKeyLine(publicKey, 'x')}\n`);
    writeFileSync(signature, createSshSignature({ privateKey, message, namespace }));
    const verify = (input: Uint8Array) =>
      spawnSync(
        'ssh-keygen',
        ['-Y', 'verify', '-f', signers, '-I', 'someone@example.org', '-n', namespace, '-s', signature],
        { input },
      ).status;
    expect(verify(message)).toBe(0);
    expect(verify(message.subarray(1))).not.toBe(0);
  });
});
