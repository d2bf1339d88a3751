/** What the foundation's people do with an application and with a policy change, in the browser and in a terminal. */
import { expect } from '@playwright/test';
import type { Browser, Page } from '@playwright/test';
import { openAs } from './people.ts';
import { runShownCommand } from './waiting-request.ts';

export async function claim(browser: Browser, name: string, path: string): Promise<Page> {
  const page = await openAs(browser, name, path);
  await page.getByRole('button', { name: 'Claim', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'You work on it' })).toBeVisible();
  return page;
}

/** Judges every criterion on the first piece of evidence, with the keys that reviewers use for the outcome. */
export async function decide(page: Page, outcome: 'accept' | 'reject'): Promise<void> {
  // Collected in the background: who opens the page sooner sees it come.
  await expect(page.getByText('were last asked')).toBeVisible({ timeout: 120_000 });
  const criteria = page
    .getByRole('region', { name: 'Decide' })
    .getByRole('group')
    .filter({ has: page.getByLabel('Met', { exact: true }) });
  await expect(criteria.first()).toBeVisible();
  const count = await criteria.count();
  for (let index = 0; index < count; index++) {
    const criterion = criteria.nth(index);
    await criterion
      .getByLabel(outcome === 'reject' && index === 0 ? 'Not met' : 'Met', { exact: true })
      .check();
    await criterion.getByText('Evidence that it rests on').click();
    await criterion.getByRole('checkbox').first().check();
  }
  await page.getByRole('heading', { name: 'Decide' }).click();
  await page.keyboard.press(outcome === 'accept' ? 'a' : 'r');
  await page.getByLabel('Reasons').fill(outcome === 'accept' ? 'Known for years.' : 'It is three weeks old.');
  if (outcome === 'reject') {
    await page.getByLabel('Before applying again').fill('Release for a year, then come back.');
  }
  await page.getByRole('button', { name: 'Record my decision' }).click();
}

/** Finds the application in the reviewers' queue, and has two of them accept it. `look`: at the page of whose decision counts last. */
export async function acceptByTwo(
  browser: Browser,
  name: string,
  look: (page: Page) => Promise<void> = async () => undefined,
): Promise<void> {
  const queue = await openAs(browser, 'Robin Reviewer', `/reviews?q=${encodeURIComponent(name)}`);
  await queue.getByRole('link', { name }).click();
  await expect(queue.getByRole('heading', { level: 1, name })).toBeVisible();
  const review = new URL(queue.url()).pathname;
  for (const [reviewer, then] of [
    ['Robin Reviewer', 'Another reviewer has to'],
    ['Ada Assessor', 'The application is accepted'],
  ] as const) {
    const page = await claim(browser, reviewer, review);
    await decide(page, 'accept');
    await expect(page.getByText(then)).toBeVisible();
    if (reviewer === 'Ada Assessor') await look(page);
    await page.context().close();
  }
}

const maintainers = [
  ['Robin Reviewer', 'demo-reviewer'],
  ['Sam Steward', 'demo-steward'],
  ['Mara Maintainer', 'demo-maintainer'],
] as const;

/** Policy maintainers sign the change at `path` with the command it shows, as many as it takes, and the last one merges it. */
export async function signAndMerge(browser: Browser, path: string): Promise<void> {
  for (const [name, handle] of maintainers) {
    const page = await openAs(browser, name, path);
    const command = await page.locator('code', { hasText: 'ssh-keygen -Y sign' }).first().innerText();
    await page.getByLabel('Signature', { exact: true }).fill(runShownCommand(command, handle));
    await page.getByRole('button', { name: 'Submit signature' }).click();
    await expect(
      page.getByText('Your signature is stored in the repository, beside the commit.'),
    ).toBeVisible();
    const merge = page.getByRole('button', { name: 'Merge' });
    if ((await merge.count()) > 0) {
      const seen = page.getByLabel('I have read what the guards say');
      if ((await seen.count()) > 0) await seen.check();
      await merge.click();
      await expect(async () => {
        await page.goto(path);
        await expect(page.getByText('Merged, and in force: the signer accepted it')).toBeVisible({
          timeout: 500,
        });
      }).toPass({ timeout: 120_000 });
      await page.context().close();
      return;
    }
    await page.context().close();
  }
  throw new Error(`${path} can’t be merged though every policy maintainer signed it`);
}
