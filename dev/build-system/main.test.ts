import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTrustRoot, verifyOrigin } from '#core/origin/index.ts';
import type { OriginPolicy } from '#core/origin/index.ts';
import { artifact, digests, policy } from './fixture.ts';
import { gitlabPolicy } from './gitlab.fixture.ts';

const program = join(import.meta.dirname, 'main.ts');
const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'build-system-cli-'));
  writeFileSync(join(folder, 'widget.tgz'), artifact);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the command line', () => {
  it('attests a file so that its own trust root verifies it', async () => {
    const common = ['--dir', join(folder, 'state')];
    const file = join(folder, 'widget.tgz');
    const ref = ['--ref', 'refs/tags/v1.0.0', '--trigger', 'release'];
    const output = (args: string[]): unknown =>
      JSON.parse(execFileSync(process.execPath, [program, ...args], { encoding: 'utf8' }));
    const bundle = output(['attest', ...common, '--file', file, ...ref]);
    const trustRoot = parseTrustRoot(output(['trusted-root', ...common]));
    const verify = (of: unknown, by: OriginPolicy) =>
      verifyOrigin({ bundle: of, digests, policy: by, trustRoot, now: new Date() });
    const expected = { ok: true, value: { claims: { ref: 'refs/tags/v1.0.0' } } };
    expect(await verify(bundle, policy)).toMatchObject(expected);
    const job = ['--provider', 'gitlab', '--ref', 'refs/tags/v1.0.0'];
    const ofGitLab = output(['attest', ...common, '--file', file, ...job]);
    expect(await verify(ofGitLab, gitlabPolicy)).toMatchObject(expected);
  });

  it('shows its options, and says that it is for development only', () => {
    expect(run('--help').stdout).toMatch(/^DEVELOPMENT ONLY[^]*--workflow PATH/);
  });

  it.each([
    [[]],
    [['attest']],
    [['attest', '--dir', 'x', '--file', 'y', '--provider', 'z']],
    [['attest', '--dir', 'x']],
    [['--nonsense']],
    [['sign', '--dir', 'x']],
  ])('refuses %j with a hint', (args) => {
    const result = run(...args);
    expect(result.status).toBe(2);
    expect(result.stderr).toContain('--help');
  });
});
