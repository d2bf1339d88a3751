import { expect, test, type Page } from '@playwright/test';

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: `Sign in as ${name}` }).click();
}

test('an anonymous visitor reports a problem, reviewers see its deadline and answer, and nobody else reads it', async ({
  page,
  browser,
}) => {
  await page.goto('/report?project=esbuild-demo');
  const kind = page.getByRole('radiogroup', { name: 'What is wrong' });
  await expect(kind.getByRole('radio', { checked: true })).toHaveCount(0);
  await kind.getByLabel('A signing key is').check();
  await page.getByLabel('What you saw').fill('too short');
  await page.getByRole('button', { name: 'Send report' }).click();
  await expect(page.getByRole('alert')).toContainText('What you saw: 9 characters; at least 20.');
  await expect(page.getByLabel('What you saw')).toHaveValue('too short');
  await expect(kind.getByLabel('A signing key is')).toBeChecked();
  const story = `The installer of ${Date.now()} opens a shell to another host, <b>always</b>.`;
  await kind.getByLabel('It is malware').check();
  await page.getByLabel('What you saw').fill(story);
  await page.getByLabel('Links to evidence').fill('https://analysis.example/1\nhttps://analysis.example/2');
  await page.getByLabel('How to reach you').fill('stranger@example.org');
  await page.getByRole('button', { name: 'Send report' }).click();
  await expect(page).toHaveURL(/\/report\/[0-9a-f]{32}$/);
  const receipt = page.url();
  await expect(page.getByText('Not yet')).toHaveCount(2);
  await expect(page.getByText(story)).toHaveCount(0);
  await expect(page.getByText('stranger@example.org')).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'esbuild-demo' })).toBeVisible();
  await expect(page.getByText('https://analysis.example/2')).toBeVisible();

  const context = await browser.newContext({ javaScriptEnabled: false });
  const other = await context.newPage();
  await signIn(other, 'Nora Newcomer');
  await other.goto('/reports');
  await expect(other.getByText('reviewers and policy maintainers')).toBeVisible();
  await context.close();

  await signIn(page, 'Robin Reviewer');
  await page.goto('/messages');
  await expect(page.getByText(/Report \d+: it is malware/).first()).toBeVisible();
  await page.goto('/reports');
  await page.getByRole('listitem').filter({ hasText: story }).getByRole('link').click();
  await expect(page.getByText('stranger@example.org')).toBeVisible();
  await expect(page.getByText('https://analysis.example/2')).toBeVisible();
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(page.getByRole('button', { name: 'Acknowledge' })).toHaveCount(0);
  await page.getByLabel('No grounds for revoking').check();
  await page.getByLabel('What was found').fill('The shell is the project’s own test server, on loopback.');
  await page.getByRole('button', { name: 'Close report' }).click();
  await expect(page.getByRole('heading', { name: 'No grounds for revoking were found' })).toBeVisible();

  await page.goto(receipt);
  await expect(page.getByText('The shell is the project’s own test server')).toBeVisible();
  const guessed = await page.goto(`${receipt.slice(0, -1)}${receipt.endsWith('0') ? '1' : '0'}`);
  expect(guessed?.status()).toBe(404);
});
