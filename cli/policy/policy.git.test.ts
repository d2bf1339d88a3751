import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedWithKeys } from '#core/policy/seed.fixture.ts';
import { CliError } from '../error.ts';
import { policyCommand } from './command.ts';
import type { PolicyVerb } from './command.ts';

const releasePolicy = 'projects/esbuild-demo/policies/release-signing.yaml';
let folder = '';

const git = (...args: readonly string[]): string =>
  execFileSync(
    'git',
    [
      '-C',
      folder,
      '-c',
      'user.name=Test',
      '-c',
      'user.email=test@example.org',
      '-c',
      'commit.gpgsign=false',
      ...args,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  ).trim();

function write(file: string, content: Uint8Array | string): void {
  const place = path.join(folder, file);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, content);
}

function commit(message: string): string {
  git('add', '--all');
  git('commit', '--quiet', '--message', message);
  return git('rev-parse', 'HEAD');
}

async function run(verb: PolicyVerb, ...args: readonly string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const code = await policyCommand(verb, args, (more) => (text += more));
  return { code, text };
}

async function refusal(verb: PolicyVerb, ...args: readonly string[]): Promise<string> {
  try {
    await run(verb, ...args);
  } catch (error) {
    if (error instanceof CliError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'no error';
}

const seed = seedWithKeys();
let base = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'countersign-policy-'));
  git('init', '--quiet', '--initial-branch=main');
  for (const [file, bytes] of seed) write(file, bytes);
  base = commit('seed');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('validate', () => {
  test('accepts a valid folder with exit status 0 and says what is in it', async () => {
    expect(await run('validate', folder)).toEqual({
      code: 0,
      text: expect.stringContaining('Valid: 2 projects, 4 policies, 7 people') as string,
    });
  });

  test('accepts the policies as they are shipped', async () => {
    const shipped = path.join(import.meta.dirname, '../../policies');
    const { code, text } = await run('validate', shipped);
    expect({ code, text }).toMatchObject({ code: 0, text: expect.stringContaining('Valid: ') as string });
  });

  test.each<[string, () => void, string]>([
    [
      'a symbolic link',
      () => symlinkSync('/etc/passwd', path.join(folder, 'people', 'eve.yaml')),
      'file.link',
    ],
    ['a linked folder', () => symlinkSync('/etc', path.join(folder, 'projects', 'etc')), 'file.link'],
    ['a submodule', () => write('projects/zip-demo/.git', 'gitdir: /elsewhere'), 'file.submodule'],
    ['a large file', () => write('people/big.yaml', 'x'.repeat(300_000)), 'file.size'],
    [
      'a key that is here twice',
      () => write('people/eve.yaml', 'kind: Person\nkind: Person\n'),
      'yaml.duplicate-key',
    ],
    ['a file nobody expects', () => write('people/eve.json', '{}'), 'file.path'],
    ['bytes that are not UTF-8', () => write('people/eve.yaml', Buffer.from([0x61, 0xff])), 'file.encoding'],
  ])('refuses %s with exit status 1 and names it', async (_, spoil, rule) => {
    spoil();
    try {
      const { code, text } = await run('validate', folder, '--format', 'json');
      const { valid, diagnostics } = JSON.parse(text) as { valid: boolean; diagnostics: { rule: string }[] };
      expect({ code, valid, rules: [...new Set(diagnostics.map((diagnostic) => diagnostic.rule))] }).toEqual({
        code: 1,
        valid: false,
        rules: [rule],
      });
    } finally {
      rmSync(path.join(folder, 'projects', 'zip-demo', '.git'), { force: true });
      git('clean', '--quiet', '-fdx');
    }
  });

  test('reports a folder that isn’t a policy repository, instead of an error for each file', async () => {
    expect(await refusal('validate', path.join(folder, 'people'))).toMatch(
      /^USAGE .*people is no policy repository: it has none of foundation\.yaml, trust, people, projects/,
    );
  });

  test('reports a missing folder and an unknown option as wrong usage', async () => {
    expect(await refusal('validate', path.join(folder, 'nowhere'))).toMatch(/^USAGE/);
    expect(await refusal('validate', folder, '--base', 'x')).toMatch(/^USAGE validate has no option --base/);
    expect(await refusal('validate', folder, '--format', 'xml')).toMatch(/^USAGE --format is one of/);
  });
});

