import { spawn, spawnSync } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createInspector, type Inspector } from './index.ts';
import { configuration, openBench, pkcs7, program, sha256, sign, type Bench } from './inspector.fixture.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** Processes of Node.js, without the tools around them, whose command line names the folder. */
async function childrenIn(folder: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.startsWith(process.execPath) && line.includes(`${folder}/`)) found.push(Number(pid));
  }
  return found;
}

const workOf = (name: string): string => join(bench.folder, 'work', name);

async function inspected(folder: string, inspector: Inspector = bench.inspector) {
  const inspection = await inspector.inspect({
    file: await bench.save(program),
    folder,
    configuration: configuration({ type: 'pe', sign }),
  });
  const file = inspection.signTargets[0]?.leafFile ?? '';
  const embed = () =>
    inspector.embed({ type: 'pe', file, sha256: sha256(program), sign, signature: pkcs7, folder });
  return { inspection, file, embed };
}

test('every request has a child of its own, which performs all its operations and ends with it', async () => {
  const [one, two] = [await inspected('session-one'), await inspected('session-two')];
  const before = await childrenIn(workOf('session-one'));
  expect(before).toHaveLength(1);
  const answers = await Promise.all([one.embed(), one.embed(), two.embed()]);
  expect(new Set(answers.map((answer) => answer.sha256)).size).toBe(1);
  expect(await childrenIn(workOf('session-one'))).toEqual(before);
  expect(await childrenIn(workOf('session-two'))).not.toEqual(before);
  const { networkNamespace } = await bench.inspector.sandbox();
  expect(await bench.inspector.end('session-one')).toBe(networkNamespace);
  expect(await childrenIn(workOf('session-one'))).toEqual([]);
  expect(await childrenIn(workOf('session-two'))).toHaveLength(1);
  // What it wrote is still there for whoever releases it.
  expect((await readFile(answers[0].signedFile)).length).toBe(answers[0].sizeBytes);
  await bench.inspector.end('session-two');
});

test('an operation whose child dies fails, and the next one has another child', async () => {
  const { embed } = await inspected('session-killed');
  const [first] = await childrenIn(workOf('session-killed'));
  process.kill(first ?? 0, 'SIGKILL');
  await expect.poll(() => childrenIn(workOf('session-killed'))).toEqual([]);
  await embed().catch(() => undefined);
  expect((await embed()).sizeBytes).toBeGreaterThan(program.length);
  expect(await childrenIn(workOf('session-killed'))).not.toEqual([first]);
  await bench.inspector.end('session-killed');
});

test('a file that changes after it was inspected is not signed', async () => {
  const { file, embed } = await inspected('session-changed');
  await embed();
  await appendFile(file, 'more');
  await expect(embed()).rejects.toMatchObject({ code: 'INSPECTOR_INPUT' });
  await bench.inspector.end('session-changed');
});

test('what the signer fetched into the request’s folder is inspected there, without another copy', async () => {
  await mkdir(workOf('session-own'), { recursive: true });
  const file = join(workOf('session-own'), 'artifact');
  await writeFile(file, program);
  const inspection = await bench.inspector.inspect({
    file,
    folder: 'session-own',
    configuration: configuration({ type: 'pe', sign }),
  });
  expect((await stat(inspection.artifactFile)).ino).toBe((await stat(file)).ino);
  expect(inspection.sha256).toBe(sha256(program));
  const elsewhere = await inspected('session-elsewhere');
  expect(elsewhere.inspection.artifactFile.startsWith(workOf('session-elsewhere'))).toBe(true);
  await bench.inspector.end('session-own');
  await bench.inspector.end('session-elsewhere');
});

test('a time limit is for one operation: a child that has worked for longer is exchanged before the next', async () => {
  const quick = createInspector({
    workDir: join(bench.folder, 'work'),
    builtIn: join(bench.folder, 'dist'),
    limits: { timeoutSeconds: 0.001 },
  });
  await expect(inspected('session-timeout', quick)).rejects.toMatchObject({ code: 'INSPECTOR_TIMEOUT' });
  expect(await childrenIn(workOf('session-timeout'))).toEqual([]);
});

