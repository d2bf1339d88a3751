/**
 * npm test: every test there is. Unit and integration tests, then the browser journeys against a production build.
 * With arguments (npm test -- lib/core/policy) only vitest, with those arguments.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pinnedNode, prepareStackPaths, projectDirectory, step, ensurePortalBuild } from '../stack/index.ts';
import { describeRun, readPlaywrightTally, readVitestTally, type Tally } from './tally.ts';

const programs = {
  vitest: join(projectDirectory, 'node_modules/vitest/vitest.mjs'),
  playwright: join(projectDirectory, 'node_modules/@playwright/test/cli.js'),
};

function run(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const child = spawn(pinnedNode, [program, ...args], {
    stdio: 'inherit',
    cwd: projectDirectory,
    env: { ...process.env, ...env },
  });
  process.once('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}

/** A runner that ends badly without naming a failed test (a set-up that failed, something not released) is one failure. */
function withExitCode(tally: Tally | null, exitCode: number): Tally {
  const counted = tally ?? { passed: 0, failed: 0, skipped: 0, failures: [] };
  return exitCode !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
}

async function runVitest(folder: string): Promise<Tally> {
  const file = join(folder, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const exitCode = await run(programs.vitest, ['run', ...reporters]);
  return withExitCode(readVitestTally(file, projectDirectory), exitCode);
}

async function runPlaywright(folder: string): Promise<Tally> {
  const file = join(folder, 'playwright.json');
  const exitCode = await run(programs.playwright, ['test', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
  });
  return withExitCode(readPlaywrightTally(file), exitCode);
}

async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) return run(programs.vitest, ['run', ...args]);
  const folder = mkdtempSync(join(tmpdir(), 'countersign-reports-'));
  try {
    const vitest = await runVitest(folder);
    await step('Building the portal', (report) => ensurePortalBuild(prepareStackPaths(), report));
    const playwright = await runPlaywright(folder);
    console.log(`\n${describeRun(vitest, playwright)}`);
    return vitest.failed + playwright.failed === 0 && vitest.passed + playwright.passed > 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
