/** The rule as the project's own configuration has it, on files that break it in every way. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { projectDirectory } from '../stack/index.ts';

const folder = join(import.meta.dirname, 'offenders');
const eslint = new ESLint({
  cwd: projectDirectory,
  ignore: false,
  overrideConfigFile: join(projectDirectory, 'eslint.config.mjs'),
});

/** Line → what the rule says of it. */
async function said(path: string): Promise<ReadonlyMap<number, string>> {
  const [result] = await eslint.lintFiles([path]);
  const own = result?.messages.filter((message) => message.ruleId === 'countersign/no-forged-proofs') ?? [];
  expect(result?.messages.filter((message) => message.fatal)).toEqual([]);
  return new Map(own.map((message) => [message.line, message.message]));
}
const reported = async (path: string): Promise<readonly number[]> => [...(await said(path)).keys()];
const markedIn = (path: string): readonly number[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, at) => (line.endsWith('// refused') ? [at + 1] : []));

describe('a proof', () => {
  it('can’t be forged by other code', async () => {
    const path = join(folder, 'casts.ts');
    expect(markedIn(path).length).toBeGreaterThan(35);
    const messages = await said(path);
    expect([...messages.keys()]).toEqual(markedIn(path));
    // By itself, not for a proof inside it.
    for (const [at, line] of readFileSync(path, 'utf8').split('\n').entries()) {
      const name = /^ {2}claimed as (\w+), \/\/ refused$/.exec(line)?.[1];
      if (name !== undefined && name !== 'Renamed' && name !== 'Evidence')
        expect(messages.get(at + 1)).toMatch(new RegExp(`^${name} is a proof, made by `));
    }
  });

  it('may be passed on, narrowed and combined with others', async () => {
    expect(await reported(join(folder, 'allowed.ts'))).toEqual([]);
  });

  it.each([
    'signer/daemon/checks/inspection.ts',
    'signer/daemon/checks/proofs.fixture.ts',
    'signer/keyholder/grant/sealed.ts',
  ])('is made by its check, and in fixtures beside it: %s', async (path) => {
    expect(await reported(join(projectDirectory, path))).toEqual([]);
  });
});
