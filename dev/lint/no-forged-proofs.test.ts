/** The rule as the project's own configuration has it, on files that break it in every way. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { projectDirectory } from '../stack/index.ts';

const folder = join(import.meta.dirname, 'offenders');
const eslint = new ESLint({
  ...{ cwd: projectDirectory, ignore: false },
  overrideConfigFile: join(projectDirectory, 'eslint.config.mjs'),
});

async function reported(path: string): Promise<readonly number[]> {
  const [result] = await eslint.lintFiles([path]);
  const own = result?.messages.filter((one) => one.ruleId === 'countersign/no-forged-proofs') ?? [];
  expect(result?.messages.filter((one) => one.fatal)).toEqual([]);
  return [...new Set(own.map((one) => one.line))];
}
const markedIn = (path: string): readonly number[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, at) => (line.endsWith('// refused') ? [at + 1] : []));

describe('a proof', () => {
  it('is nothing that anybody else can say that he has', async () => {
    const path = join(folder, 'casts.ts');
    expect(markedIn(path).length).toBeGreaterThan(35);
    expect(await reported(path)).toEqual(markedIn(path));
  });

  it('may be passed on, narrowed and put beside others', async () => {
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
