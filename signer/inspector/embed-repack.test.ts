import { readFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { tar } from '#core/formats/tar/tar.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import type { RootElement } from '#core/generated/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import {
  anyFiles,
  configuration,
  inTar,
  inTgz,
  inZip,
  openBench,
  pkcs7,
  program,
  sha256,
  sign,
  signedPrograms,
  type Bench,
} from './inspector.fixture.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

describe('embedding', () => {
  test('gives a program whose digest is the one that was signed, and the very signature', async () => {
    const inspection = await bench.inspect(program, { type: 'pe', sign: sign });
    const target = inspection.signTargets[0];
    const result = await bench.inspector.embed({
      leafFile: target?.leafFile ?? '',
      unsignedSha256: sha256(program),
      pkcs7,
      folder: 'embed',
    });
    expect(result.authenticodeSha256).toBe(target?.authenticodeSha256);
    expect(Buffer.from(result.pkcs7)).toEqual(Buffer.from(pkcs7));
    expect(sha256(await readFile(result.signedFile))).toBe(result.sha256);
  });

  test('refuses a file that changed since the inspection, and what is no DER', async () => {
    const leafFile = await bench.save(buildProgram({ overlay: Buffer.from('more') }));
    const embed = (unsignedSha256: Sha256Hex, signature: Uint8Array) =>
      bench.inspector.embed({ leafFile, unsignedSha256, pkcs7: signature, folder: 'embed' });
    await expect(embed(sha256(program), pkcs7)).rejects.toMatchObject({ code: 'INSPECTOR_INPUT' });
    const right = sha256(await readFile(leafFile));
    await expect(embed(right, Buffer.from('no DER'))).rejects.toMatchObject({ code: 'INSPECTOR_INPUT' });
  });
});

describe('repacking', () => {
  const replaced = Buffer.concat([program, Buffer.from('signature')]);

  async function repack(bytes: Uint8Array, root: RootElement, ...paths: readonly (readonly string[])[]) {
    const file = await bench.save(replaced);
    const result = await bench.inspector.repack({
      file: await bench.save(bytes),
      sha256: sha256(bytes),
      folder: 'repack',
      configuration: configuration(root),
      replacements: paths.map((path) => ({ path, file, sha256: sha256(replaced) })),
    });
    const output = await readFile(result.outputFile);
    expect(result).toMatchObject({ sha256: sha256(output), sizeBytes: output.length });
    return { ...result, output };
  }

  const contents = (content: Uint8Array) => [
    { name: 'a.txt', content: 'first' },
    { name: 'tool.exe', content },
    { name: 'z.txt', content: 'last' },
  ];

  test('changes one file in tar, tar.gz and zip, and nothing else', async () => {
    const [before, after] = [contents(program), contents(replaced)];
    const one = await repack(tar(...before), inTar, ['tool.exe']);
    expect(one.output.equals(tar(...after))).toBe(true);
    expect(one).toMatchObject({ replaced: 1, unchanged: 2 });
    const two = await repack(gzipSync(tar(...before)), inTgz, ['tool.exe']);
    expect(gunzipSync(two.output).equals(tar(...after))).toBe(true);
    const three = await repack(zip(before), inZip, ['tool.exe']);
    const again = await bench.inspect(three.output, inZip);
    expect(again.tree.map(({ path, sha256: digest }) => [path[0], digest])).toEqual(
      after.map(({ name, content }) => [name, sha256(Buffer.from(content))]),
    );
  });

  test('gives the same bytes where nothing is replaced', async () => {
    const bytes = gzipSync(tar(...contents(program)));
    expect((await repack(bytes, inTgz)).output.equals(bytes)).toBe(true);
  });

  test('repacks the innermost container first', async () => {
    const build = (content: Uint8Array) =>
      tar(
        { name: 'outer.txt', content: 'o' },
        {
          name: 'in.zip',
          content: zip([{ name: 'deep.tar', content: tar({ name: 'tool.exe', content }), method: 0 }]),
        },
      );
    const root: RootElement = {
      type: 'tar',
      contents: [
        {
          type: 'zip',
          path: 'in.zip',
          contents: [{ type: 'tar', path: '*.tar', contents: [signedPrograms] }],
        },
        anyFiles,
      ],
    };
    const result = await repack(build(program), root, ['in.zip', 'deep.tar', 'tool.exe']);
    expect(result.output.equals(build(replaced))).toBe(true);
    expect(result.replaced).toBe(1);
  });

  test('replaces an artifact that is a single file', async () => {
    expect((await repack(program, { type: 'pe', sign: sign }, [])).output.equals(replaced)).toBe(true);
  });

  test('refuses what is not there, changed, or replaced twice', async () => {
    const bytes = tar(...contents(program));
    const input = { code: 'INSPECTOR_INPUT' };
    await expect(repack(bytes, inTar, ['none.exe'])).rejects.toMatchObject(input);
    await expect(repack(bytes, inTar, ['tool.exe'], ['tool.exe'])).rejects.toMatchObject(input);
    await expect(repack(bytes, inTar, ['tool.exe', 'inside'])).rejects.toMatchObject(input);
    const file = await bench.save(bytes);
    const request = { file, folder: 'repack', configuration: configuration(inTar) };
    const replacement = { path: ['tool.exe'], file: await bench.save(replaced), sha256: sha256(program) };
    await expect(
      bench.inspector.repack({ ...request, sha256: sha256(bytes), replacements: [replacement] }),
    ).rejects.toMatchObject(input);
    await expect(
      bench.inspector.repack({ ...request, sha256: sha256(program), replacements: [] }),
    ).rejects.toMatchObject(input);
  });
});
