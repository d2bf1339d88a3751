import { expect, test } from '@playwright/test';
import { violations } from './axe.ts';
import { signIn } from './people.ts';

test('the header takes one line and has a menu of the person’s own pages, which closes when one is opened', async ({
  page,
}, info) => {
  await signIn(page, 'Mara Maintainer', '/about');
  const header = page.getByRole('banner');
  // A line has 36 pixels, and 12 above and below it.
  expect((await header.boundingBox())?.height).toBeLessThan(36 + 24 + 8);
  const button = header.getByRole('button', { name: 'Mara Maintainer' });
  const messages = header.getByRole('link', { name: 'Messages' });
  await expect(messages).toBeHidden();
  await button.focus();
  await page.keyboard.press('Enter');
  await expect(messages).toBeVisible();
  for (const name of ['Approvals', 'Reports', 'Audit', 'Applications', 'Your approval key'])
    await expect(header.getByRole('link', { name, exact: true }).last()).toBeVisible();
  // A policy maintainer who reviews nothing.
  await expect(header.getByRole('link', { name: 'Reviews' })).toHaveCount(0);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect.soft(await violations(page), colorScheme).toEqual([]);
    await page.screenshot({ path: info.outputPath(`menu-${colorScheme}.png`) });
  }
  await page.keyboard.press('Escape');
  await expect(messages).toBeHidden();
  await button.click();
  await messages.click();
  await expect(page.getByRole('heading', { level: 1, name: 'Messages' })).toBeVisible();
  await expect(messages).toBeHidden();
  // What is offered there is what somebody gets, as who they are.
  await expect(page.getByLabel(/^For reviewers and policy maintainers/)).toHaveCount(1);
  await expect(page.getByLabel(/^For reviewers:/)).toHaveCount(0);
});

test('the header fits 320 pixels in three lines, and so does the open menu', async ({ page }, info) => {
  await page.setViewportSize({ width: 320, height: 700 });
  await signIn(page, 'Robin Reviewer', '/about');
  const header = page.getByRole('banner');
  expect((await header.boundingBox())?.height).toBeLessThan(3 * 40 + 24);
  await header.getByRole('button', { name: 'Robin Reviewer' }).click();
  const signOut = header.getByRole('button', { name: 'Sign out' });
  await expect(signOut).toBeInViewport({ ratio: 1 });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await page.screenshot({ path: info.outputPath('narrow.png') });
});
