/** The JDK as judge: it accepts what is signed here, states the same of the same files, and loads classes from them as signed. */
import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { createTestSigner, p256, p384, toPem, type TestSigner } from '../../pki/cms/signer.fixture.ts';
import { createTimestampAuthority } from '../../pki/cms/timestamp.fixture.ts';
import { collect } from '../archive/stream.fixture.ts';
import { memorySource } from '../random-access.ts';
import { openZipEntry } from '../zip/index.ts';
import { zip } from '../zip/zip.fixture.ts';
import { hello, signJar, type SignedJar } from './jar.fixture.ts';
import { jarBudget, readJar } from './read-jar.ts';

const run = promisify(execFile);
describe.skipIf(lacksTools('jarsigner', 'javac', 'openssl', 'unzip'))('another program', () => {
  let folder: string;
  let rsa: TestSigner;
  let ec: TestSigner;
  let ec384: TestSigner;
  /** By the JDK's own jar. */
  let unsigned: Uint8Array;
  let tsa: ReturnType<typeof createTimestampAuthority>;

  const at = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jar-'));
    rsa = createTestSigner('jar rsa');
    ec = createTestSigner('jar ec', { keys: p256() });
    ec384 = createTestSigner('jar ec 384', { keys: p384() });
    tsa = createTimestampAuthority(at('tsa'));
    await writeFile(at('Hello.java'), hello);
    await run('javac', ['-d', at('classes'), at('Hello.java')]);
    await mkdir(at('classes/META-INF/services'), { recursive: true });
    await writeFile(at('classes/META-INF/services/demo.Service'), 'demo.Hello\n');
    await writeFile(at('classes/META-INF/LICENSE'), 'licence');
    const long = `demo/${'long-name-'.repeat(12)}end.txt`;
    await writeFile(at(`classes/${long}`), 'a long name');
    await writeFile(
      at('main.txt'),
      'Main-Class: demo.Hello\nImplementation-Title: Demo\n\nName: demo/\nSealed: true\n',
    );
    await run('jar', [
      '--create',
      '--file',
      at('plain.jar'),
      '--manifest',
      at('main.txt'),
      '-C',
      at('classes'),
      '.',
    ]);
    unsigned = Uint8Array.from(await readFile(at('plain.jar')));
    const trust = ['-importcert', '-noprompt', '-storetype', 'PKCS12', '-storepass', 'changeit'];
    for (const [alias, { root }] of [
      ['rsa', rsa],
      ['ec', ec],
      ['ec384', ec384],
      ['tsa', tsa.signer],
    ] as const) {
      await writeFile(at(`${alias}.pem`), toPem([root]));
      await run('keytool', [
        ...trust,
        '-keystore',
        at('trust.p12'),
        '-alias',
        alias,
        '-file',
        at(`${alias}.pem`),
      ]);
    }
    const key = [
      '-genkeypair',
      '-keyalg',
      'RSA',
      '-keysize',
      '2048',
      '-dname',
      'CN=other',
      '-alias',
      'other',
    ];
    await run('keytool', [
      ...key,
      '-storetype',
      'PKCS12',
      '-storepass',
      'changeit',
      '-keystore',
      at('own.p12'),
    ]);
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function verify(signed: SignedJar | Uint8Array): Promise<string> {
    const file = at('signed.jar');
    await writeFile(file, signed instanceof Uint8Array ? signed : signed.file);
    const options = [
      '-verify',
      '-strict',
      '-verbose',
      '-keystore',
      at('trust.p12'),
      '-storepass',
      'changeit',
    ];
    return (await run('jarsigner', [...options, file])).stdout;
  }

  async function entry(archive: Uint8Array, path: string): Promise<Buffer> {
    const source = memorySource(archive);
    const { entries } = await readJar(source);
    const found = entries.find((candidate) => candidate.path === path);
    if (found === undefined) throw new Error(`no ${path}`);
    return collect(openZipEntry(source, found, jarBudget().limits));
  }

  const jarsigner = (...options: readonly string[]) =>
    run('jarsigner', ['-keystore', at('own.p12'), '-storepass', 'changeit', ...options]);

  describe('jarsigner', () => {
    test.each([
      ['RSA, SHA-256', () => rsa, {}],
      [
        'RSA, SHA-512 over entries by SHA-384',
        () => rsa,
        { hashAlgorithm: 'sha512', manifestHashAlgorithm: 'sha384' },
      ],
      ['ECDSA, SHA-256', () => ec, {}],
      ['ECDSA over P-384, SHA-384', () => ec384, { hashAlgorithm: 'sha384' }],
      [
        'ECDSA, SHA-384 over entries by SHA-512',
        () => ec,
        { hashAlgorithm: 'sha384', manifestHashAlgorithm: 'sha512' },
      ],
    ] as const)('accepts what is signed here: %s', async (_title, signer, options) => {
      const signed = await signJar(unsigned, signer(), { method: 'jar', ...options });
      const output = await verify(signed);
      expect(output).toContain('jar verified.');
      expect(output).not.toMatch(/unsigned entries|not.*verified/i);
      const started = await run('java', ['-jar', at('signed.jar')]);
      expect(started.stdout).toBe('hello Demo, signed by 1\n');
      expect((await run('unzip', ['-t', at('signed.jar')])).stdout).toContain('No errors detected');
    });

    test.each([
      ['SHA-256', 'sha256'],
      ['SHA-512', 'sha512'],
    ] as const)(
      'states the same of the same files, to the byte, by %s',
      async (name, manifestHashAlgorithm) => {
        const own = at('own.jar');
        await jarsigner('-digestalg', name, '-signedjar', own, at('plain.jar'), 'other');
        const theirs = Uint8Array.from(await readFile(own));
        const ours = await signJar(unsigned, rsa, { method: 'jar', manifestHashAlgorithm });
        const lines = (text: Buffer): string[] => text.toString('latin1').split('\r\n\r\n').sort();
        expect(lines(await entry(ours.file, 'META-INF/MANIFEST.MF'))).toEqual(
          lines(await entry(theirs, 'META-INF/MANIFEST.MF')),
        );
        const sections = (text: Buffer): string[] =>
          lines(text).filter((section) => section.startsWith('Name: '));
        expect(sections(await entry(ours.file, 'META-INF/COUNTERS.SF'))).toEqual(
          sections(await entry(theirs, 'META-INF/OTHER.SF')),
        );
      },
    );

    test('agrees on a manifest with lines in every style, and on names beyond ASCII', async () => {
      const archive = zip([
        {
          name: 'META-INF/MANIFEST.MF',
          content:
            'Manifest-Version: 1.0\nX-Long: 1\n 2\n\n\nName: a.txt\rContent-Type: text/plain\r\rName: p/\r\nSealed: true\r\n',
        },
        { name: 'a.txt', content: 'a' },
        { name: `p/${'größe-'.repeat(20)}.txt`, content: 'b', flags: 0x800 },
      ]);
      expect(await verify(await signJar(archive, rsa, { method: 'jar' }))).toContain('jar verified.');
      await writeFile(at('styles.jar'), archive);
      await jarsigner('-signedjar', at('own.jar'), at('styles.jar'), 'other');
      const theirs = Uint8Array.from(await readFile(at('own.jar')));
      const ours = await signJar(archive, rsa, { method: 'jar' });
      const digests = (text: Buffer): string[] => text.toString().match(/^SHA-256-Digest: .*$/gm) ?? [];
      expect(digests(await entry(ours.file, 'META-INF/MANIFEST.MF')).sort()).toEqual(
        digests(await entry(theirs, 'META-INF/MANIFEST.MF')).sort(),
      );
    });

    test('adds its own signature by the same hash, and ours still holds', async () => {
      const signed = await signJar(unsigned, rsa, { method: 'jar' });
      await writeFile(at('signed.jar'), signed.file);
      await jarsigner('-signedjar', at('both.jar'), at('signed.jar'), 'other');
      await run('jarsigner', [
        '-verify',
        '-keystore',
        at('trust.p12'),
        '-storepass',
        'changeit',
        at('both.jar'),
      ]);
      expect((await run('java', ['-jar', at('both.jar')])).stdout).toBe('hello Demo, signed by 2\n');
    });

    test('accepts what is added to its own signature, and what replaces both', async () => {
      await jarsigner('-signedjar', at('own.jar'), at('plain.jar'), 'other');
      const theirs = Uint8Array.from(await readFile(at('own.jar')));
      const both = await signJar(theirs, rsa, { method: 'jar', existingSignature: 'append' });
      await writeFile(at('both.jar'), both.file);
      const options = [
        '-verify',
        '-verbose',
        '-certs',
        '-keystore',
        at('trust.p12'),
        '-storepass',
        'changeit',
      ];
      const { stdout } = await run('jarsigner', [...options, at('both.jar')]);
      expect(stdout).toContain('jar verified.');
      expect(stdout).not.toMatch(/unsigned entries/i);
      expect((await run('java', ['-jar', at('both.jar')])).stdout).toBe('hello Demo, signed by 2\n');
      const replaced = await signJar(both.file, ec, { method: 'jar', existingSignature: 'replace' });
      expect(await verify(replaced)).toContain('jar verified.');
      expect((await run('java', ['-jar', at('signed.jar')])).stdout).toBe('hello Demo, signed by 1\n');
    });

    test('refuses a changed class, and one that was put in later', async () => {
      const signed = await signJar(unsigned, rsa, { method: 'jar' });
      await writeFile(at('changed.jar'), signed.file);
      await writeFile(at('classes/META-INF/LICENSE'), 'another');
      await run('jar', ['--update', '--file', at('changed.jar'), '-C', at('classes'), 'META-INF/LICENSE']);
      await expect(verify(Uint8Array.from(await readFile(at('changed.jar'))))).rejects.toMatchObject({
        stdout: expect.stringMatching(/digest error for META-INF\/LICENSE/) as string,
      });
    });

    test('sees the timestamp', async () => {
      const signed = await signJar(unsigned, rsa, { method: 'jar' }, (signature) => tsa.stamp(signature));
      await writeFile(at('stamped.jar'), signed.file);
      const options = ['-verify', '-strict', '-verbose', '-certs', '-keystore', at('trust.p12')];
      const { stdout } = await run('jarsigner', [...options, '-storepass', 'changeit', at('stamped.jar')]);
      expect(stdout).toContain('jar verified.');
      expect(stdout).toMatch(/Timestamped by "CN=Countersign timestamps/);
    });
  });

  test('openssl verifies the block over the signature file', async () => {
    const { file } = await signJar(unsigned, rsa, { method: 'jar' });
    await writeFile(at('block.der'), await entry(file, 'META-INF/COUNTERS.RSA'));
    await writeFile(at('content.sf'), await entry(file, 'META-INF/COUNTERS.SF'));
    const input = ['-inform', 'DER', '-in', at('block.der'), '-content', at('content.sf')];
    const trust = ['-CAfile', at('rsa.pem'), '-purpose', 'any'];
    const { stderr } = await run('openssl', [
      'cms',
      '-verify',
      '-binary',
      ...input,
      ...trust,
      '-out',
      at('out'),
    ]);
    expect(stderr).toMatch(/successful/i);
  });
});
