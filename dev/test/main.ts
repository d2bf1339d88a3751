/**
 * npm test: every test there is. Unit and integration tests, then the browser journeys against a production build.
 * With arguments (npm test -- lib/core/policy) only vitest, with those arguments.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { pinnedNode, prepareStackPaths, projectDirectory, step, ensurePortalBuild } from '../stack/index.ts';

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const vitestReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});
const playwrightReport = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
});

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

function readReport<T>(file: string, schema: z.ZodType<T>): T | null {
  if (!existsSync(file)) return null;
  const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data : null;
}

/** A runner that ends badly without naming a failed test (a set-up that failed, something not released) is one failure. */
function withExitCode(tally: Tally, exitCode: number): Tally {
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

async function runVitest(folder: string): Promise<Tally> {
  const file = join(folder, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const exitCode = await run(programs.vitest, ['run', ...reporters]);
  const report = readReport(file, vitestReport);
  const unloaded =
    report?.testResults.filter((each) => each.status === 'failed' && each.assertionResults.length === 0) ??
    [];
  return withExitCode(
    {
      passed: report?.numPassedTests ?? 0,
      failed: (report?.numFailedTests ?? 0) + unloaded.length,
      skipped: report?.numPendingTests ?? 0,
    },
    exitCode,
  );
}

async function runPlaywright(folder: string): Promise<Tally> {
  const file = join(folder, 'playwright.json');
  const exitCode = await run(programs.playwright, ['test', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
  });
  const stats = readReport(file, playwrightReport)?.stats;
  return withExitCode(
    {
      passed: (stats?.expected ?? 0) + (stats?.flaky ?? 0),
      failed: stats?.unexpected ?? 0,
      skipped: stats?.skipped ?? 0,
    },
    exitCode,
  );
}

async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) return run(programs.vitest, ['run', ...args]);
  const folder = mkdtempSync(join(tmpdir(), 'countersign-reports-'));
  try {
    const vitest = await runVitest(folder);
    await step('Building the portal', (report) => ensurePortalBuild(prepareStackPaths(), report));
    const playwright = await runPlaywright(folder);
    const total = (key: keyof Tally) => vitest[key] + playwright[key];
    console.log(
      `\nUnit and integration: ${describe(vitest)}\nBrowser journeys:     ${describe(playwright)}\n`,
    );
    console.log(`${total('passed')} passed, ${total('failed')} failed`);
    return total('failed') === 0 && total('passed') > 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function describe({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
