/**
 * The attack that `signs` of a format stands against: a file of any kind is signed by CMS, and its signature is put around that file
 * as if it were what another format signs. The forgeries are made in full, of signatures that this signer would make if nobody
 * looked at how the file begins, and Debian's programs take them. So it is not enough that this repository's own readers refuse them.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explicit, oid, oids, readDer, sequence } from '../../pki/asn1/index.ts';
import { createTestSigner, toPem } from '../../pki/cms/signer.fixture.ts';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { failed, openBench, type Bench } from '../../../../signer/inspector/inspector.fixture.ts';
import { signFile } from '../file/file.fixture.ts';
import { embedPeSignatures, parsePe, peDigest, peSpcIndirectData } from '../pe/index.ts';
import { buildProgram, collect } from '../pe/program.fixture.ts';
import { memorySource } from '../random-access.ts';
import { zip } from '../zip/zip.fixture.ts';

const run = promisify(execFile);
const signer = createTestSigner('Countersign files');
const folder = mkdtempSync(join(tmpdir(), 'countersign-graft-'));
let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => {
  await bench.close();
  rmSync(folder, { recursive: true, force: true });
});
const at = (name: string, content: Uint8Array | string): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};

/** What the inspector says of the file, where it is to be signed. */
async function refusals(file: Uint8Array): Promise<readonly string[]> {
  const artifact = zip([{ name: 'notes', content: file }]);
  const sign = { method: 'cms' } as const;
  const inspection = await bench.inspect(artifact, {
    type: 'zip',
    contents: [{ type: 'file', path: 'notes', sign }],
  });
  return failed(inspection);
}

describe.skipIf(lacksTools('osslsigncode'))('a program that nobody inspected', () => {
  const program = buildProgram({ overlay: Buffer.from('malware') });
  const contentOf = async () => {
    const source = memorySource(program);
    const layout = await parsePe(source);
    const spc = peSpcIndirectData(await peDigest(source, layout));
    return { source, layout, spc, file: readDer(spc).contents };
  };

  test('gets an Authenticode signature that osslsigncode accepts, from that of a file with its statement', async () => {
    const { source, layout, spc, file } = await contentOf();
    const { beside } = await signFile(signer, file, { method: 'cms' });
    const [, content] = readDer(beside).children;
    const [version, algorithms, , ...rest] = content?.children[0]?.children ?? [];
    const parts = [version, algorithms].map((node) => node?.bytes ?? new Uint8Array(0));
    const signedData = sequence(
      ...parts,
      sequence(oid(oids.spcIndirectData), explicit(0, spc)),
      ...rest.map(({ bytes }) => bytes),
    );
    const pkcs7 = sequence(oid(oids.signedData), explicit(0, signedData));
    const forged = at('forged.exe', await collect(embedPeSignatures(source, layout, [pkcs7])));
    const root = at('root.pem', toPem([signer.root]));
    const { stdout } = await run('osslsigncode', ['verify', '-CAfile', root, '-in', forged]);
    expect(stdout).toMatch(/Signature verification: ok/);
  });

  test('gets none, since a file with its statement is not signed, in whatever form of ASN.1 it begins', async () => {
    const file = Buffer.from((await contentOf()).file);
    expect(file[0]).toBe(0x30);
    expect(file[1]).toBeLessThan(0x80);
    const longer = (...head: readonly number[]) => Buffer.concat([Buffer.from(head), file.subarray(2)]);
    const length = file[1] ?? 0;
    for (const begun of [
      file,
      longer(0x30, 0x81, length),
      longer(0x30, 0x84, 0, 0, 0, length),
      longer(0x30, 0x80),
      longer(0x3f, 0x10, length),
    ])
      expect(await refusals(begun)).toEqual(['file.signed-content']);
  });
});

describe.skipIf(lacksTools('jarsigner', 'keytool'))('a Java archive that nobody inspected', () => {
  const digest = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('base64');
  const code = Buffer.from('any class');
  const manifest = `Manifest-Version: 1.0\r\n\r\nName: Evil.class\r\nSHA-256-Digest: ${digest(code)}\r\n\r\n`;
  const lines = [`SHA-256-Digest-Manifest: ${digest(manifest)}`, 'Signature-Version: 1.0'];
  const section = ['Name: Evil.class', `SHA-256-Digest: ${digest(code)}`, ''];
  const files = {
    'as the specification writes it': [...lines].reverse(),
    'with another line first': lines,
    'in another case': [lines[0] ?? '', 'signature-VERSION: 1.0'],
    'behind many lines': [
      ...Array.from({ length: 30_000 }, (_, index) => `Note-${index}: ${'n'.repeat(50)}`),
      ...lines,
    ],
  };

  test.each(Object.entries(files))(
    'is one that jarsigner accepts by the signature of a file, %s, which is not signed therefore',
    async (_, text) => {
      const signatureFile = Buffer.from([...text, '', ...section, ''].join('\r\n'));
      const { beside } = await signFile(signer, signatureFile, { method: 'cms' });
      const entries = [
        { name: 'META-INF/MANIFEST.MF', content: manifest },
        { name: 'META-INF/X.SF', content: signatureFile },
        { name: 'META-INF/X.RSA', content: beside },
        { name: 'Evil.class', content: code },
      ];
      const forged = at('forged.jar', zip(entries));
      const verified = await run('jarsigner', ['-verify', '-verbose', forged], {
        maxBuffer: 64 * 1024 * 1024,
      });
      expect(verified.stdout).toContain('jar verified');
      expect(verified.stdout).toMatch(/^sm +9 .*Evil\.class$/m);
      expect(await refusals(signatureFile)).toEqual(['file.signed-content']);
    },
  );
});
