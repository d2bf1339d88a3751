/** Runs one test by its title in a copy of the project and says how it ended. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { pinnedNode, projectDirectory } from '../stack/index.ts';
import type { GuardTest } from './mutant.ts';

/** `not-loaded`: its file or a hook failed, so the test itself never ran; `not-found`: the file has no such test. */
export type Outcome = 'passed' | 'failed' | 'not-found' | 'not-loaded' | 'timed-out';

const report = z.object({
  testResults: z.array(
    z.object({
      status: z.string(),
      assertionResults: z.array(z.object({ title: z.string(), status: z.string() })),
    }),
  ),
});

const vitest = join(projectDirectory, 'node_modules/vitest/vitest.mjs');
const timeoutMilliseconds = 10 * 60_000;
/** A guard that was there to end something may leave a test that waits for the end. */
const testTimeoutMilliseconds = 120_000;

/** Whether the test is one of those that start a database and other programs. */
export const needsServices = ({ file }: GuardTest): boolean =>
  /\.(db|hsm|clamd|git|oracle|process|stack)\.test\.ts$/.test(file);

/** A pattern that matches the text itself. */
export const escapePattern = (text: string): string =>
  text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** `environment`: for the test’s process. */
export async function runTest(
  folder: string,
  test: GuardTest,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Outcome> {
  const file = join(folder, 'mutant-report.json');
  rmSync(file, { force: true });
  const project = needsServices(test) ? 'integration' : 'unit';
  const code = await run(folder, environment, [
    ...['run', '--project', project, test.file, '--testNamePattern', escapePattern(test.title)],
    ...['--reporter=json', `--outputFile=${file}`, '--maxWorkers=1', '--bail=1'],
    `--test-timeout=${testTimeoutMilliseconds}`,
  ]);
  if (code === null) return 'timed-out';
  if (!existsSync(file)) return 'not-loaded';
  const { testResults } = report.parse(JSON.parse(readFileSync(file, 'utf8')));
  const named = testResults
    .flatMap((result) => result.assertionResults)
    .filter((result) => result.title.startsWith(test.title));
  if (named.some((result) => result.status === 'failed')) return 'failed';
  if (testResults.some((result) => result.status === 'failed')) return 'not-loaded';
  if (named.every((result) => result.status !== 'passed')) return 'not-found';
  return code === 0 ? 'passed' : 'not-loaded';
}

/** → exit code; null where it took too long. Its services go with it: they are of its process group. */
function run(
  folder: string,
  environment: NodeJS.ProcessEnv,
  args: readonly string[],
): Promise<number | null> {
  const child = spawn(pinnedNode, [vitest, ...args], {
    cwd: folder,
    stdio: 'ignore',
    detached: true,
    env: { ...environment, CI: 'true' },
  });
  const end = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null) return;
    try {
      process.kill(-child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  const stop = (): void => {
    end('SIGTERM');
  };
  process.once('exit', stop);
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end('SIGKILL');
    }, timeoutMilliseconds);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      process.off('exit', stop);
      resolve(late ? null : (code ?? 1));
    });
  });
}
