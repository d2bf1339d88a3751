/** What the build of processes promises: the same bytes twice, a list that says what is there, and nothing where it mustn't be. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildProcess } from './build.ts';
import { projectRoot, requireBuilt, sha256Of } from './built.ts';
import { contentsSchema, type Contents } from './contents.ts';
import { processes, processNames, type ProcessName, type ProcessSource } from './list.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'processes-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const built: readonly ProcessName[] = ['inspector', 'inspector-lockdown', 'keyholder', 'daemon', 'issue'];

async function contentsIn(where: string, name: string): Promise<Contents> {
  const text = await readFile(join(where, `${name}.packages.json`), 'utf8');
  return contentsSchema.parse(JSON.parse(text));
}

describe('a built process', () => {
  const first = () => join(folder, 'first');
  beforeAll(async () => {
    for (const name of built) await buildProcess(name, processes[name], first());
  });

  it('is one file with its source map and its list, and the same bytes wherever and whenever it is built', async () => {
    const second = join(folder, 'a', 'second');
    for (const name of built) await buildProcess(name, processes[name], second);
    const files = (await readdir(first())).sort();
    expect(files).toEqual(
      built.flatMap((name) => ['js', 'js.map', 'packages.json'].map((end) => `${name}.${end}`)).sort(),
    );
    for (const file of files) expect(sha256Of(join(second, file)), file).toBe(sha256Of(join(first(), file)));
  });

  it('lists each package in the version and under the licence of the lock file', async () => {
    const lock = z
      .object({ packages: z.record(z.string(), z.object({ version: z.string().optional() })) })
      .parse(JSON.parse(await readFile(join(projectRoot, 'package-lock.json'), 'utf8')));
    const { packages, bytes, own } = await contentsIn(first(), 'daemon');
    expect(packages.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['pg', 'zod', '@sigstore/verify', '@sigstore/tuf']),
    );
    for (const { name, version, licence } of packages) {
      const locked = Object.entries(lock.packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
      expect(
        locked.map(([, one]) => one.version),
        name,
      ).toContain(version);
      expect(licence, name).not.toBe('');
    }
    const counted = [...packages, ...own].reduce((sum, one) => sum + one.bytes, 0);
    // The rest is what the bundler puts between modules.
    expect(counted).toBeLessThan(bytes);
    expect(counted).toBeGreaterThan(bytes * 0.8);
  });

  it('names its sources in its map relative to dist/', async () => {
    const { sources } = z
      .object({ sources: z.array(z.string()) })
      .parse(JSON.parse(await readFile(join(first(), 'inspector.js.map'), 'utf8')));
    expect(sources).toContain('../signer/inspector/child/main.ts');
    expect(sources.filter((source) => !source.startsWith('../'))).toEqual([]);
  });

  it('contains in the inspector no package and no network, in the keyholder zod and what reaches the token', async () => {
    expect(await contentsIn(first(), 'inspector')).toMatchObject({ packages: [], outside: [] });
    expect((await contentsIn(first(), 'inspector')).builtins).not.toContain('net');
    const { packages, outside, builtins } = await contentsIn(first(), 'keyholder');
    expect(packages.map(({ name }) => name)).toEqual(['pkcs11js', 'zod']);
    expect(outside).toEqual(['pkcs11js']);
    expect(builtins).toEqual(['crypto', 'fs/promises', 'path']);
  });
});

describe('a process that contains what it must not', () => {
  async function refusal(of: ProcessName, source: string): Promise<string> {
    const entry = join(await mkdtemp(join(folder, 'offender-')), 'main.ts');
    await writeFile(entry, source);
    const offender: ProcessSource = { ...processes[of], entry };
    // The offender's own file is no fault here.
    const allowed = offender.only && {
      only: { ...offender.only, folders: [...offender.only.folders, relative(projectRoot, folder)] },
    };
    const error = await buildProcess(of, { ...offender, ...allowed }, join(folder, 'refused')).then(
      () => null,
      (cause: unknown) => cause,
    );
    if (error === null) return 'built';
    expect(error).toMatchObject({ name: 'ProcessBuildError', code: 'NOT_ALLOWED' });
    return (error as Error).message;
  }
  const file = (path: string) => JSON.stringify(join(projectRoot, path));
  const keeps = (name: string, from: string) => `import * as ${name} from ${from};\nconsole.log(${name});\n`;

  it.each([
    ['inspector', 'the package pg', keeps('pg', file('node_modules/pg/esm/index.mjs'))],
    ['inspector', 'the package pkcs11js', keeps('token', "'pkcs11js'")],
    ['inspector', 'the package @sigstore/', keeps('a', file('node_modules/@sigstore/verify/dist/index.js'))],
    ['inspector', 'the package zod', keeps('zod', file('node_modules/zod/index.js'))],
    ['inspector', 'the module of Node.js net', keeps('net', "'node:net'")],
    ['inspector', 'the file signer/own-code', keeps('a', file('signer/own-code/index.ts'))],
    ['keyholder', 'the package yaml', keeps('yaml', file('node_modules/yaml/dist/index.js'))],
    ['keyholder', 'the module of Node.js child_process', keeps('a', "'node:child_process'")],
    ['keyholder', 'the file lib/host', keeps('a', file('lib/host/git/index.ts'))],
    ['daemon', 'the package pkcs11js', keeps('token', "'pkcs11js'")],
    ['responder', 'the package pg', keeps('pg', file('node_modules/pg/esm/index.mjs'))],
  ] as const)('isn’t built: %s with %s', async (of, what, source) => {
    const said = await refusal(of, source);
    expect(said).toContain(`${of} may not hold ${what}`);
  });

  it('isn’t built with native code that its entry in the list doesn’t name', async () => {
    const entry = join(await mkdtemp(join(folder, 'offender-')), 'main.ts');
    await writeFile(entry, keeps('token', "'pkcs11js'"));
    const of = (outside: readonly string[]) =>
      buildProcess('one', { entry, what: 'one', outside }, join(folder, 'refused'));
    await expect(of([])).rejects.toThrow('one may not hold at run time the package pkcs11js');
    expect((await of(['pkcs11js'])).contents.outside).toEqual(['pkcs11js']);
  });

  it('isn’t built with code that can’t be bundled, and says which', async () => {
    const entry = join(await mkdtemp(join(folder, 'offender-')), 'main.ts');
    await writeFile(entry, "import './nowhere.ts';\n");
    const refused = buildProcess('one', { entry, what: 'one' }, join(folder, 'refused'));
    await expect(refused).rejects.toMatchObject({ code: 'BUILD_FAILED' });
    await expect(refused).rejects.toThrow(/nowhere\.ts/);
  });

  it('is refused with the chain of imports that brought it in', async () => {
    const said = await refusal('inspector', keeps('a', file('lib/host/configuration/index.ts')));
    expect(said).toMatch(/\(.*offender-\w+\/main\.ts → lib\/host\/configuration\/.* → .*\)/);
  });

  it('is built if it contains nothing of that', async () => {
    expect(await refusal('inspector', 'console.log(1);\n')).toBe('built');
  });
});

describe('stack traces', () => {
  it('name the source and its line', async () => {
    const own = await mkdtemp(join(folder, 'thrower-'));
    const entry = join(own, 'thrower.ts');
    await writeFile(entry, `interface A { a: string }\n\nconst a: A = { a: 'oh' };\nthrow new Error(a.a);\n`);
    await buildProcess('thrower', { entry, what: 'throws' }, own);
    await writeFile(join(own, 'package.json'), '{ "type": "module" }');
    const said = await new Promise<string>((resolve) => {
      execFile(process.execPath, ['--enable-source-maps', join(own, 'thrower.js')], (_error, _out, err) =>
        resolve(err),
      );
    });
    expect(said).toMatch(/at .*thrower\.ts:4:7/);
  });
});

describe('the signer’s log', () => {
  it('names the source and its line in stack traces, also of causes, where Node.js keeps no map', async () => {
    const own = await mkdtemp(join(folder, 'logger-'));
    const entry = join(own, 'logger.ts');
    const log = join(projectRoot, 'signer/ground/log/index.ts');
    const lines = [
      `import { openLog } from '${log}';`,
      '',
      'interface A { a: string }',
      `const fail = (a: A): Error => new Error(a.a, { cause: new Error('why') });`,
      `openLog('test').error({ err: fail({ a: 'oh' }) }, 'it failed');`,
    ];
    await writeFile(entry, `${lines.join('\n')}\n`);
    await buildProcess('logger', { entry, what: 'logs' }, own);
    await writeFile(join(own, 'package.json'), '{ "type": "module" }');
    const logged = (): Promise<string> =>
      new Promise((resolve) => {
        execFile(process.execPath, [join(own, 'logger.js')], (_error, out) => resolve(out));
      });
    const said = JSON.parse(await logged()) as { err: { stack: string; cause: { stack: string } } };
    expect(said.err.stack).toMatch(/\/logger\.ts:4:31/);
    expect(said.err.cause.stack).toMatch(/\/logger\.ts:4:55/);
    await rm(join(own, 'logger.js.map'));
    expect(await logged()).toMatch(/logger\.js:\d+:\d+/);
  });
});

describe('what is built', () => {
  it('is refused if it is missing, changed, or older than a source; the refusal says what to run', async () => {
    const own = await mkdtemp(join(folder, 'dist-'));
    const refused = (code: string, said: RegExp) => {
      expect(() => requireBuilt(own)).toThrow(expect.objectContaining({ code }) as Error);
      expect(() => requireBuilt(own)).toThrow(said);
      expect(() => requireBuilt(own)).toThrow(/npm run build:processes/);
    };
    refused('NOT_BUILT', /aren’t built/);
    for (const name of processNames) await writeFile(join(own, `${name}.js`), name);
    const built = Object.fromEntries(processNames.map((name) => [name, sha256Of(join(own, `${name}.js`))]));
    const inputs = { 'server.ts': sha256Of(join(projectRoot, 'server.ts')) };
    const record = (value: unknown) => writeFile(join(own, 'processes.json'), JSON.stringify(value));
    await record({ inputs, built });
    expect(() => requireBuilt(own)).not.toThrow();
    await record({ inputs: { 'server.ts': 'other' }, built });
    refused('OUT_OF_DATE', /^server\.ts has changed/);
    await record({ inputs, built: { ...built, keyholder: undefined } });
    refused('NOT_BUILT', /aren’t built/);
    await record({ inputs, built });
    await writeFile(join(own, 'keyholder.js'), 'swapped');
    refused('OUT_OF_DATE', /keyholder\.js isn’t what was built/);
    await writeFile(join(own, 'processes.json'), '{');
    refused('NOT_BUILT', /aren’t built/);
  });
});
