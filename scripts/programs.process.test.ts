/** Wrong or help options get a usage text, from every script of package.json that takes options. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ensureProcesses } from './processes/ensure.ts';

const project = join(import.meta.dirname, '..');

/** They look at no argument. */
const withoutOptions = [
  ...['bench:portal', 'bench:public-pages', 'bench:policy', 'bench:starts', 'bench:turns'],
  ...['build:docs', 'build:native', 'pack:command', 'pki:check', 'screens'],
];

const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
/** What vitest is called with (npm test) and the command line have words and tests of their own. */
const elsewhere = ['test', 'countersign'];
/** Script → what node is called with. */
const programs = Object.entries(scripts)
  .map(([name, command]) => ({
    name,
    args: /^node (?:--[\w=-]+ )*(\S+\.m?[jt]s(?: [\w-]+)?)$/.exec(command)?.[1]?.split(' '),
  }))
  .flatMap(({ name, args }) => (args === undefined ? [] : [{ name, args }]))
  .filter(({ name }) => !withoutOptions.includes(name) && !elsewhere.includes(name));

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function call(args: readonly string[]): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: project, timeout: 120_000 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

// Operators' scripts run what was built.
beforeAll(() => ensureProcesses());

const stack = /^\s+at .*\(?(?:node:|file:)/m;

describe('a script of package.json that takes options', () => {
  test('is found', () => {
    expect(programs.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'demo',
        'mutants',
        'issue',
        'emergency-stop',
        'daemon',
        'portal',
        'bench:pki',
        'fuzz:archives',
      ]),
    );
  });

  test.each(programs)('says what $name takes, and refuses what it doesn’t', async ({ args }) => {
    const [help, wrong] = await Promise.all([call([...args, '--help']), call([...args, '--no-such-option'])]);
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toMatch(/usage:/i);
    expect(wrong.code).toBe(2);
    expect(wrong.out).toBe('');
    expect(wrong.err).toMatch(/--no-such-option/);
    expect(wrong.err).not.toMatch(stack);
  });
});
