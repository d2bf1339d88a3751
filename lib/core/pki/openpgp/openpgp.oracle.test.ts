/** GnuPG, which shares no code with this folder, reads keys and verifies signatures; and what it signs is hashed here alike. */
import { execFile } from 'node:child_process';
import { createHash, publicDecrypt, constants } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { collected, createOpenPgpSigner, inChunks } from './openpgp.fixture.ts';
import { clearSigned, openPgpRevocation, signedText, webKeyName } from './index.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'countersign-openpgp-'));
const home = join(folder, 'home');
const gpg = (...args: readonly string[]) =>
  run('gpg', ['--homedir', home, '--batch', '--status-fd', '1', ...args]);
const at = (name: string, content: Uint8Array | string): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};
afterAll(async () => {
  await run('gpgconf', ['--homedir', home, '--kill', 'all']).catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
});

const hashes = ['sha256', 'sha384', 'sha512'] as const;
const texts: readonly (readonly [string, string])[] = [
  ['lines', 'one\ntwo\n'],
  ['lines that begin with dashes', '- one\n-----BEGIN PGP SIGNATURE-----\n--\nFrom here\n'],
  ['CRLF', 'one\r\ntwo\r\n'],
  ['both endings', 'one\r\ntwo\nthree\r\n'],
  ['blanks at the ends of lines', 'one  \ntwo\t \n \t\nthree '],
  ['no final newline', 'one\ntwo'],
  ['empty lines at the end', 'one\n\n\n'],
  ['nothing but a newline', '\n'],
  ['nothing', ''],
  ['UTF-8', 'Prüfsumme – ✓\n'],
];

describe.skipIf(lacksTools('gpg'))('GnuPG', () => {
  let signer: Awaited<ReturnType<typeof createOpenPgpSigner>>;
  let other: Awaited<ReturnType<typeof createOpenPgpSigner>>;
  beforeAll(async () => {
    mkdirSync(home, { mode: 0o700 });
    signer = await createOpenPgpSigner('widget@example.org');
    other = await createOpenPgpSigner('gadget@example.org', 4096);
    await gpg('--import', at('widget.asc', signer.certificate));
  });

  test('imports a certificate, and shows what it says', async () => {
    const { stdout } = await gpg('--with-colons', '--list-keys', 'widget@example.org');
    expect(stdout).toContain(signer.fingerprint.toString('hex').toUpperCase());
    // Signs and certifies, encrypts nothing.
    expect(/^pub:.*$/m.exec(stdout)?.[0].split(':')[11]?.toLowerCase().split('').sort().join('')).toBe(
      'ccss',
    );
    expect(stdout).toContain('Project Widget <widget@example.org>');
    expect(stdout).not.toMatch(/^sub:/m);
    const packets = await gpg('--list-packets', at('widget.asc', signer.certificate));
    for (const line of [
      'key flags: 03',
      'pref-hash-algos: 10 9 8',
      'issuer fpr v4',
      'sigclass 0x13',
      'key expires after',
    ])
      expect(packets.stdout).toContain(line);
  });

  test.each(hashes)(
    'verifies a detached signature by %s, binary and in armor, and no changed file',
    async (hash) => {
      const content = Buffer.from('any content \r\n\0');
      const packet = await signer.sign(content, { hash });
      const file = at('file', content);
      for (const signature of [at('file.sig', packet), at('file.asc', signer.armored(packet))])
        expect((await gpg('--verify', signature, file)).stdout).toContain('VALIDSIG');
      await expect(
        gpg('--verify', join(folder, 'file.sig'), at('changed', 'other content')),
      ).rejects.toMatchObject({
        stdout: expect.stringContaining('BADSIG') as string,
      });
    },
  );

  test('doesn’t take another key’s signature for this one’s', async () => {
    const packet = await other.sign(Buffer.from('x'));
    await expect(gpg('--verify', at('x.sig', packet), at('x', 'x'))).rejects.toMatchObject({
      stdout: expect.stringContaining('NO_PUBKEY') as string,
    });
  });

  test.each(texts)('verifies a clear-signed text: %s', async (_, text) => {
    const bytes = Buffer.from(text);
    for (const hash of hashes) {
      const signature = Buffer.from(signer.armored(await signer.sign(bytes, { form: 'text', hash })));
      const file = at('text.asc', await collected(clearSigned(inChunks(bytes), hash, signature)));
      const { stdout } = await gpg('--output', join(folder, 'text.out'), '--yes', '--decrypt', file);
      expect(stdout).toContain('VALIDSIG');
      const trimmed = (from: string) =>
        from
          .split(/\r?\n/)
          .map((line) => line.trimEnd())
          .join('\n')
          .replace(/\n$/, '');
      expect(trimmed(readFileSync(join(folder, 'text.out'), 'utf8'))).toBe(trimmed(text));
    }
  });

  test('refuses a clear-signed text with a changed letter', async () => {
    const bytes = Buffer.from('one\n');
    const signature = Buffer.from(signer.armored(await signer.sign(bytes, { form: 'text' })));
    const signed = (await collected(clearSigned(inChunks(bytes), 'sha256', signature))).toString('utf8');
    await expect(gpg('--verify', at('text.asc', signed.replace('one', 'two')))).rejects.toMatchObject({
      stdout: expect.stringContaining('BADSIG') as string,
    });
  });

  test.each(texts.filter(([, text]) => text !== ''))(
    'hashes of a text what is hashed here: %s',
    async (_, text) => {
      const own = join(folder, 'own');
      mkdirSync(own, { recursive: true, mode: 0o700 });
      const ownGpg = (...args: readonly string[]) =>
        run('gpg', ['--homedir', own, '--batch', '--passphrase', '', ...args]);
      await ownGpg('--quick-generate-key', 'own@example.org', 'rsa3072', 'sign', 'never').catch(
        () => undefined,
      );
      const source = at('own.txt', text);
      await ownGpg('--yes', '--digest-algo', 'SHA256', '--output', `${source}.asc`, '--clear-sign', source);
      const signed = readFileSync(`${source}.asc`, 'utf8');
      const base64 = /-----BEGIN PGP SIGNATURE-----\n\n([\s\S]*?)\n=/.exec(signed)?.[1] ?? '';
      const packet = Buffer.from(base64, 'base64');
      // Of the old form: tag 2, two octets of length.
      const body = packet.subarray(3);
      const part = body.subarray(0, 6 + body.readUInt16BE(4));
      const end = Buffer.alloc(6);
      end.writeUInt16BE(0x04ff);
      end.writeUInt32BE(part.length, 2);
      const content = await collected(signedText(inChunks(Buffer.from(text))));
      const digest = createHash('sha256').update(content).update(part).update(end).digest();
      const unhashed = body.readUInt16BE(part.length);
      expect(body.subarray(part.length + 2 + unhashed, part.length + 4 + unhashed)).toEqual(
        digest.subarray(0, 2),
      );
    },
    20_000,
  );

  test('takes the key for revoked once its revocation is imported', async () => {
    const { key, signAbout, certificate } = await createOpenPgpSigner('gone@example.org');
    await gpg('--import', at('gone.asc', certificate));
    await gpg('--import', at('gone-revoked.asc', await openPgpRevocation(key, signAbout)));
    const { stdout } = await gpg('--with-colons', '--list-keys', 'gone@example.org');
    expect(stdout).toMatch(/^pub:r:/m);
  });
});

