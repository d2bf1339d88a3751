/** osslsigncode and sbverify, which share no code with this room, must accept what it signs. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { parseSignedData, verifyAuthenticode, verifySignerInfo } from '../../pki/cms/index.ts';
import { p256, p384, toPem } from '../../pki/cms/signer.fixture.ts';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { memorySource } from '../random-access.ts';
import { extractPeSignatures, parsePe, peChecksum, peDigest } from './index.ts';
import { recognise } from '../recognise/index.ts';
import { zip } from '../zip/zip.fixture.ts';
import { createJudge, judges } from './judge.fixture.ts';
import { buildProgram } from './program.fixture.ts';

const run = promisify(execFile);
const [mingw64, mingw32] = ['x86_64-w64-mingw32-gcc', 'i686-w64-mingw32-gcc'];

const compilers = [mingw64, mingw32].filter((compiler) => !lacksTools(compiler));

const dir = mkdtempSync(join(tmpdir(), 'countersign-authenticode-'));
const { signer, rootPem, sign, expectAccepted } = createJudge(dir);
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Real programs of three compilers, four architectures; kept between runs in the folder for temporary files. */
const packages = [
  { name: '@esbuild/win32-x64', version: '0.28.2', file: 'esbuild.exe' },
  { name: '@esbuild/win32-ia32', version: '0.28.2', file: 'esbuild.exe' },
  { name: '@esbuild/win32-arm64', version: '0.28.2', file: 'esbuild.exe' },
  { name: '@rollup/rollup-win32-ia32-msvc', version: '4.40.0', file: 'rollup.win32-ia32-msvc.node' },
  { name: '@parcel/watcher-win32-x64', version: '2.5.1', file: 'watcher.node' },
];

/** Where one package can't be had, the others can't either: nobody waits for each. */
let unreachable: Error | null = null;

