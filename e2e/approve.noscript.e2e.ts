import { expect, test } from '@playwright/test';
import { runShownCommand, waitingRequest } from './waiting-request.ts';

test('an approver signs with the command the page shows and the release goes out, without JavaScript', async ({
  page,
}) => {
  const id = await waitingRequest('approved-in-the-browser');
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in as Alex Approver' }).click();
  await page.goto(`/requests/${id}`);
  await expect(page.getByRole('heading', { name: 'Do you approve this release?' })).toBeVisible();

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

test('a person outside the team can read the statement but gets no form', async ({ page }) => {
  const id = await waitingRequest('read-by-a-stranger');
  await page.goto(`/requests/${id}`);
  await expect(page.getByRole('heading', { name: 'Do you approve this release?' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Submit decision' })).toHaveCount(0);
});
