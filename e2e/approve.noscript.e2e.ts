import { expect, test, type Page } from '@playwright/test';
import { runShownCommand, waitingRequest } from './waiting-request.ts';

test.use({ hasTouch: true });

test('an approver signs with the command the page shows and the release goes out, without JavaScript', async ({
  page,
}) => {
  const id = await waitingRequest('approved-in-the-browser');
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in as Alex Approver' }).click();
  await page.goto(`/requests/${id}`);
  await expect(page.getByRole('heading', { name: 'Do you approve this release?' })).toBeVisible();

  await readReportByKeyboard(page);
  for (const width of [320, 390]) await readReportOnPhone(page, id, width);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(`/requests/${id}`);

  const decision = page.getByRole('radiogroup', { name: 'Your decision' });
  await page.getByLabel('Signature', { exact: true }).fill('I approve, honestly');
  await page.getByRole('button', { name: 'Submit decision' }).click();
  await expect(page.getByRole('alert')).toContainText('Your decision: choose approve or deny.');
  await expect(decision.getByRole('radio', { checked: true })).toHaveCount(0);
  await decision.getByLabel('Deny').check();
  await page.getByRole('button', { name: 'Submit decision' }).click();
  await expect(page.getByRole('alert')).toContainText('This signature does not count');
  await expect(page.getByLabel('Signature', { exact: true })).toHaveValue('I approve, honestly');
  await expect(decision.getByLabel('Deny')).toBeChecked();

  await page.goto(`/requests/${id}`);
  const command = await page.locator('code', { hasText: 'ssh-keygen -Y sign' }).first().innerText();
  await page.getByLabel('Signature', { exact: true }).fill(runShownCommand(command));
  await decision.getByLabel('Approve').check();
  await page.getByRole('button', { name: 'Submit decision' }).click();
  await expect(async () => {
    await page.goto(`/requests/${id}`);
    await expect(page.getByText('Signed and released')).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 120_000 });
});

test('the project’s team cancels a request that waits, by keyboard, at 320 pixels, without JavaScript', async ({
  page,
}) => {
  const id = await waitingRequest('cancelled-in-the-browser');
  await page.setViewportSize({ width: 320, height: 700 });
  await page.goto(`/requests/${id}`);
  await expect(page.getByRole('heading', { name: 'Cancel this request' })).toHaveCount(0);
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in as Mara Maintainer' }).press('Enter');
  await page.goto(`/requests/${id}`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, 'at 320 pixels').toBeLessThanOrEqual(0);
  await page.getByLabel('Why it is cancelled').fill('Built from the wrong tag.');
  // Browsers insist on the box; programs don't.
  await page.getByLabel('End this request').evaluate((box) => box.removeAttribute('required'));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('confirm it');
  await page.getByLabel('End this request').press('Space');
  await page.getByRole('button', { name: 'Cancel the request' }).press('Enter');
  await expect(async () => {
    await page.goto(`/requests/${id}`);
    await expect(page.getByText('Cancelled: nothing was signed')).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 120_000 });
  await expect(page.getByText('Built from the wrong tag.').first()).toBeVisible();
  await page.goto('/requests?project=esbuild-demo');
  await expect(page.getByRole('row').filter({ hasText: 'cancelled-in-the-browser' })).toContainText(
    'Cancelled',
  );
});

/** From what is new since the last release to the report's tree, and to one file in it. */
async function readReportByKeyboard(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Compare the two' }).press('Enter');
  await expect(page.getByRole('heading', { name: 'What changed', level: 1 })).toBeVisible();
  await expect(page.getByText(/\d (?:added|changed|removed|moved)/).first()).toBeVisible();

  await page.getByRole('link', { name: 'Inspection report' }).first().press('Enter');
  await expect(page.getByRole('heading', { name: 'Files', level: 2 })).toBeVisible();
  const closed = page.locator('section[aria-labelledby=files] details:not([open]) > summary').first();
  const details = await closed.locator('..').elementHandle();
  await closed.press('Enter');
  await expect.poll(() => details.getAttribute('open')).not.toBeNull();

  await page.getByLabel('Name, SHA-256, type or verdict').focus();
  await page.keyboard.type('.exe');
  await page.keyboard.press('Enter');
  const found = page.getByRole('region', { name: 'Found' });
  await expect(found.getByRole('listitem').first()).toContainText('.exe');
  await found.locator('summary').first().press('Enter');
  await expect(found.getByText('SHA-256').first()).toBeVisible();
  await found.getByRole('link', { name: 'Show it in the tree' }).first().press('Enter');
  await expect(page.getByRole('heading', { name: 'Found' })).toHaveCount(0);
  await expect(page.locator('section[aria-labelledby=files]')).toContainText('.exe');
}

/** The same on a phone: nothing is wider than it. */
async function readReportOnPhone(page: Page, id: string, width: number): Promise<void> {
  const fits = async (what: string): Promise<void> => {
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(overflow, `${what}, ${width} pixels wide`).toBeLessThanOrEqual(0);
  };
  await page.setViewportSize({ width, height: 700 });
  await page.goto(`/requests/${id}`);
  await fits('the request');
  await page.getByRole('link', { name: 'Compare the two' }).tap();
  await expect(page.getByRole('heading', { name: 'What changed', level: 1 })).toBeVisible();
  await fits('the comparison');

  await page.getByRole('link', { name: 'Inspection report' }).first().tap();
  const files = page.locator('section[aria-labelledby=files]');
  await expect(files).toBeVisible();
  for (const closed of await files.locator('details:not([open]) > summary').all()) {
    if (await closed.isVisible()) await closed.tap();
  }
  await expect(files.getByText('Expected as').first()).toBeVisible();
  await fits('the tree with the facts of each file');

  await page.getByLabel('Name, SHA-256, type or verdict').fill('.exe');
  await page.getByRole('button', { name: 'Search' }).tap();
  const found = page.getByRole('region', { name: 'Found' });
  await found.locator('summary').first().tap();
  await expect(found.getByText('SHA-256').first()).toBeVisible();
  await fits('what was found');
}

test('a person outside the team can read the statement but gets no form', async ({ page }) => {
  const id = await waitingRequest('read-by-a-stranger');
  await page.goto(`/requests/${id}`);
  await expect(page.getByRole('heading', { name: 'Waiting for its approvers' })).toBeVisible();
  await page.getByText('The statement that approves').click();
  await expect(page.locator('code', { hasText: 'ssh-keygen -Y sign' }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Submit decision' })).toHaveCount(0);
});

test('a member of the team who isn’t an approver is told who is, and not asked', async ({ page }) => {
  const id = await waitingRequest('read-by-the-team');
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in as Mara Maintainer' }).click();
  await page.goto(`/requests/${id}`);
  const box = page.getByRole('region', { name: 'Waiting for its approvers' });
  await expect(box).toContainText(/1 approval of .*Alex Approver.* needed/);
  await expect(box).toContainText('You can’t approve it: the policy doesn’t name you among its approvers.');
  await expect(page.getByText('Do you approve')).toHaveCount(0);
});