describe('plan', () => {
  test('compares commits, not the folder, and names what loosens', async () => {
    const text = Buffer.from(seed.get(releasePolicy) ?? []).toString();
    write(releasePolicy, text.replace("tags: ['v*']", "tags: ['v*', 'rc*']"));
    const head = commit('more tags');
    write(releasePolicy, 'not even YAML: [');
    const { text: shown } = await run('plan', '--repo', folder, '--base', base, '--head', 'main');
    expect(shown).toContain('! loosens  origin.refs.tags[rc*]: nothing → rc*');
    expect(shown).toMatch(/This change LOOSENS/);
    const { text: json } = await run(
      'plan',
      '--repo',
      folder,
      '--base',
      base,
      '--head',
      head,
      '--format',
      'json',
    );
    expect(JSON.parse(json)).toMatchObject({
      base,
      head,
      effect: 'loosens',
      changes: [{ project: 'esbuild-demo' }],
    });
    git('checkout', '--quiet', '--force', '--detach', base);
  });

  test('says what can’t be known from two commits, in every format', async () => {
    const file = 'projects/esbuild-demo/project.yaml';
    const text = Buffer.from(seed.get(file) ?? []).toString();
    write(file, text.replace('program: executables', 'program: components'));
    const head = commit('another program');
    const unknown = [
      'removed in the week before',
      'Who wrote the commits',
      'esbuild-demo was reviewed for the program components',
    ];
    for (const format of ['text', 'markdown', 'json']) {
      const shown = await run('plan', '--repo', folder, '--base', base, '--head', head, '--format', format);
      for (const one of unknown) expect(shown.text, format).toContain(one);
      if (format === 'json') expect(JSON.parse(shown.text)).toMatchObject({ notKnown: { length: 4 } });
    }
    git('checkout', '--quiet', '--force', '--detach', base);
  });

  test('refuses a commit with a link in it, and a revision that looks like an option', async () => {
    symlinkSync('/etc/passwd', path.join(folder, 'people', 'eve.yaml'));
    const head = commit('link');
    expect(await refusal('plan', '--repo', folder, '--base', base, '--head', head)).toMatch(
      /^REFUSED .*people\/eve\.yaml: is a symbolic link.*NOT_A_FILE/,
    );
    expect(await refusal('plan', '--repo', folder, '--base', base, '--head=--all')).toMatch(
      /^USAGE .*no commit --all/,
    );
    git('checkout', '--quiet', '--force', '--detach', base);
  });

  test('ignores replacement objects: a commit’s content is what its id says', async () => {
    write('people/demo-approver.yaml', 'nonsense');
    const replacement = commit('nonsense');
    git('replace', base, replacement);
    try {
      const { text } = await run('plan', '--repo', folder, '--base', base, '--head', base);
      expect(text).toBe('Nothing changes.\n');
    } finally {
      git('replace', '--delete', base);
      git('checkout', '--quiet', '--force', '--detach', base);
    }
  });
});

describe('fmt', () => {
  const file = (): string => path.join(folder, 'people', 'demo-approver.yaml');

  test('lists what it would change, changes it once, keeps comments, and then finds nothing', async () => {
    const untidy = `# who\n${readFileSync(file(), 'utf8').replace('name: Alex', 'name:    Alex')}`;
    writeFileSync(file(), untidy);
    try {
      expect(await run('fmt', '--check', file())).toEqual({ code: 1, text: `${file()}\n` });
      expect(readFileSync(file(), 'utf8')).toBe(untidy);
      expect(await run('fmt', file())).toEqual({ code: 0, text: `${file()}\n` });
      expect(readFileSync(file(), 'utf8')).toMatch(/^# who\n[^]*name: Alex/);
      expect(await run('fmt', '--check', file())).toEqual({ code: 0, text: '' });
    } finally {
      git('checkout', '--quiet', '--', '.');
    }
  });

  test('writes through no link', async () => {
    const link = path.join(folder, 'people', 'link.yaml');
    symlinkSync(file(), link);
    try {
      expect(await refusal('fmt', link)).toMatch(/^USAGE .*not a plain file/);
    } finally {
      rmSync(link);
    }
  });
});

describe('explain', () => {
  test('explains the policy in sentences, and says which name it didn’t find', async () => {
    const { text } = await run('explain', 'esbuild-demo', 'release-signing', '--repo', folder);
    expect(text).toContain('Alex Approver must approve each request');
    expect(await refusal('explain', 'esbuild-demo', 'release', '--repo', folder)).toMatch(
      /^REFUSED .*no signing policy `release`/,
    );
    expect(await refusal('explain', 'esbuild-demo')).toMatch(/^USAGE POLICY is missing/);
  });
});
