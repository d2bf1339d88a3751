/** An auditor reads the records, exports them, and checks with other tools what they were given. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { violations } from './axe.ts';
import { openAs } from './people.ts';

const project = join(import.meta.dirname, '..');

test('an auditor finds who did what, and reads a journal entry beside the previous one', async ({
  browser,
}) => {
  const page = await openAs(browser, 'Olga Overseer', '/audit');
  await page.getByRole('link', { name: 'Audit trail' }).click();
  await page.getByLabel('Kind').selectOption('request.submitted');
  await page.getByLabel('Project').fill('esbuild-demo');
  await page.getByRole('button', { name: 'Show' }).click();
  const rows = page.getByRole('table', { name: 'Audit trail' }).getByRole('row');
  await expect(rows.nth(1)).toContainText('request.submitted');
  await rows.nth(1).getByRole('link', { name: 'request.submitted' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Event \d+$/ })).toBeVisible();
  await expect(page.getByText('projectSlug', { exact: true })).toBeVisible();
  await page.goto('/audit/journal?kind=policy.accepted');
  await page.getByRole('link', { name: 'policy.accepted' }).first().click();
  await expect(page.getByText('computed this hash again')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.goto('/audit/events?from=yesterday');
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByRole('link', { name: /enter a day/ })).toBeVisible();
  for (const path of ['/audit', '/audit/events', '/audit/decisions', '/audit/journal', '/audit/policies']) {
    await page.goto(path);
    expect(await violations(page)).toEqual([]);
  }
});

test('an export is signed by the signer, and other tools verify it', async ({ browser }) => {
  const page = await openAs(browser, 'Olga Overseer', '/audit');
  // What is younger than two minutes is in no export: the demo's first request has to be older.
  const isOldEnough = async (): Promise<boolean> => {
    const answer = await page.context().request.get('/api/v1/requests?limit=100');
    const { requests } = z
      .object({ requests: z.array(z.object({ submittedAt: z.coerce.date() })) })
      .parse(await answer.json());
    return requests.some((request) => request.submittedAt.getTime() < Date.now() - 150_000);
  };
  await expect.poll(isOldEnough, { timeout: 240_000 }).toBe(true);
  // Since yesterday: the demo may have begun before midnight.
  const today = new Date().toISOString().slice(0, 10);
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel('First day').fill(yesterday);
  await page.getByLabel('Last day').fill('2999-01-01');
  await page.getByRole('button', { name: 'Export this period' }).click();
  await expect(page.getByRole('link', { name: /Last day: enter/ })).toBeVisible();
  // What happened in the first two minutes of a day is too young to be exported.
  await expect(async () => {
    await page.getByLabel('Last day').fill(today);
    await page.getByRole('button', { name: 'Export this period' }).click();
    await expect(page).toHaveURL(/\/audit\/exports\/[0-9a-f-]{36}$/, { timeout: 5_000 });
  }).toPass({ timeout: 300_000 });
  await expect(page.getByRole('heading', { name: 'Check it' })).toBeVisible({ timeout: 120_000 });
  expect(await violations(page)).toEqual([]);
  const answer = await page.context().request.get(`${new URL(page.url()).pathname}/files/all.tar`);
  expect(answer.status()).toBe(200);
  const folder = mkdtempSync(join(tmpdir(), 'countersign-audit-'));
  try {
    writeFileSync(join(folder, 'all.tar'), await answer.body());
    execFileSync('tar', ['-xf', 'all.tar', '--strip-components=1'], { cwd: folder });
    const key = join(process.env['COUNTERSIGN_STATE'] ?? '', 'keys', 'foundation-log.vkey');
    const verify = () =>
      execFileSync(
        process.execPath,
        [join(project, 'cli/main.ts'), 'audit', 'verify', folder, '--key', key],
        {
          encoding: 'utf8',
          stdio: 'pipe',
        },
      );
    expect(verify()).toContain('The journal is a chain');
    const digest = readFileSync(join(folder, 'digest.note'), 'utf8');
    const sums = digest.split('\n').filter((line) => /^[0-9a-f]{64} {2}/.test(line));
    expect(sums).toHaveLength(10);
    execFileSync('sha256sum', ['-c', '-'], { cwd: folder, input: `${sums.join('\n')}\n` });
    writeFileSync(join(folder, 'decisions.csv'), 'changed');
    expect(verify).toThrow(/decisions\.csv: was changed/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