describe.skipIf(lacksTools('sqv'))('Sequoia', () => {
  test('verifies a detached signature', async () => {
    const signer = await createOpenPgpSigner('widget@example.org');
    const packet = await signer.sign(Buffer.from('content'));
    const args = ['--keyring', at('sq.asc', signer.certificate), at('sq.sig', packet), at('sq', 'content')];
    const { stdout } = await run('sqv', args);
    expect(stdout.trim()).toBe(signer.fingerprint.toString('hex').toUpperCase());
    await expect(run('sqv', [...args.slice(0, 3), at('sq2', 'other')])).rejects.toThrow();
  });
});

/** Where Debian has it; elsewhere it is where other programs are. */
const webKeyClient =
  ['/usr/lib/gnupg/gpg-wks-client', '/usr/libexec/gpg-wks-client'].find((file) => existsSync(file)) ??
  'gpg-wks-client';

describe.skipIf(lacksTools(webKeyClient))('gpg-wks-client', () => {
  test.each(['widget', 'joe.doe', 'a-b+c'])('finds the key of %s under the same name', async (local) => {
    const { stdout } = await run(webKeyClient, ['--print-wkd-hash', `${local}@example.org`]);
    expect(stdout.split(' ')[0]).toBe(webKeyName(local));
  });
});

test('an RSA signature is over the digest that its packet begins with', async () => {
  const signer = await createOpenPgpSigner('widget@example.org');
  const packet = await signer.sign(Buffer.from('x'));
  const key = { key: signer.pair.publicKey, padding: constants.RSA_PKCS1_PADDING };
  const info = publicDecrypt(key, packet.subarray(-384));
  expect(packet.subarray(-388, -386)).toEqual(info.subarray(-32, -30));
});
