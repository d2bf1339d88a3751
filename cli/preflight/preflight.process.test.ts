/** What a maintainer sees of a file before it is submitted: the signer's own inspector, started from here. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signRounds } from '#core/formats/authenticode/sign-rounds.fixture.ts';
import { peSigning as signing } from '#core/formats/pe/sign.ts';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { tar } from '#core/formats/tar/tar.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import { createTestSigner } from '#core/pki/cms/signer.fixture.ts';
import { artifactFile, seed } from '#core/policy/plan/snapshots.fixture.ts';
import { testClamd } from '../../dev/test/index.ts';
import { preflightCommand } from './command.ts';

const program = buildProgram();
let folder = '';
const at = (name: string) => path.join(folder, name);
const save = (name: string, content: string | Uint8Array) => writeFile(at(name), content);

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'preflight-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function preflight(...args: string[]): Promise<{ readonly status: number; readonly text: string }> {
  let text = '';
  const status = await preflightCommand(args, { out: (more) => (text += more), err: () => undefined });
  return { status, text };
}

const configuration = (contents: string, more = '') =>
  `apiVersion: countersign/v1\nkind: ArtifactConfiguration\n${more}root:\n  type: zip\n  contents:\n${contents}`;
const signed = (place: string) => `    - { type: pe, path: ${place}, sign: { method: authenticode } }\n`;

it('prints every file, what it gets, in which order, and what nobody checked', async () => {
  const inner = zip([{ name: 'i.exe', content: program }]);
  await save(
    'w.zip',
    zip([
      { name: 'app/w.exe', content: program },
      { name: 'x.zip', content: inner },
    ]),
  );
  await save(
    'good.yaml',
    configuration(
      `${signed('app/*.exe')}    - { type: zip, path: x.zip, contents: [ ${signed('i.exe').trim().slice(2)} ] }\n`,
    ),
  );
  const { status, text } = await preflight(at('w.zip'), '--config', at('good.yaml'));
  expect(text).toMatch(/w\.exe {2}Windows program or library \(PE\), [\d,]+ bytes\n +SHA-256 [0-9a-f]{64}\n/);
  expect(text).toMatch(/good\.yaml:6 {2}a Windows program or library, gets signed: Authenticode/);
  const order = text.slice(text.indexOf('Order of signing')).split('\n').slice(1, 5);
  expect(order.map((line) => line.replace(folder, '').trim())).toEqual([
    '1. app/w.exe: signed: Authenticode',
    '2. x.zip › i.exe: signed: Authenticode',
    '3. x.zip: rebuilt around what was signed in it (zip)',
    '4. /w.zip: rebuilt around what was signed in it (zip)',
  ]);
  expect(text).toMatch(/Not checked here\n {2}- where the file comes from/);
  expect(text.trim().split('\n').at(-1)).toMatch(
    /would be signed as .*good\.yaml says, as far as can be told here\.$/,
  );
  expect(status).toBe(0);
  const left = (await readdir(os.tmpdir())).filter((name) => name.startsWith('countersign-preflight-'));
  expect(left).toEqual([]);
});

it('refuses what the signer would, with line and fix, also what can’t be looked into; as JSON too', async () => {
  const closed = Buffer.concat([Buffer.from('Rar!\x1a\x07\0', 'latin1'), Buffer.alloc(40, 1)]);
  await save(
    'bad.zip',
    zip([
      { name: 'app/w.exe', content: program },
      { name: 'z.rar', content: closed },
    ]),
  );
  await save(
    'bad.yaml',
    configuration(
      `${signed('"*.exe"')}    - { type: file, path: '**', matches: { min: 0, max: unbounded } }\n`,
    ),
  );
  const { status, text } = await preflight(at('bad.zip'), '--config', at('bad.yaml'));
  expect(status).toBe(1);
  expect(text).toContain('`*.exe` matched nothing; `app/*.exe` would match 1 file');
  expect(text).toContain('z.rar can’t be scanned completely: It is a RAR archive');
  expect(text).toMatch(/line +\S+bad\.yaml:6:7\n/);
  const { text: json } = await preflight(at('bad.zip'), '--config', at('bad.yaml'), '--json');
  expect(JSON.parse(json)).toMatchObject({
    passed: false,
    report: { head: { request: null, reached: 'inspection' } },
    order: [],
  });
});

it('takes values of parameters, and refuses names that the configuration doesn’t have', async () => {
  await save('v.zip', zip([{ name: 'w-1.3.exe', content: program }]));
  await save(
    'v.yaml',
    configuration(signed("'w-${version}.exe'"), 'parameters:\n  - { name: version, required: true }\n'),
  );
  const with13 = await preflight(at('v.zip'), '--config', at('v.yaml'), '--parameter', 'version=1.3');
  expect(with13.status).toBe(0);
  await expect(preflight(at('v.zip'), '--config', at('v.yaml'))).rejects.toThrow(/v\.yaml:4:/);
  await expect(preflight(at('v.zip'), '--config', at('v.yaml'), '--parameter', 'other=1')).rejects.toThrow(
    /takes no value for `other`/,
  );
});

it('holds the configuration to the foundation’s policies where they are named', async () => {
  const saveAll = async (name: string, files: ReadonlyMap<string, Uint8Array>) => {
    for (const [file, content] of files) {
      await mkdir(path.dirname(path.join(at(name), file)), { recursive: true });
      await save(path.join(name, file), content);
    }
  };
  await saveAll('lenient', seed);
  const floors = 'floors:\n  release:\n    productNameAndVersion: required\n  test:\n    scan: required\n';
  const foundation = Buffer.from(seed.get('foundation.yaml') ?? '').toString();
  await saveAll('strict', new Map([...seed, ['foundation.yaml', Buffer.from(foundation + floors)]]));
  const [, project = '', , artifact = ''] = artifactFile.split('/');
  await save(artifact, configuration(signed('w.exe')));
  await save('p.zip', zip([{ name: 'w.exe', content: program }]));
  const call = (policies: string) => [at('p.zip'), '--config', at(artifact), '--policies', at(policies)];
  const answer = await preflight(...call('lenient'), '--project', project);
  expect(answer.text).not.toContain('floors');
  expect(answer.status).toBe(0);
  await expect(preflight(...call('strict'), '--project', project)).rejects.toThrow(
    /The foundation requires the product name and version/,
  );
  await expect(preflight(...call('lenient'), '--project', 'nobody')).rejects.toThrow(/has no project nobody/);
});

it('suggests a configuration that passes against the file that it was made for', async () => {
  const inner = zip([{ name: 'tool.exe', content: program }]);
  const closed = Buffer.concat([Buffer.from("7z\xbc\xaf'\x1c\x00\x04", 'latin1'), Buffer.alloc(40, 1)]);
  const archive = tar(
    { name: 'w-1.2/bin/w.exe', content: program },
    { name: 'w-1.2/release.zip', content: inner },
    { name: 'w-1.2/data.7z', content: closed },
    { name: 'w-1.2/README.md', content: 'hi' },
  );
  await save('w-1.2.tar.gz', gzipSync(archive));
  const { status, text } = await preflight(at('w-1.2.tar.gz'), '--suggest');
  expect(status).toBe(0);
  for (const said of [
    'type: tar.gz',
    "path: 'w-${version}'",
    'path: bin/w.exe',
    'path: release.zip',
    'reason: TODO',
  ])
    expect(text).toContain(said);
  await save('suggested.yaml', text);
  const call = [at('w-1.2.tar.gz'), '--config', at('suggested.yaml'), '--parameter', 'version=1.2'];
  await expect(preflight(...call)).rejects.toThrow(/suggested\.yaml:\d+:\d+: .*reason/);
  await save('suggested.yaml', text.replace('reason: TODO', 'reason: made by this build'));
  const held = await preflight(...call);
  expect(held.text).toContain('2. release.zip › tool.exe'.replace('release', 'w-1.2/release'));
  expect(held.status).toBe(0);
  await save('single.exe', program);
  expect((await preflight(at('single.exe'), '--suggest')).text).toMatch(/^root:\n {2}type: pe\n {2}sign: /m);
  await save('text.txt', 'nothing to sign');
  await expect(preflight(at('text.txt'), '--suggest')).rejects.toThrow('Nothing in it is of a type');
  const sign = { method: 'authenticode' } as const;
  const signer = createTestSigner('Maker');
  await save('done.exe', await signRounds({ signing, signer, file: program, sign }));
  await expect(preflight(at('done.exe'), '--suggest')).rejects.toThrow('carries a signature already');
});

it('says what is wrong with how it is called', async () => {
  await expect(preflight(at('none.zip'))).rejects.toMatchObject({ code: 'USAGE' });
  await expect(preflight(at('none.zip'), '--config', at('good.yaml'))).rejects.toThrow(/can’t be read/);
  await expect(preflight('a', '--config', 'b', '--project', 'c')).rejects.toThrow(/go together/);
});

it('scans by clamd as the signer does, and refuses malware', async () => {
  const { host, port } = testClamd();
  const eicar = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`;
  await save('scanned.yaml', configuration(`${signed('w.exe')}    - { type: file, path: x.txt }\n`));
  const archive = (text: string) =>
    zip([
      { name: 'w.exe', content: program },
      { name: 'x.txt', content: Buffer.from(text) },
    ]);
  await save('clean.zip', archive('hello'));
  await save('bad.zip', archive(eicar));
  const by = ['--config', at('scanned.yaml'), '--clamd', `${host}:${port}`];
  const clean = await preflight(at('clean.zip'), ...by);
  expect(clean.text).toMatch(/All 2 files, and the artifact itself, were scanned/);
  expect(clean.status).toBe(0);
  const bad = await preflight(at('bad.zip'), ...by);
  expect(bad.text).toMatch(/x\.txt contains malware: .*\[scan\.infected\]/);
  expect(bad.status).toBe(1);
  await expect(
    preflight(at('clean.zip'), '--config', at('scanned.yaml'), '--clamd', at('no-such-socket')),
  ).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(
    preflight(at('clean.zip'), '--config', at('scanned.yaml'), '--clamd', 'nowhere'),
  ).rejects.toMatchObject({ code: 'USAGE' });
});
