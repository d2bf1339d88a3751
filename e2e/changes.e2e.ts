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

test('the editor completes from the schema and says what the validator says, at its line', async ({
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
    test.setTimeout(120_000);
    const trouble: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('404')) trouble.push(message.text());
    });
    await page.emulateMedia({ colorScheme });
    for (const path of pages) {
      await page.goto(path, { waitUntil: 'networkidle' });
      if (path.endsWith('yaml&as=yaml')) await expect(page.locator('.cm-editor')).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map((one) => `${one.id}: ${one.nodes[0]?.html ?? ''}`);
      expect.soft(found, path).toEqual([]);
    }
    expect(trouble).toEqual([]);
  });
}

test('pages for editing fit a window 320 pixels wide', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 700 });
  for (const path of pages) {
    await page.goto(path);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(overflow, path).toBeLessThanOrEqual(0);
  }
});
