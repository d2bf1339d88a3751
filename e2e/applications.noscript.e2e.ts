import { expect, test } from '@playwright/test';
import { answerEverything, next, openAs } from './people.ts';

test.describe.configure({ mode: 'serial' });

const library = { repository: 'sam-stranger/other-tool', name: 'Other Tool', handle: 'sam' };

test('applies without JavaScript, from the conditions to the sent application', async ({ browser }) => {
  const page = await openAs(browser, 'Sam Stranger', '/apply');
  await answerEverything(page, library);
  await page.getByRole('link', { name: 'Change Which licence is it under?' }).click();
  await page.getByLabel('SPDX expression').fill('Apache-2.0');
  await next(page);
  await expect(page).toHaveURL(/\/check$/);
  await page.getByRole('button', { name: 'Send the application' }).click();
  await expect(page.getByText('The foundation has received your application')).toBeVisible();
  await expect(page.getByText('Apache-2.0')).toBeVisible();
});

test('errors come back with what was typed and a summary that links to the fields, and “not eligible” is a page', async ({
  browser,
}) => {
  const page = await openAs(browser, 'Sam Stranger', '/apply');
  await page.getByRole('button', { name: 'Start an application' }).click();
  const tasks = new URL(page.url()).pathname;
  await page.goto(`${tasks}/contact`);
  await page.getByLabel('Your name').fill('Sam');
  await page.getByLabel('E-mail').fill('not an address');
  await page.getByRole('button', { name: 'Save and continue' }).click();
  const summary = page.getByRole('alert', { name: 'There is a problem' });
  await expect(summary.getByRole('link', { name: /E-mail/ })).toHaveAttribute('href', '#answer-email');
  await expect(page.getByLabel('E-mail')).toHaveValue('not an address');
  await expect(page.getByLabel('E-mail')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Your name')).toHaveValue('Sam');
  await expect(page).toHaveTitle(/^Error: /);
  await expect(summary).toBeFocused();
  await page.goto(`${tasks}/eligible-sponsored`);
  await page.getByLabel('Yes', { exact: true }).check();
  await next(page);
  await expect(
    page.getByRole('heading', { name: 'This project can’t get a free certificate' }),
  ).toBeVisible();
  await expect(page.getByText('Ask the company to buy a certificate.')).toBeVisible();
});

test('a session that ended loses nothing without JavaScript either', async ({ browser }) => {
  const page = await openAs(browser, 'Sam Stranger', '/applications');
  await page
    .getByRole('link')
    .filter({ hasText: /^Application \d+$/ })
    .first()
    .click();
  const tasks = new URL(page.url()).pathname;
  await page.goto(`${tasks}/description`);
  await page.getByLabel('Description').fill('Typed for an hour.');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.getByText('You have been signed out')).toBeVisible();
  await expect(page.getByLabel('Description')).toHaveValue('Typed for an hour.');
  const other = await page.context().newPage();
  await other.goto('/sign-in?to=/applications');
  await other.getByRole('button', { name: 'Sign in as Sam Stranger' }).click();
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await page.goto(`${tasks}/description`);
  await expect(page.getByLabel('Description')).toHaveValue('Typed for an hour.');
});
