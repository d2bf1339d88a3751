import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeRun, readPlaywrightTally, readVitestTally } from './tally.ts';

let folder: string;
const write = (name: string, report: unknown) => {
  writeFileSync(join(folder, name), JSON.stringify(report));
  return join(folder, name);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-tally-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('what npm test ends with', () => {
  it('names each failed test with its file and why, as the last thing before the counts', () => {
    const vitest = readVitestTally(
      write('vitest.json', {
        numPassedTests: 2,
        numFailedTests: 1,
        numPendingTests: 0,
        testResults: [
          {
            name: '/project/lib/a.test.ts',
            status: 'failed',
            message: '',
            assertionResults: [
              { fullName: 'a holds', status: 'passed', failureMessages: [] },
              {
                fullName: 'b holds',
                status: 'failed',
                failureMessages: ['\u001b[31mAssertionError\u001b[39m: 1 is not 2'],
              },
            ],
          },
          {
            name: '/project/lib/c.test.ts',
            status: 'failed',
            message: 'no such module',
            assertionResults: [],
          },
        ],
      }),
      '/project',
    );
    const failedJourney = {
      title: 'signs in',
      file: 'sign-in.e2e.ts',
      line: 7,
      tests: [{ status: 'unexpected', results: [{ errors: [{ message: 'Timeout' }] }] }],
    };
    const playwright = readPlaywrightTally(
      write('playwright.json', {
        stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 0 },
        suites: [{ specs: [], suites: [{ specs: [failedJourney] }] }],
      }),
    );
    expect(vitest).toMatchObject({ passed: 2, failed: 2, skipped: 0 });
    expect(playwright).toMatchObject({ passed: 5, failed: 1, skipped: 0 });
    if (vitest === null || playwright === null) throw new Error('A report was not read.');
    expect(describeRun(vitest, playwright)).toBe(
      `FAILED lib/a.test.ts
  b holds
    AssertionError: 1 is not 2

FAILED lib/c.test.ts
  (the file could not be loaded)
    no such module

FAILED e2e/sign-in.e2e.ts:7
  signs in
    Timeout

Unit and integration: 2 passed, 2 failed
Browser journeys:     5 passed, 1 failed

7 passed, 3 failed`,
    );
  });

  it('treats a report that is missing or malformed as none', () => {
    expect(readVitestTally(join(folder, 'missing.json'), '/project')).toBeNull();
    expect(readPlaywrightTally(write('other.json', { stats: {} }))).toBeNull();
  });
});
