/** What GnuPG made is judged as GnuPG judges it, and more strictly where it says that it only warns. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import {
  isClearSigned,
  judgeDocument,
  readClearSigned,
  readDetached,
  readUpstreamKey,
  type UpstreamKey,
} from './index.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'countersign-openpgp-verify-'));
const home = join(folder, 'home');
const now = new Date();
const gpg = async (...args: readonly string[]): Promise<Buffer> => {
  const common = ['--homedir', home, '--batch', '--yes', '--passphrase', '', '--pinentry-mode', 'loopback'];
  const { stdout } = await run('gpg', [...common, ...args], { encoding: 'buffer', maxBuffer: 1 << 24 });
  return stdout;
};
const at = (name: string, content: Uint8Array | string): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};
const kinds = ['rsa3072', 'rsa4096', 'nistp256', 'nistp384', 'nistp521', 'ed25519'] as const;
const addressOf = (kind: string): string => `${kind}@example.org`;
const keyOf = async (user: string): Promise<UpstreamKey> => readUpstreamKey(await gpg('--export', user));
const content = Buffer.from('what upstream released\r\n\0 with any bytes  \n');
const file = at('file', content);
async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += 7)
    yield await Promise.resolve(bytes.subarray(from, from + 7));
}
const sign = (user: string, ...args: readonly string[]) =>
  gpg('--local-user', user, '--output', '-', ...args, '--detach-sign', file);

async function judged(signature: Uint8Array, keys: readonly UpstreamKey[], document: Uint8Array = content) {
  const signatures = readDetached(signature);
  const all = await judgeDocument({ signatures, keys, form: 'binary', content: chunks(document), now });
  return all.map((one) => (one.ok === false ? one.why : one.ok));
}
async function judgedText(bytes: Uint8Array, keys: readonly UpstreamKey[]) {
  const { signatures, text } = readClearSigned(bytes);
  const all = await judgeDocument({ signatures, keys, form: 'text', content: chunks(text), now });
  return all.map((one) => (one.ok === false ? one.why : one.ok));
}

describe.skipIf(lacksTools('gpg'))('what GnuPG made', () => {
  beforeAll(async () => {
    mkdirSync(home, { mode: 0o700 });
    for (const kind of kinds) await gpg('--quick-generate-key', addressOf(kind), kind, 'sign', 'never');
    // A primary key that only certifies, with a subkey that signs and one that encrypts.
    await gpg('--quick-generate-key', 'parent@example.org', 'rsa3072', 'cert', 'never');
    const { fingerprint } = await keyOf('parent@example.org');
    await gpg('--quick-add-key', fingerprint.toString('hex'), 'ed25519', 'sign', 'never');
    await gpg('--quick-add-key', fingerprint.toString('hex'), 'cv25519', 'encr', 'never');
  }, 120_000);
  afterAll(async () => {
    await run('gpgconf', ['--homedir', home, '--kill', 'all']).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(kinds)(
    'is accepted by %s, in armor and binary, by every hash, and for no other file',
    async (kind) => {
      const key = await keyOf(addressOf(kind));
      expect(key.userIds).toEqual([addressOf(kind)]);
      // GnuPG signs by no hash shorter than the curve.
      const hashes = ['SHA256', 'SHA384', 'SHA512'].slice({ nistp384: 1, nistp521: 2 }[kind as string] ?? 0);
      for (const hash of hashes) {
        for (const armor of ['--armor', '--no-armor']) {
          const signature = await sign(addressOf(kind), armor, '--digest-algo', hash);
          expect(await judged(signature, [key])).toEqual([true]);
          expect(await judged(signature, [key], Buffer.concat([content, Buffer.of(10)]))).toEqual([
            'invalid',
          ]);
        }
      }
      expect(await judged(await sign(addressOf('rsa3072')), [await keyOf(addressOf('ed25519'))])).toEqual([
        null,
      ]);
    },
  );

  test('is accepted by a subkey that confirms its primary key', async () => {
    const key = await keyOf('parent@example.org');
    expect(key.keys.map(({ refused }) => refused?.why ?? null)).toEqual(['unsuitable', null]);
    expect(await judged(await sign('parent@example.org'), [key])).toEqual([true]);
  });

  test('is not, by a subkey without the signature back', async () => {
    const bytes = await gpg('--export', 'parent@example.org');
    // The embedded signature is the only one of type 0x19; as another type it confirms nothing.
    const where = bytes.indexOf(
      Buffer.from('0419', 'hex'),
      bytes.indexOf(Buffer.from('092b06010401da470f01', 'hex')),
    );
    expect(where).toBeGreaterThan(0);
    bytes[where + 1] = 0x18;
    const key = readUpstreamKey(bytes);
    expect(key.keys.some(({ refused }) => refused === null)).toBe(false);
  });

  test('of several signatures, each is judged', async () => {
    const signature = await sign('rsa3072@example.org', '--local-user', 'ed25519@example.org');
    const [rsa, ed] = [await keyOf('rsa3072@example.org'), await keyOf('ed25519@example.org')];
    expect(await judged(signature, [rsa, ed])).toEqual([true, true]);
    expect((await judged(signature, [ed])).toSorted()).toEqual([null, true].toSorted());
    expect(await judged(signature, [rsa, ed], Buffer.from('x'))).toEqual(['invalid', 'invalid']);
  });

  test('is refused by SHA-1, and as a text in a file of its own', async () => {
    const key = await keyOf('rsa3072@example.org');
    const weak = await sign(
      'rsa3072@example.org',
      '--digest-algo',
      'SHA1',
      '--allow-weak-digest-algos',
    ).catch(() => sign('rsa3072@example.org', '--digest-algo', 'SHA1'));
    expect(await judged(weak, [key])).toEqual(['weak']);
    expect(await judged(await sign('rsa3072@example.org', '--textmode'), [key])).toEqual(['unsupported']);
  });

  test.each([
    'one\ntwo\n',
    '- one\n-----BEGIN PGP SIGNATURE-----\nFrom here\n--\n',
    'one  \r\ntwo\t\r\n',
    'no newline',
    '\n\n',
    'Prüfsumme ✓\n',
  ])('a text with its signature around it is accepted, and no changed one: %j', async (text) => {
    const key = await keyOf('ed25519@example.org');
    const signed = await gpg(
      '--local-user',
      'ed25519@example.org',
      '--output',
      '-',
      '--clear-sign',
      at('text', text),
    );
    expect(isClearSigned(signed)).toBe(true);
    expect(await judgedText(signed, [key])).toEqual([true]);
    const changed = Buffer.from(signed.toString('latin1').replace(/\n\n/, '\n\nx'), 'latin1');
    expect(await judgedText(changed, [key])).toEqual(['invalid']);
    for (const around of [`x\n${signed.toString()}`, `${signed.toString()}x\n`])
      expect(() => readClearSigned(Buffer.from(around))).toThrow(
        expect.objectContaining({ code: 'MALFORMED' }) as Error,
      );
  });

  test('is refused of a key that is revoked, or a user id that was taken back', async () => {
    await gpg('--quick-generate-key', 'gone@example.org', 'ed25519', 'sign', 'never');
    const signature = await sign('gone@example.org');
    const before = await keyOf('gone@example.org');
    expect(await judged(signature, [before])).toEqual([true]);
    const revocations = join(home, 'openpgp-revocs.d');
    const own = readdirSync(revocations).find((name) =>
      name.includes(before.fingerprint.toString('hex').toUpperCase()),
    );
    const text = readFileSync(join(revocations, own ?? ''), 'utf8').replace(/^:-----BEGIN/m, '-----BEGIN');
    await gpg('--import', at('revocation', text));
    expect(await judged(signature, [await keyOf('gone@example.org')])).toEqual(['revoked']);
    await gpg('--quick-generate-key', 'renamed@example.org', 'ed25519', 'sign', 'never');
    const { fingerprint } = await keyOf('renamed@example.org');
    await gpg('--quick-add-uid', fingerprint.toString('hex'), 'new@example.org');
    await gpg('--quick-revoke-uid', fingerprint.toString('hex'), 'renamed@example.org');
    expect((await keyOf(fingerprint.toString('hex'))).userIds).toEqual(['new@example.org']);
  });

  test('is refused of a key that ended, and until it begins', async () => {
    const then = ['--faked-system-time', '20240101T000000'];
    await gpg(...then, '--quick-generate-key', 'old@example.org', 'ed25519', 'sign', '30d');
    const signature = await sign('old@example.org', ...then);
    expect(await judged(signature, [await keyOf('old@example.org')])).toEqual(['expired']);
    const later = ['--faked-system-time', '20990101T000000'];
    expect(
      await judged(await sign('ed25519@example.org', ...later), [await keyOf('ed25519@example.org')]),
    ).toEqual(['future']);
    const brief = await sign('ed25519@example.org', '--default-sig-expire', '1');
    const key = await keyOf('ed25519@example.org');
    const signatures = readDetached(brief);
    const soon = new Date(now.getTime() + 3 * 86_400_000);
    const all = await judgeDocument({
      signatures,
      keys: [key],
      form: 'binary',
      content: chunks(content),
      now: soon,
    });
    expect(all[0]).toMatchObject({ ok: false, why: 'expired' });
  });

  test('secret keys, several keys and text around a key are none', async () => {
    const secret = await gpg('--export-secret-keys', 'ed25519@example.org');
    expect(() => readUpstreamKey(secret)).toThrow(/several|secret|else than a public key/);
    const two = await gpg('--export', 'ed25519@example.org', 'rsa3072@example.org');
    expect(() => readUpstreamKey(two)).toThrow(/several keys/);
    const armored = (await gpg('--armor', '--export', 'ed25519@example.org')).toString();
    expect(readUpstreamKey(Buffer.from(armored)).userIds).toEqual(['ed25519@example.org']);
    expect(readUpstreamKey(Buffer.from(armored.replaceAll('\n', '\r\n'))).keys).toHaveLength(1);
    expect(() => readUpstreamKey(Buffer.from(`x\n${armored}`))).toThrow(/nothing around/);
  });
});
