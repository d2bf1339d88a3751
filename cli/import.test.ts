import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliError } from './error.ts';
import { importCommand } from './import.ts';

const head = '<artifact-configuration xmlns="http://signpath.io/artifact-configuration/v1">';
const good = `${head}<pe-file><authenticode-sign append="true"/></pe-file></artifact-configuration>`;
const lossy = `${head}<zip-file path="x.zip"/></artifact-configuration>`;
const broken = `${head}\n <zip-fil/></artifact-configuration>`;

let folder = '';
let out = '';
let err = '';
const io = {
  out: (text: string): void => {
    out += text;
  },
  err: (text: string): void => {
    err += text;
  },
};

async function given(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'import-'));
  out = '';
  err = '';
});

afterEach(() => rm(folder, { recursive: true }));

describe('countersign import signpath', () => {
  it('prints the file and exits with 0 when everything had an equivalent', async () => {
    expect(await importCommand(['signpath', await given('a.xml', good)], io)).toBe(0);
    expect(out).toMatch(/^apiVersion: countersign\/v1\nkind: ArtifactConfiguration\n/);
    expect(err).toContain('1 file imported, 0 left out, 0 changed');
  });

  it('exits with 3 when something was left out, and says where and what', async () => {
    const file = await given('a.xml', lossy);
    expect(await importCommand(['signpath', file], io)).toBe(3);
    expect(err).toContain(`${file}:1:88: left out: path="x.zip" of the root.`);
  });

  it('exits with 1 at a malformed file, names line and column and writes none of the files', async () => {
    const files = [await given('good.xml', good), await given('broken.xml', broken)];
    const target = path.join(folder, 'out');
    expect(await importCommand(['signpath', ...files, '--out', target], io)).toBe(1);
    expect(err).toContain(`${files[1]}:2:2: <zip-fil> is not allowed here. Did you mean <zip-file>?`);
    expect(await readdir(folder)).not.toContain('out');
    expect(out).toBe('');
  });

  it('writes into a project’s folder and never overwrites a file', async () => {
    const files = [
      await given('App Package.xml', good),
      await given(
        '.signpath/policies/app/release-signing.yml',
        'github-policies: {build: {disallow_reruns: true}}',
      ),
    ];
    const target = path.join(folder, 'out');
    expect(await importCommand(['signpath', ...files, '--out', target], io)).toBe(3);
    const written = path.join(target, 'artifacts/app-package.yaml');
    await writeFile(written, 'mine');
    await expect(importCommand(['signpath', ...files, '--out', target], io)).rejects.toThrow(
      /is there already/,
    );
    expect(await readFile(written, 'utf8')).toBe('mine');
    expect(await readdir(path.join(target, 'policies'))).toEqual(['release-signing.yaml']);
    expect(err).toContain('policies/release-signing.yaml is not ready yet');
  });

  it('refuses two files that would become one', async () => {
    const files = [await given('a/x.xml', good), await given('b/x.xml', good)];
    await expect(importCommand(['signpath', ...files], io)).rejects.toThrow(
      /would both become artifacts\/x.yaml/,
    );
  });

  it.each([[[]], [['other', 'x']], [['signpath']], [['signpath', 'x', '--force']]])(
    'reports %j as wrong usage',
    async (args) => {
      await expect(importCommand(args, io)).rejects.toMatchObject({ code: 'USAGE' });
    },
  );

  it('reports a file that is missing, a folder, or not a signing policy', async () => {
    const file = await given('a.xml', good);
    for (const [args, message] of [
      [[path.join(folder, 'none.xml')], /there is no such file/],
      [[folder], /it is a folder/],
      [[file, '--base', file], /not a valid signing policy/],
    ] as const) {
      const failure = importCommand(['signpath', ...args], io);
      await expect(failure).rejects.toThrow(CliError);
      await expect(failure).rejects.toThrow(message);
    }
  });

  it('takes from --base what SignPath keeps in its portal', async () => {
    const file = await given('release.yml', 'github-policies: {runners: {require_github_hosted: true}}');
    const base = await readFile('policies/projects/esbuild-demo/policies/release-signing.yaml', 'utf8');
    await importCommand(['signpath', file, '--base', await given('base.yaml', base)], io);
    expect(out).toContain('artifactConfiguration: windows-package');
    expect(err).not.toContain('not ready yet');
  });
});
