/** The page “Steps to a release”, as journeys to a first release read it. */
import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { wrongWith } from './axe.ts';

/** One of its steps. */
export const step = (page: Page, title: string): Locator =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 2, name: title }) });

/** The page is read again until the step is so. */
export async function stepIs(
  page: Page,
  title: string,
  state: 'Done' | 'For you' | 'Waiting',
): Promise<void> {
  await expect(async () => {
    await page.reload();
    await expect(step(page, title).getByText(state, { exact: true })).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 120_000 });
}

/** Of any page. The journey goes on where it doesn’t, and fails at its end. */
export async function looksRight(page: Page): Promise<void> {
  expect.soft(await wrongWith(page), new URL(page.url()).pathname).toEqual([]);
}
