import { afterAll, beforeAll, expect, test } from 'vitest';
import { readFile } from 'node:fs/promises';
import { spcIndirectData } from '#core/pki/cms/index.ts';
import { createTestSigner, signContent } from '#core/pki/cms/signer.fixture.ts';
import { oids, sequence } from '#core/pki/asn1/index.ts';
import { parsePe, peDigest, peSpcIndirectData } from '#core/formats/pe/index.ts';
import { buildProgram, winCertificate, withTable } from '#core/formats/pe/program.fixture.ts';
import { memorySource } from '#core/formats/random-access.ts';
import { tar } from '#core/formats/tar/tar.fixture.ts';
import { failed, openBench, pkcs7, program, sha256, sign, type Bench } from './inspector.fixture.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const signer = createTestSigner('Some “upstream” name');

async function entryFor(about: Uint8Array): Promise<Uint8Array> {
  const source = memorySource(about);
  const digest = await peDigest(source, await parsePe(source));
  const der = signContent(signer, peSpcIndirectData(digest)).pkcs7;
  const padded = new Uint8Array(Math.ceil(der.length / 8) * 8);
  padded.set(der);
  return winCertificate(padded);
}

const told = async (bytes: Uint8Array, root: Parameters<Bench['inspect']>[1] = { type: 'pe' }) => {
  const inspection = await bench.inspect(bytes, root);
  const finding = inspection.findings.find(({ rule }) => rule === 'pe.signatures');
  return { inspection, message: finding?.message ?? '', found: finding?.found, outcome: finding?.outcome };
};

test('a program with two signatures may be kept as it is, and both are reported', async () => {
  const twice = withTable(
    program,
    Buffer.concat([await entryFor(program), await entryFor(buildProgram({ subsystem: 2 }))]),
  );
  const { inspection, message, found, outcome } = await told(twice);
  expect(inspection.ok).toBe(true);
  expect(outcome).toBe('info');
  expect(message).toContain('carries 2 signatures');
  expect(message).toContain('of “Some “upstream” name”, which fits the file');
  expect(message).toContain('which does not fit the file');
  expect(message).toContain('whether its signers are to be trusted was not checked');
  expect(found).toBe('2 in the certificate table, 0 nested in them');
});

test('a program with two signatures is not signed again', async () => {
  const entry = await entryFor(program);
  const { inspection } = await told(withTable(program, Buffer.concat([entry, entry])), { type: 'pe', sign });
  expect(failed(inspection)).toEqual(['pe.already-signed']);
  expect(inspection.signTargets).toEqual([]);
  const one = inspection.findings.find(({ rule }) => rule === 'pe.already-signed');
  expect(one?.found).toMatch(/^2 in a certificate table/);
});

test('certificate table entries that aren’t signatures are reported as such, without refusal', async () => {
  const rubbish = [
    withTable(program, winCertificate(Uint8Array.of(0x30, 2, 4, 5, 0, 0, 0, 0))),
    withTable(program, winCertificate(Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 1))),
    withTable(
      program,
      winCertificate(
        new Uint8Array(
          signContent(
            signer,
            spcIndirectData({
              type: oids.data,
              value: sequence(),
              algorithm: 'sha256',
              digest: new Uint8Array(32),
            }),
          ).pkcs7,
        ),
      ),
    ),
  ];
  for (const bytes of rubbish) {
    const { inspection, message } = await told(bytes);
    expect(failed(inspection)).toEqual([]);
    expect(message).toMatch(/malformed|does not fit/);
  }
});

test('embedding accepts none of several signatures: the one read back must be the only one', async () => {
  const file = await bench.save(program);
  const { signedFile } = await bench.inspector.embed({
    type: 'pe',
    file,
    sha256: sha256(program),
    sign,
    signature: pkcs7,
    folder: 'embed',
  });
  const source = memorySource(await readFile(signedFile));
  expect((await parsePe(source)).certificateTable?.entries).toHaveLength(1);
});

test('a header that Windows doesn’t load is signed and reported; for firmware, it isn’t', async () => {
  const windows = await bench.inspect(buildProgram({ headerOffset: 0x7a }), { type: 'pe', sign });
  expect(windows).toMatchObject({ ok: true, signTargets: { length: 1 } });
  expect(windows.findings).toContainEqual(
    expect.objectContaining({ rule: 'pe.unaligned-header', outcome: 'info', found: '122' }),
  );
  const efi = await bench.inspect(buildProgram({ headerOffset: 0x7a, subsystem: 10 }), { type: 'pe', sign });
  expect(efi.ok).toBe(true);
  expect(efi.findings.map(({ rule }) => rule)).not.toContain('pe.unaligned-header');
});

test('reports no signatures if there are none', async () => {
  const { inspection } = await told(tar({ name: 'a.dll', content: program }), {
    type: 'tar',
    contents: [{ type: 'pe', path: 'a.dll' }],
  });
  expect(inspection.findings.map(({ rule }) => rule)).not.toContain('pe.signatures');
});
