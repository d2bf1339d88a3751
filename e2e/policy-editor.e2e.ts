import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';

const policy = 'projects/esbuild-demo/policies/release-signing.yaml';

async function signIn(page: Page): Promise<void> {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in as Alex Approver' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Approvals' })).toBeVisible();
}

/** What the browser refused to do because the page's own policy forbids it. */
async function watch(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { refusedByPolicy: seen });
    document.addEventListener('securitypolicyviolation', (event) => {
      seen.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
    });
  });
  return () =>
    page.evaluate(() => (window as unknown as { refusedByPolicy: readonly string[] }).refusedByPolicy);
}

test('links open an editor that works, under the content security policy of the page they were on', async ({
  page,
}) => {
  await signIn(page);
  const refused = await watch(page);
  await page.goto('/changes');
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  await page.getByRole('link', { name: 'Propose a change' }).first().click();
  await page.getByRole('list', { name: 'Files' }).getByRole('link', { name: policy }).click();
  await page.getByRole('link', { name: 'Edit it as YAML' }).click();
  const editor = page.locator('.cm-editor');
  await expect(editor).toBeVisible();
  expect(await page.evaluate(() => 'sameDocument' in window), 'no page was loaded on the way').toBe(true);
  // Its own stylesheet holds: without it lines would stand in the gutter's place.
  await expect(editor.locator('.cm-scroller')).toHaveCSS('display', 'flex');
  await editor.locator('.cm-content').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText('# Typed after following a link.\n');
  await page.getByRole('button', { name: 'See what it means' }).click();
  await expect(page.getByRole('heading', { name: 'What it would mean' })).toBeVisible();
  await expect(page.locator('.diff-added')).toContainText('# Typed after following a link.');
  expect(await refused()).toEqual([]);
});

test('mistakes are reported at the field, in title and editor, too, and nothing typed is lost', async ({
  page,
}) => {
  await signIn(page);
  await page.goto(`/changes/new?file=${policy}&as=yaml`);
  const content = page.locator('.cm-content');
  await content.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText('# Kept.\n');
  await page.getByLabel('What changes, in one line').fill('x'.repeat(121));
  await expect(page.getByText('121 of at most 120 characters')).toBeVisible();
  await page.getByRole('button', { name: 'Propose the change' }).click();
  const summary = page.getByRole('alert', { name: 'There is a problem' });
  await expect(summary).toBeFocused();
  await expect(summary).toContainText('What changes, in one line: 121 characters; at most 120.');
  const title = page.getByLabel('What changes, in one line');
  await expect(title).toHaveAttribute('aria-invalid', 'true');
  await expect(title).toHaveValue('x'.repeat(121));
  await expect(page).toHaveTitle(/^Error: /);
  await summary.getByRole('link').click();
  await expect(title).toBeFocused();
  await expect(content).toContainText('# Kept.');
  // A text larger than any policy file is refused, with both numbers, at the editor.
  await content.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(`# ${'y'.repeat(270_000)}\n`);
  await title.fill('Far too much');
  await page.getByRole('button', { name: 'Propose the change' }).click();
  await expect(summary).toContainText(/27\d,\d{3} bytes; at most 262,144/);
  await expect(content).toHaveAttribute('aria-invalid', 'true');
  await summary.getByRole('link').click();
  await expect(content).toBeFocused();
  await expect(title).toHaveValue('Far too much');
});
