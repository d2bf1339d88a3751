import { readFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { tar } from '#core/formats/tar/tar.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import type { FormatType } from '#core/formats/format.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import { inZip, openBench, pkcs7, program, sha256, sign, type Bench } from './inspector.fixture.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

describe('embedding', () => {
  test('yields a program whose digest is the one that was signed, with exactly that signature', async () => {
    const inspection = await bench.inspect(program, { type: 'pe', sign: sign });
    const target = inspection.signTargets[0];
    const file = target?.leafFile ?? '';
    const result = await bench.inspector.embed({
      type: 'pe',
      file,
      sha256: sha256(program),
      sign,
      signature: pkcs7,
      folder: 'embed',
    });
    expect(result.readBack.subject.digest).toBe(target?.subject?.digest);
    expect(Buffer.from(result.readBack.signature)).toEqual(Buffer.from(pkcs7));
    expect(sha256(await readFile(result.signedFile))).toBe(result.sha256);
  });

  test('refuses a file that changed since the inspection, and a signature that isn’t DER', async () => {
    const leafFile = await bench.save(buildProgram({ overlay: Buffer.from('more') }));
    const embed = (digest: Sha256Hex, signature: Uint8Array) =>
      bench.inspector.embed({
        type: 'pe',
        file: leafFile,
        sha256: digest,
        sign,
        signature,
        folder: 'embed',
      });
    await expect(embed(sha256(program), pkcs7)).rejects.toMatchObject({ code: 'INSPECTOR_INPUT' });
    const right = sha256(await readFile(leafFile));
    await expect(embed(right, Buffer.from('no DER'))).rejects.toMatchObject({ code: 'INSPECTOR_INPUT' });
  });
});

describe('the digest to be signed', () => {
  test('is computed for a file as it is now, and for none that changed or whose format is not signed', async () => {
    const file = await bench.save(program);
    const known = { type: 'pe', file, sha256: sha256(program), sign, name: null, folder: 'subject' } as const;
    const [target] = (await bench.inspect(program, { type: 'pe', sign })).signTargets;
    expect(await bench.inspector.subject(known)).toEqual(target?.subject);
    const refused = { code: 'INSPECTOR_INPUT' };
    const other = { ...known, sha256: sha256(Buffer.from('other')) };
    await expect(bench.inspector.subject(other)).rejects.toMatchObject(refused);
    await expect(bench.inspector.subject({ ...known, type: 'zip' })).rejects.toMatchObject(refused);
  });
});

describe('a script', () => {
  test('of a type that is written with a hyphen is inspected, and its digest computed again', async () => {
    const script = Buffer.from('<job>\r\n</job>\r\n');
    const inspection = await bench.inspect(script, { type: 'windows-script', sign });
    expect(inspection.findings.map(({ rule }) => rule)).toContain('windows-script.unsigned');
    const known = { type: 'windows-script', file: await bench.save(script), sha256: sha256(script) } as const;
    const asked = { ...known, sign, name: 'setup.wsf', folder: 'script' };
    expect(await bench.inspector.subject(asked)).toEqual(inspection.signTargets[0]?.subject);
    await expect(bench.inspector.subject({ ...asked, name: 'setup.js' })).rejects.toThrow('not named so');
  });
});

describe('rebuilding', () => {
  const replaced = Buffer.concat([program, Buffer.from('signature')]);

  async function rebuild(type: FormatType, bytes: Uint8Array, ...paths: readonly string[]) {
    const file = await bench.save(replaced);
    const result = await bench.inspector.rebuild({
      type,
      file: await bench.save(bytes),
      sha256: sha256(bytes),
      folder: 'rebuild',
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
    const one = await rebuild('tar', tar(...before), 'tool.exe');
    expect(one.output.equals(tar(...after))).toBe(true);
    expect(one.unchanged).toBe(2);
    const two = await rebuild('tar.gz', gzipSync(tar(...before)), 'tool.exe');
    expect(gunzipSync(two.output).equals(tar(...after))).toBe(true);
    const three = await rebuild('zip', zip(before), 'tool.exe');
    const again = await bench.inspect(three.output, inZip);
    expect(again.tree.map(({ path, sha256: digest }) => [path[0], digest])).toEqual(
      after.map(({ name, content }) => [name, sha256(Buffer.from(content))]),
    );
  });

  const signatureFile = Buffer.from('a signature');
  async function add(type: FormatType, bytes: Uint8Array, ...added: readonly (readonly [string, string])[]) {
    const file = await bench.save(signatureFile);
    const result = await bench.inspector.rebuild({
      type,
      file: await bench.save(bytes),
      sha256: sha256(bytes),
      folder: 'rebuild',
      replacements: [],
      additions: added.map(([path, behind]) => ({ path, behind, file, sha256: sha256(signatureFile) })),
    });
    return { ...result, output: await readFile(result.outputFile) };
  }

  test('puts new files behind others in tar, tar.gz and zip, and changes nothing else', async () => {
    const [before, added] = [contents(program), { name: 'tool.exe.p7s', content: signatureFile }];
    const after = before.flatMap((entry) => (entry.name === 'tool.exe' ? [entry, added] : [entry]));
    const one = await add('tar', tar(...before), ['tool.exe.p7s', 'tool.exe']);
    expect(one.output.equals(tar(...after))).toBe(true);
    expect(one.unchanged).toBe(3);
    const two = await add('tar.gz', gzipSync(tar(...before)), ['tool.exe.p7s', 'tool.exe']);
    expect(gunzipSync(two.output).equals(tar(...after))).toBe(true);
    const three = await add('zip', zip(before), ['tool.exe.p7s', 'tool.exe']);
    const again = await bench.inspect(three.output, inZip);
    expect(again.tree.map(({ path, sha256: digest }) => [path[0], digest])).toEqual(
      after.map(({ name, content }) => [name, sha256(Buffer.from(content))]),
    );
  });

  test('refuses a new file behind one that is missing, twice the same, one with other bytes, and any in what takes none', async () => {
    const bytes = tar(...contents(program));
    const input = { code: 'INSPECTOR_INPUT' };
    await expect(add('tar', bytes, ['new', 'none'])).rejects.toMatchObject(input);
    await expect(add('tar', bytes, ['new', 'a.txt'], ['new', 'z.txt'])).rejects.toMatchObject(input);
    await expect(add('pe', program, ['new', 'a.txt'])).rejects.toMatchObject(input);
    const file = await bench.save(bytes);
    const other = { path: 'new', behind: 'a.txt', file: await bench.save(program), sha256: sha256(bytes) };
    const call = { type: 'tar', file, sha256: sha256(bytes), folder: 'rebuild', replacements: [] } as const;
    await expect(bench.inspector.rebuild({ ...call, additions: [other] })).rejects.toMatchObject(input);
  });

  test('refuses what is missing, changed, replaced twice, or not a container, and rebuilding without a change', async () => {
    const bytes = tar(...contents(program));
    const input = { code: 'INSPECTOR_INPUT' };
    await expect(rebuild('tar', bytes, 'none.exe')).rejects.toMatchObject(input);
    await expect(rebuild('tar', bytes, 'tool.exe', 'tool.exe')).rejects.toMatchObject(input);
    await expect(rebuild('pe', program, 'inside')).rejects.toMatchObject(input);
    await expect(rebuild('tar', bytes)).rejects.toMatchObject(input);
    const file = await bench.save(bytes);
    const request = { type: 'tar', file, folder: 'rebuild' } as const;
    const replacement = { path: 'tool.exe', file: await bench.save(replaced), sha256: sha256(program) };
    await expect(
      bench.inspector.rebuild({ ...request, sha256: sha256(bytes), replacements: [replacement] }),
    ).rejects.toMatchObject(input);
    const right = { ...replacement, sha256: sha256(replaced) };
    await expect(
      bench.inspector.rebuild({ ...request, sha256: sha256(program), replacements: [right] }),
    ).rejects.toMatchObject(input);
  });
});
