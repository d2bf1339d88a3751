import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { wrongWith } from './axe.ts';

const docs = join(import.meta.dirname, '..', 'docs');
/** One of each kind, and those with the widest tables and the most headings. */
const pages = [
  '/docs/index.html',
  '/docs/search.html',
  '/docs/guides/installation.html',
  '/docs/guides/metrics.html',
  '/docs/policy/reference.html',
  '/docs/reference/configuration.html',
  ...readdirSync(join(docs, 'guides', 'runbooks')).map(
    (name) => `/docs/guides/runbooks/${name.replace(/\.md$/, '.html')}`,
  ),
];

test('the documentation passes axe in both colours, fits 320 pixels, and breaks no rule of its own policy', async ({
  page,
}) => {
  const refused: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) refused.push(message.text());
  });
  for (const path of pages) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(200);
    expect(answer?.headers()['content-security-policy'], path).toMatch(/script-src 'self'; style-src 'self'/);
    expect.soft(await wrongWith(page), path).toEqual([]);
  }
  expect(refused).toEqual([]);
});

test('people get from the portal to a runbook, and an alert’s address leads there', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('contentinfo').getByRole('link', { name: 'Documentation' }).click();
  await page.getByRole('main').getByRole('link', { name: 'No timestamps' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('No timestamps');
  await page.goto('/docs/guides/runbooks/tsa-down');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('No timestamps');
  await page.goto('/docs');
  await expect(page).toHaveURL(/\/docs\/index\.html$/);
});

test('the search finds a setting by a word of its text, and is a list without scripts', async ({
  page,
  browser,
}) => {
  await page.goto('/docs/guides/installation.html');
  await page.getByRole('searchbox', { name: 'Search' }).fill('initialCommit');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toContainText('found for “initialCommit”');
  await page
    .locator('#results')
    .getByRole('link', { name: /Install Countersign/ })
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Install Countersign');
  const context = await browser.newContext({ javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto('/docs/guides/installation.html');
  await plain.getByRole('searchbox', { name: 'Search' }).fill('configuration');
  await plain.getByRole('button', { name: 'Find' }).click();
  await plain.locator('main a[href="reference/configuration.html"]', { hasText: /^Configuration$/ }).click();
  await expect(plain.getByRole('heading', { level: 1 })).toContainText('Configuration');
  await context.close();
});
