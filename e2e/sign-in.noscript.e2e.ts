import { expect, test } from '@playwright/test';

for (const [person, role] of [
  ['Mara Maintainer', 'policy maintainer'],
  ['Alex Approver', 'approver of esbuild-demo'],
  ['Robin Reviewer', 'reviewer'],
] as const) {
  test(`${person} signs in and out without JavaScript, clearly marked as development`, async ({ page }) => {
    await page.goto('/sign-in');
    await expect(page.getByText('No password, so it proves nothing.')).toBeVisible();
    const button = page.getByRole('button', { name: `Sign in as ${person}` });
    await expect(button).toContainText(role);
    await button.click();
    await expect(page).toHaveURL(/\/approvals$/);
    await expect(page.getByRole('banner')).toContainText(person);
    await expect(page.getByRole('banner')).toContainText('development');
    await page.getByRole('banner').getByRole('button', { name: person }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page.getByRole('banner').getByRole('link', { name: 'Sign in' })).toBeVisible();
    await page.goto('/approvals');
    await expect(page).toHaveURL(/\/sign-in$/);
  });
}
