import { expect, test, type Page } from '@playwright/test';
import { runShownCommand } from './waiting-request.ts';

/** Fills the form, signs with the command that the page shows, and sends it: all without an account. */
async function say(page: Page, what: string, action: string, reason: string, handle: string): Promise<void> {
  await page.goto('/emergency-stop');
  await page.getByLabel('Whose signing').selectOption(what);
  await page.getByRole('radio', { name: action }).check();
  await page.getByLabel('Reason').fill(reason);
  await page.getByRole('button', { name: 'Show what to sign' }).click();
  const command = await page.locator('code', { hasText: 'ssh-keygen -Y sign' }).innerText();
  await page.getByLabel('Signature', { exact: true }).fill(runShownCommand(command, handle));
  await page.getByRole('button', { name: 'Send' }).click();
}

async function expectState(page: Page, text: string): Promise<void> {
  await expect(async () => {
    await page.goto('/emergency-stop');
    await expect(page.getByRole('status')).toContainText(text, { timeout: 500 });
  }).toPass({ timeout: 120_000 });
}

test('one person’s signed statement stops a project, and a policy maintainer’s lets it continue', async ({
  page,
  request,
}) => {
  await say(page, 'zip-demo', 'Stop signing', 'It’s a drill.', 'demo-approver');
  await expect(page.getByText('Sent to the signer')).toBeVisible();
  await expectState(page, 'Signing for zip-demo has been stopped since');

  await page.goto('/projects/zip-demo');
  await expect(page.getByText('Signing is stopped')).toBeVisible();
  await expect(page.getByText('It’s a drill.')).toBeVisible();
  await page.goto('/projects/esbuild-demo');
  await expect(page.getByText('Signing is stopped')).toHaveCount(0);

  await say(page, 'zip-demo', 'Resume signing', 'The drill is over.', 'demo-approver');
  await expect(page.getByRole('alert').first()).toContainText('This signature does not count');
  await say(page, 'zip-demo', 'Resume signing', 'The drill is over.', 'demo-maintainer');
  await expect(page.getByText('Sent to the signer')).toBeVisible();
  await expectState(page, 'Nothing is stopped.');

  const nonsense = await request.post('/api/v1/emergency-stops', {
    data: { statement: '{}', signature: 'x' },
  });
  expect(nonsense.status()).toBe(422);
  expect(await nonsense.json()).toMatchObject({ code: 'STOP_NOT_VALID' });
});

test('nothing is preselected, what is missing is reported at its field, and a malformed address is no fault', async ({
  page,
}) => {
  await page.goto('/emergency-stop');
  await expect(page.getByRole('radio', { checked: true })).toHaveCount(0);
  await page.getByLabel('Reason').fill('z'.repeat(501));
  await page.getByRole('button', { name: 'Show what to sign' }).click();
  const summary = page.getByRole('alert', { name: 'There is a problem' });
  await expect(summary.getByRole('link')).toHaveText([
    'Whose signing: choose a project, or all projects.',
    'What should happen: choose one of the two.',
    'Reason: 501 characters; at most 500.',
  ]);
  await expect(page.getByLabel('Reason')).toHaveValue('z'.repeat(501));
  await expect(page.getByRole('radiogroup', { name: 'What should happen' })).toHaveAttribute(
    'aria-invalid',
    'true',
  );
  await expect(page).toHaveTitle(/^Error: /);
  const rubbish = await page.goto('/emergency-stop?what=../../etc&action=%01&reason=x&at=tomorrow');
  expect(rubbish?.status()).toBe(200);
  await expect(summary).toContainText('there is no project “../../etc”');
});

test('a signature that does not count leaves the statement as it was signed', async ({ page }) => {
  await page.goto('/emergency-stop');
  await page.getByLabel('Whose signing').selectOption('zip-demo');
  await page.getByRole('radio', { name: 'Stop signing' }).check();
  await page.getByLabel('Reason').fill('It’s only looked at.');
  await page.getByRole('button', { name: 'Show what to sign' }).click();
  const command = page.locator('code', { hasText: 'ssh-keygen -Y sign' });
  const before = await command.innerText();
  await page.getByLabel('Signature', { exact: true }).fill('not one');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('alert')).toContainText('This signature does not count');
  expect(await command.innerText()).toBe(before);
  await expect(page.getByLabel('Signature', { exact: true })).toHaveValue('not one');
});
