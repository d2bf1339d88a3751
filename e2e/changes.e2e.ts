import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';

const policy = 'projects/esbuild-demo/policies/release-signing.yaml';
const pages = [
  '/changes/new',
  `/changes/new?file=${policy}`,
  `/changes/new?file=${policy}&as=yaml`,
  '/changes/new?file=projects/esbuild-demo/artifacts/windows-package.yaml',
  '/changes',
];

test.beforeEach(async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in as Alex Approver' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Approvals' })).toBeVisible();
});

async function openEditor(page: Page): Promise<void> {
  await page.goto(`/changes/new?file=${policy}&as=yaml`);
  await expect(page.locator('.cm-editor')).toBeVisible();
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+End');
}

test('the editor completes from the schema and shows the validator’s findings at their lines', async ({
  page,
}) => {
  await openEditor(page);
  await page.keyboard.type('noti');
  await page.getByRole('option', { name: 'notifications' }).click();
  await expect(page.locator('.cm-content')).toContainText('notifications:');
  await page.keyboard.press('Control+End');
  await page.keyboard.type('\n  denied: [nobody-here]\n');
  await expect(page.locator('.cm-lint-marker-error')).toBeVisible();
  await page.locator('.cm-lintRange-error').hover();
  await expect(page.locator('.cm-diagnostic').first()).toContainText('There is no person `nobody-here`');
  await page.getByRole('button', { name: 'Propose the change' }).click();
  await expect(page.getByRole('alert').first()).toBeVisible();
  await expect(page.locator('.cm-content')).toContainText('nobody-here');
});

test('the keyboard alone gets into the editor, and out of it', async ({ page }) => {
  await openEditor(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('What changes, in one line')).toBeFocused();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`pages for editing pass axe in ${colorScheme} colours and break no policy of their own`, async ({
    page,
  }) => {
    const trouble: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('404')) trouble.push(message.text());
    });
    await page.emulateMedia({ colorScheme });
    for (const path of pages) {
      await page.goto(path, { waitUntil: 'networkidle' });
      if (path.endsWith('yaml&as=yaml')) await expect(page.locator('.cm-editor')).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`);
      expect.soft(found, path).toEqual([]);
    }
    expect(trouble).toEqual([]);
  });
}

test('a change is accessible: axe in both colours, and a narrow window', async ({ page }) => {
  await page.goto(`/changes/new?file=${policy}`);
  await page.getByLabel('Tags').fill('');
  await page.getByLabel('What changes, in one line').fill(`No tags ${Date.now()}`);
  await page.getByRole('button', { name: 'Propose the change' }).click();
  await expect(page.getByText('Your change is proposed.')).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect
      .soft(
        violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`),
        colorScheme,
      )
      .toEqual([]);
  }
  await page.setViewportSize({ width: 320, height: 700 });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await page.getByText('Close it without merging').click();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByText('Closed without being merged')).toBeVisible();
});

test('what was typed is restored after leaving, and private', async ({ page, browser }) => {
  await page.goto(`/changes/new?file=${policy}`);
  await page.getByLabel('Description').fill('Begun and left');
  await page.getByRole('button', { name: 'See what it means' }).click();
  await expect(page.getByRole('heading', { name: 'What it would mean' })).toBeVisible();
  const address = page.url();
  await page.goto('/changes/new');
  await page.getByRole('region', { name: 'Drafts not yet proposed' }).getByRole('link').first().click();
  await expect(page.getByLabel('Description')).toHaveValue('Begun and left');
  const other = await browser.newContext();
  const stranger = await other.newPage();
  await stranger.goto(new URL('/sign-in', address).href);
  await stranger.getByRole('button', { name: 'Sign in as Robin Reviewer' }).click();
  await stranger.goto(address);
  await expect(stranger.getByText('Begun and left')).toHaveCount(0);
  await other.close();
});

test('pages for editing fit a window 320 pixels wide', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 700 });
  for (const path of pages) {
    await page.goto(path);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(overflow, path).toBeLessThanOrEqual(0);
  }
});
