/** osslsigncode and cabextract, which share no code with this room: they accept what is signed here, and sign the same digest. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import type { AuthenticodeSign } from '../../generated/index.ts';
import { createTestSigner, toPem } from '../../pki/cms/signer.fixture.ts';
import { createTimestampAuthority } from '../../pki/cms/timestamp.fixture.ts';
import { UnpackBudget, defaultUnpackLimits } from '../archive/index.ts';
import { collect } from '../archive/stream.fixture.ts';
import { signRounds } from '../authenticode/sign-rounds.fixture.ts';
import { memorySource } from '../random-access.ts';
import { cab } from './cab.fixture.ts';
import { cabContainer } from './container.ts';
import { lzxCabinet, sampleBytes, seeded } from './lzx.fixture.ts';
import { cabSigning } from './sign.ts';

const dir = mkdtempSync(join(tmpdir(), 'countersign-cab-sign-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});
const at = (name: string): string => join(dir, name);
const run = (tool: string, ...args: readonly string[]): string =>
  execFileSync(tool, args, { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

describe.skipIf(lacksTools('osslsigncode', 'openssl', 'gcab', 'cabextract', '7zz'))('osslsigncode', () => {
  const signer = createTestSigner('Countersign release');
  const upstream = createTestSigner('Upstream');
  const tsa = createTimestampAuthority(at('tsa'));
  writeFileSync(at('roots.pem'), toPem([signer.root, upstream.root]));
  writeFileSync(at('upstream.pem'), toPem([upstream.certificate, upstream.root]));
  writeFileSync(at('key.pem'), upstream.key.export({ type: 'pkcs8', format: 'pem' }));
  const content = { 'tool.exe': randomBytes(100_001), 'notes.txt': Buffer.from('notes\r\n'.repeat(9000)) };
  for (const [name, bytes] of Object.entries(content)) writeFileSync(at(name), bytes);
  run('gcab', '-c', 'stored.cab', 'tool.exe', 'notes.txt');
  run('gcab', '-cz', 'mszip.cab', 'tool.exe', 'notes.txt');
  const cabinets: readonly [string, Buffer][] = [
    ['stored by gcab', readFileSync(at('stored.cab'))],
    ['packed by gcab', readFileSync(at('mszip.cab'))],
    ['LZX', lzxCabinet(sampleBytes(seeded(1), 50_000), { windowBits: 18, random: seeded(2) })],
    [
      'of several folders',
      cab([1, 2, 3].map((index) => ({ files: [{ name: `${index}.txt`, content: `file ${index}` }] }))),
    ],
    [
      'with room for a signature',
      cab([{ files: [{ name: 'a', content: 'x' }] }], { reserve: { header: Buffer.alloc(6144) } }),
    ],
  ];

  const sign = async (file: Uint8Array, options: Partial<AuthenticodeSign> = {}) =>
    Buffer.from(
      await signRounds({
        signing: cabSigning,
        signer,
        file,
        sign: { method: 'authenticode', description: 'A cabinet', ...options },
        stamp: (signature) => tsa.stamp(signature),
      }),
    );
  function verify(bytes: Uint8Array): string {
    writeFileSync(at('judged.cab'), bytes);
    const told = run(
      'osslsigncode',
      'verify',
      '-CAfile',
      'roots.pem',
      '-TSA-CAfile',
      tsa.rootPem,
      '-in',
      'judged.cab',
    );
    expect(told).not.toMatch(/invalid|failed|mismatch|error/i);
    return told;
  }
  /** What other programs unpack. */
  const unpacked = (bytes: Uint8Array): string => {
    writeFileSync(at('judged.cab'), bytes);
    expect(run('7zz', 't', 'judged.cab')).toContain('Everything is Ok');
    return run('cabextract', '-t', 'judged.cab').replaceAll(/^.*extra bytes.*$/gm, '');
  };
  function signTheirs(bytes: Uint8Array, ...more: readonly string[]): Buffer {
    writeFileSync(at('plain.cab'), bytes);
    rmSync(at('theirs.cab'), { force: true });
    run(
      'osslsigncode',
      'sign',
      '-certs',
      'upstream.pem',
      '-key',
      'key.pem',
      ...more,
      '-in',
      'plain.cab',
      '-out',
      'theirs.cab',
    );
    return readFileSync(at('theirs.cab'));
  }
  const digestsIn = (told: string): string[] =>
    [...told.matchAll(/^Calculated message digest : ([0-9A-F]+)/gm)].map(([, digest]) =>
      (digest ?? '').toLowerCase(),
    );

  test.each(cabinets)('accepts %s, with the same content as before', async (_what, bytes) => {
    const before = unpacked(bytes);
    for (const hashAlgorithm of ['sha256', 'sha384', ['sha256', 'sha512']] as const) {
      const signed = await sign(bytes, {
        hashAlgorithm: typeof hashAlgorithm === 'string' ? hashAlgorithm : [...hashAlgorithm],
      });
      const told = verify(signed);
      expect(told.match(/^Signature verification: ok/gm)).toHaveLength(
        typeof hashAlgorithm === 'string' ? 1 : 2,
      );
      expect(told).toContain('Timestamp Server Signature verification: ok');
      expect(unpacked(signed)).toBe(before);
    }
  });

  test.each(cabinets.slice(0, 4))(
    'digests %s as it is digested here, before and after',
    async (_what, bytes) => {
      for (const hashAlgorithm of ['sha256', 'sha384', 'sha512'] as const) {
        const theirs = signTheirs(bytes, '-h', hashAlgorithm);
        const options = { method: 'authenticode', hashAlgorithm, existingSignature: 'append' } as const;
        const subjects = [bytes, theirs].map((file) => cabSigning.subject(memorySource(file), options));
        const [digest] = digestsIn(verify(theirs));
        expect((await Promise.all(subjects)).map((subject) => subject.digest)).toEqual([digest, digest]);
      }
    },
  );

  test('accepts what is added to its signature and put in its place, and adds to ours', async () => {
    const [, bytes = Buffer.alloc(0)] = cabinets[1] ?? [];
    const theirs = signTheirs(bytes);
    const appended = verify(await sign(theirs, { existingSignature: 'append' }));
    expect(appended.match(/^Signature verification: ok/gm)).toHaveLength(2);
    expect(appended).toContain('CN=Upstream');
    const replaced = verify(await sign(theirs, { existingSignature: 'replace' }));
    expect(replaced.match(/^Signature verification: ok/gm)).toHaveLength(1);
    expect(replaced).not.toContain('CN=Upstream');
    const added = signTheirs(await sign(bytes), '-nest');
    expect(verify(added).match(/^Signature verification: ok/gm)).toHaveLength(2);
    const again = verify(await sign(added, { existingSignature: 'append' }));
    expect(again.match(/^Signature verification: ok/gm)).toHaveLength(3);
  });

  test('and others unpack a cabinet that was packed anew, and signed then', async () => {
    for (const [, bytes] of cabinets.slice(0, 3)) {
      const changed = randomBytes(123_457);
      const budget = () => new UnpackBudget(defaultUnpackLimits);
      const packed = await collect(
        cabContainer.rewrite(memorySource(bytes), budget(), {
          added: () => Promise.resolve([]),
          replace: ({ path }) =>
            path === 'tool.exe' || path === 'content'
              ? { sizeBytes: changed.length, content: () => once(changed) }
              : null,
        }),
      );
      const signed = await sign(packed);
      verify(signed);
      writeFileSync(at('packed.cab'), signed);
      const out = execFileSync('cabextract', ['-q', '-p', '-F', '[tc]o[on][lt]*', 'packed.cab'], {
        cwd: dir,
        maxBuffer: 1 << 24,
      });
      expect(out.equals(changed)).toBe(true);
      expect(
        execFileSync('7zz', ['e', '-so', 'packed.cab', 'tool.exe', 'content'], {
          cwd: dir,
          maxBuffer: 1 << 24,
        }).equals(changed),
      ).toBe(true);
    }
  });
});
