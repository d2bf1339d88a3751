import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

/** A system's own browser; Playwright's build where there is none (Ubuntu, where Chromium is only a snap). */
const executablePath = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => existsSync(path));

/** Chromium's sandbox can't be set up by root; the rest keeps the browser from calling home. */
const args = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.e2e.ts',
  globalSetup: './e2e/global-setup.ts',
  outputDir: 'test-results',
  forbidOnly: process.env['CI'] !== undefined,
  workers: 2,
  // For slow machines: proposing a change asks Git a dozen times, and two browsers share two cores with everything else.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  use: {
    // Set by the global set-up once the portal listens.
    baseURL: process.env['COUNTERSIGN_URL'],
    // What never becomes possible fails where it is tried, and not at the journey's end.
    actionTimeout: 120_000,
    navigationTimeout: 120_000,
    trace: 'retain-on-failure',
    launchOptions: { args, ...(executablePath === undefined ? {} : { executablePath }) },
  },
  projects: [
    {
      name: 'chromium',
      testIgnore: [
        '**/*.noscript.e2e.ts',
        '**/*.after.e2e.ts',
        '**/*.alone.e2e.ts',
        '**/first-release.e2e.ts',
        '**/gitlab-release.e2e.ts',
      ],
      use: { browserName: 'chromium', viewport: { width: 1280, height: 900 } },
    },
    {
      name: 'chromium without JavaScript',
      testMatch: '**/*.noscript.e2e.ts',
      use: { browserName: 'chromium', javaScriptEnabled: false },
    },
    {
      // What these do is undone again, and nobody else can work meanwhile.
      name: 'alone',
      testMatch: '**/*.alone.e2e.ts',
      dependencies: ['chromium', 'chromium without JavaScript'],
      use: { browserName: 'chromium', viewport: { width: 1280, height: 900 } },
    },
    {
      // What these do can't be undone, and the others need what it takes away.
      name: 'after all others',
      testMatch: '**/*.after.e2e.ts',
      dependencies: ['alone'],
      use: { browserName: 'chromium', viewport: { width: 1280, height: 900 } },
    },
    {
      // Takes a project in, which others' changes of the policy would interrupt.
      name: 'first release',
      testMatch: '**/first-release.e2e.ts',
      dependencies: ['after all others'],
      use: { browserName: 'chromium', viewport: { width: 1280, height: 900 } },
    },
    {
      name: 'release on GitLab',
      testMatch: '**/gitlab-release.e2e.ts',
      dependencies: ['first release'],
      use: { browserName: 'chromium', viewport: { width: 1280, height: 900 } },
    },
  ],
});
