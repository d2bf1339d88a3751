/** Summarises the JSON reports of the two test runners at the end of `npm test`. */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';

export interface Failure {
  /** relative to the project */
  readonly file: string;
  readonly test: string;
  readonly message: string;
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly Failure[];
}

const messageLinesMax = 12;
const messageCharactersMax = 2_000;

const vitestReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/** Of `vitest run --reporter=json`; null where it wrote no report. A file that couldn't be loaded is one failure. */
export function readVitestTally(reportFile: string, projectDirectory: string): Tally | null {
  const report = readReport(reportFile, vitestReport);
  if (report === null) return null;
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(projectDirectory, name);
    if (status === 'failed' && assertionResults.length === 0)
      return [failure(file, '(the file could not be loaded)', message)];
    return assertionResults
      .filter((each) => each.status === 'failed')
      .map((each) => failure(file, each.fullName, each.failureMessages?.[0]));
  });
  return {
    passed: report.numPassedTests,
    skipped: report.numPendingTests,
    failed: failures.length,
    failures,
  };
}

const spec = z.object({
  title: z.string(),
  file: z.string(),
  line: z.int(),
  tests: z.array(
    z.object({
      status: z.string(),
      results: z.array(z.object({ errors: z.array(z.object({ message: z.string().optional() })) })),
    }),
  ),
});
const suite = z.object({
  specs: z.array(spec),
  get suites() {
    return z.array(suite).optional();
  },
});
const playwrightReport = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
  suites: z.array(suite),
});

/** Of Playwright's JSON reporter; null where it wrote no report. */
export function readPlaywrightTally(reportFile: string): Tally | null {
  const report = readReport(reportFile, playwrightReport);
  if (report === null) return null;
  const { expected, flaky, unexpected, skipped } = report.stats;
  const failures = report.suites
    .flatMap(specsIn)
    .flatMap(({ title, file, line, tests }) =>
      tests
        .filter(({ status }) => status === 'unexpected')
        .map(({ results }) => failure(`e2e/${file}:${line}`, title, results.at(-1)?.errors[0]?.message)),
    );
  return { passed: expected + flaky, failed: unexpected, skipped, failures };
}

function specsIn({ specs, suites = [] }: z.infer<typeof suite>): z.infer<typeof spec>[] {
  return [...specs, ...suites.flatMap(specsIn)];
}

function failure(file: string, test: string, message = '(no message)'): Failure {
  const lines = stripVTControlCharacters(message).split('\n').slice(0, messageLinesMax);
  return { file, test, message: lines.join('\n').slice(0, messageCharactersMax) };
}

function readReport<T>(file: string, schema: z.ZodType<T>): T | null {
  if (!existsSync(file)) return null;
  const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data : null;
}

/** The last words of a run: counts of each runner, each failure by name, and one line that sums up. */
export function describeRun(vitest: Tally, playwright: Tally): string {
  const failures = [...vitest.failures, ...playwright.failures];
  const lines = failures.map(
    ({ file, test, message }) => `FAILED ${file}\n  ${test}\n${message.replaceAll(/^/gm, '    ')}`,
  );
  return [
    ...lines,
    `Unit and integration: ${describe(vitest)}\nBrowser journeys:     ${describe(playwright)}`,
    `${vitest.passed + playwright.passed} passed, ${vitest.failed + playwright.failed} failed`,
  ].join('\n\n');
}

function describe({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