async function fromRegistry({ name, version, file }: (typeof packages)[number]): Promise<Uint8Array | Error> {
  const cache = join(tmpdir(), 'countersign-programs');
  const archive = join(cache, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  if (unreachable !== null) return unreachable;
  try {
    mkdirSync(cache, { recursive: true });
    if (!readdirSync(cache).includes(archive.slice(cache.length + 1))) {
      await run('npm', ['pack', `${name}@${version}`, '--pack-destination', cache], { timeout: 300_000 });
    }
    const options = { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 } as const;
    return (await run('tar', ['-xzOf', archive, `package/${file}`], options)).stdout;
  } catch (error) {
    unreachable = error instanceof Error ? error : new Error(String(error));
    return unreachable;
  }
}

/** C source → Windows program or library. */
function compiled(compiler: string, name: string, ...options: readonly string[]): Uint8Array {
  const [source, output] = [join(dir, 'program.c'), join(dir, name)];
  writeFileSync(source, '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n');
  execFileSync(compiler, [...options, '-o', output, source], { stdio: 'ignore' });
  return readFileSync(output);
}

describe.skipIf(lacksTools(...judges))('osslsigncode and sbverify', () => {
  test.each(['pe32', 'pe32+'] as const)('accept a signed minimal %s, of any length', async (format) => {
    for (const length of [0, 1, 5, 8, 4095]) {
      await expectAccepted(buildProgram({ format, overlay: new Uint8Array(length).fill(0xa5) }));
    }
  });

  test('accept a timestamped signature', async () => {
    await expectAccepted(buildProgram(), true);
  });

  test.each([
    ['P-256', p256],
    ['P-384', p384],
  ])('accept a signature by a key on %s, timestamped', async (curve, keys) => {
    await createJudge(join(dir, curve), keys()).expectAccepted(buildProgram(), true);
  });

  test('refuse a byte changed after signing', async () => {
    const { signed } = await sign(buildProgram(), false);
    const file = join(dir, 'changed.exe');
    signed[0x450] = (signed[0x450] ?? 0) ^ 1;
    writeFileSync(file, signed);
    await expect(run('osslsigncode', ['verify', '-CAfile', rootPem, '-in', file])).rejects.toThrow();
    await expect(run('sbverify', ['--cert', rootPem, file])).rejects.toThrow();
  });

  test.each(compilers)('accept what %s compiles: with symbols, stripped, library', async (compiler) => {
    await expectAccepted(compiled(compiler, 'symbols.exe'));
    await expectAccepted(compiled(compiler, 'stripped.exe', '-s'), true);
    await expectAccepted(compiled(compiler, 'library.dll', '-shared'));
  });

  test.each(compilers)(
    'accept what %s compiles for debuggers, with an archive behind it',
    async (compiler) => {
      const program = compiled(compiler, 'debugged.exe', '-g');
      const archive = zip([{ name: 'data.txt', content: 'x' }]);
      const file = Buffer.concat([program, archive]);
      // The symbols are a part of the program, and nothing but the archive follows.
      expect((await recognise(memorySource(program))).overlay).toBe(program.length);
      expect(await recognise(memorySource(file))).toMatchObject({
        overlay: program.length,
        found: [{ format: 'zip', start: program.length }],
      });
      await expectAccepted(file);
    },
  );

  test('agree on a signature that osslsigncode made', async () => {
    const [plain, file, key] = [join(dir, 'plain.exe'), join(dir, 'theirs.exe'), join(dir, 'key.pem')];
    writeFileSync(plain, buildProgram());
    writeFileSync(join(dir, 'signer.pem'), toPem([signer.certificate, signer.root]));
    writeFileSync(key, signer.key.export({ type: 'pkcs8', format: 'pem' }));
    const input = [
      '-certs',
      join(dir, 'signer.pem'),
      '-key',
      key,
      '-h',
      'sha256',
      '-in',
      plain,
      '-out',
      file,
    ];
    await run('osslsigncode', ['sign', ...input]);
    const source = memorySource(readFileSync(file));
    const layout = await parsePe(source);
    const [pkcs7] = await extractPeSignatures(source, layout);
    const answer = verifyAuthenticode({
      pkcs7: pkcs7 ?? new Uint8Array(0),
      peDigest: await peDigest(source, layout),
      signerCertificate: signer.certificate,
    });
    expect(answer).toMatchObject({ digestEqual: true, signatureValid: true, certificateEqual: true });
    expect(await peChecksum(source, layout)).toBe(layout.checksumStated);
  });

  test('agree on a real signed program, and on the timestamp of a public authority', async ({ skip }) => {
    const file = 'vendor/snoreToast/snoretoast-x86.exe';
    const bytes = await fromRegistry({ name: 'node-notifier', version: '10.0.1', file });
    if (bytes instanceof Error) return skip(`node-notifier can't be had: ${bytes.message.slice(0, 200)}`);
    const source = memorySource(bytes);
    const layout = await parsePe(source);
    const [pkcs7 = new Uint8Array(0)] = await extractPeSignatures(source, layout);
    const signerCertificate = verifySignerInfo({ signedData: parseSignedData(pkcs7) }).certificate;
    const answer = verifyAuthenticode({
      pkcs7,
      peDigest: await peDigest(source, layout),
      signerCertificate: signerCertificate ?? new Uint8Array(0),
    });
    expect(answer).toMatchObject({ ok: true, problems: [] });
    const token = parseSignedData(answer.timestampToken ?? new Uint8Array(0));
    expect(verifySignerInfo({ signedData: token })).toMatchObject({ ok: true, problems: [] });
    expect(await peChecksum(source, layout)).toBe(layout.checksumStated);
  });

  test.for(packages)('accept $name, signed and timestamped', async (program, { skip }) => {
    const bytes = await fromRegistry(program);
    if (bytes instanceof Error) return skip(`${program.name} can't be had: ${bytes.message.slice(0, 200)}`);
    await expectAccepted(bytes, true);
  });
});