test('a child ends with the process that started it', async () => {
  const main = fileURLToPath(new URL('child/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], { stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin.end();
  expect(await ended).toBe(1);
});

test('of a child that died by itself, nothing is proved: something of it may still write', async () => {
  const { embed } = await inspected('session-unproved');
  const [first] = await childrenIn(workOf('session-unproved'));
  process.kill(first ?? 0, 'SIGKILL');
  await expect.poll(() => childrenIn(workOf('session-unproved'))).toEqual([]);
  await embed().catch(() => undefined);
  await embed();
  expect(await bench.inspector.end('session-unproved')).toBe(false);
  expect(await bench.inspector.end('no-such-request')).toBe(false);
});

test('a spare waits for the next request, having seen no file, serves that one alone, and its folder goes with it', async () => {
  const workDir = join(bench.folder, 'work-with-spare');
  await mkdir(join(workDir, 'spare-left-over'), { recursive: true });
  const inspector = createInspector({ workDir, keepsSpare: true });
  const spares = async (): Promise<readonly string[]> =>
    (await readdir(workDir)).filter((name) => name.startsWith('spare-'));
  const waiting = async (): Promise<string> => {
    await expect.poll(async () => (await spares()).length).toBe(1);
    const [name = ''] = await spares();
    await expect.poll(() => childrenIn(join(workDir, name))).toHaveLength(1);
    return name;
  };
  // Files of the request are in its folder, as the signer fetches them.
  const inspectIn = async (folder: string) => {
    await mkdir(join(workDir, folder), { recursive: true });
    const file = join(workDir, folder, 'fetched');
    await writeFile(file, program);
    return inspector.inspect({ file, folder, configuration: configuration({ type: 'pe', sign }) });
  };
  await expect.poll(spares).not.toContain('spare-left-over');
  const first = await waiting();
  const [pid] = await childrenIn(join(workDir, first));
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
  expect(command).not.toContain('request-one');
  const one = await inspectIn('request-one');
  expect(one.ok).toBe(true);
  expect(one.artifactFile.startsWith(join(workDir, first))).toBe(true);
  expect(await childrenIn(join(workDir, first))).toEqual([pid]);
  await expect.poll(async () => (await spares()).length).toBe(2);
  const two = await inspectIn('request-two');
  expect(two.ok).toBe(true);
  expect(two.artifactFile.startsWith(join(workDir, first))).toBe(false);
  await inspector.discard('request-one');
  expect(await spares()).not.toContain(first);
  expect(await childrenIn(join(workDir, first))).toEqual([]);
  await inspector.discard('request-two');
  await inspector.close();
  expect(await spares()).toEqual([]);
});

test('children of a built inspector start with code that V8 takes, and can’t write to', async () => {
  const workDir = join(bench.folder, 'work-with-code');
  await mkdir(join(workDir, 'code-left-over'), { recursive: true });
  const builtIn = join(bench.folder, 'dist');
  const inspector = createInspector({ workDir, keepsSpare: true, builtIn });
  const named = async (prefix: string): Promise<readonly string[]> =>
    (await readdir(workDir)).filter((name) => name.startsWith(prefix));
  await expect.poll(() => named('spare-')).toHaveLength(1);
  const code = join(workDir, `code-${process.pid}`);
  expect(await named('code-')).toEqual([`code-${process.pid}`]);
  expect(await readdir(code)).toEqual(['compiled']);
  const [spare = ''] = await named('spare-');
  await expect.poll(() => childrenIn(join(workDir, spare))).toHaveLength(1);
  const [pid] = await childrenIn(join(workDir, spare));
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
  const compiled = join(code, 'compiled');
  expect(words.slice(-3)).toEqual([join(builtIn, 'inspector.js'), 'take', compiled]);
  const writable = words.filter((word) => word.startsWith('--allow-fs-write='));
  expect(writable).toEqual([`--allow-fs-write=${join(workDir, spare, 'work')}/`]);
  // As start.ts makes the script, with the flags that decide over V8's code.
  const script = `(function (require) { 'use strict'; ${await readFile(join(builtIn, 'inspector.js'), 'utf8')}\n})`;
  await writeFile(join(workDir, 'script'), script);
  const take = `const { readFileSync: read } = require('node:fs');
    const { Script } = require('node:vm');
    const made = new Script(read(process.argv[1], 'utf8'), { filename: 'x', cachedData: read(process.argv[2]) });
    console.log(made.cachedDataRejected);`;
  const flags = words.filter((word) => /^--(?:max-old|disallow|disable-proto|no-)/.test(word));
  const taken = spawnSync(process.execPath, [...flags, '-e', take, join(workDir, 'script'), compiled]);
  expect(taken.stdout.toString()).toBe('false\n');
  await inspector.close();
  expect(await named('')).toEqual(['script']);
});

test('what the daemon hashed isn’t hashed again, and a digest of a file of another size is not believed', async () => {
  const workDir = join(bench.folder, 'work-known');
  const inspector = createInspector({ workDir });
  const told = { sha256: sha256(Buffer.from('other bytes')), sizeBytes: program.length };
  const inspectWith = async (folder: string, digest: typeof told) => {
    await mkdir(join(workDir, folder), { recursive: true });
    const file = join(workDir, folder, 'fetched');
    await writeFile(file, program);
    const inspection = await inspector.inspect({
      file,
      digest,
      folder,
      configuration: configuration({ type: 'pe', sign }),
    });
    await inspector.discard(folder);
    return inspection.sha256;
  };
  expect(await inspectWith('known', told)).toBe(told.sha256);
  expect(await inspectWith('shorter', { ...told, sizeBytes: 1 })).toBe(sha256(program));
});
