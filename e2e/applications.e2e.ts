import { expect, test } from '@playwright/test';
import type { Browser, Page } from '@playwright/test';
import { wrongAt } from './axe.ts';
import { answerEverything, openAs } from './people.ts';
import { claim, decide } from './reviewers.ts';

test.describe.configure({ mode: 'serial' });

const shelf = { repository: 'nora-newcomer/parcel-shelf', name: 'Parcel Shelf', handle: 'nora' };
const toy = { repository: 'nora-newcomer/quick-toy', name: 'Quick Toy', handle: 'nora-toy' };
let review = '';

async function reviewOf(browser: Browser, name: string): Promise<string> {
  const page = await openAs(browser, 'Robin Reviewer', '/reviews');
  // The queue goes by keyboard: j to the first, Enter into it.
  await expect(page.getByRole('button', { name: /Keyboard/ })).toBeVisible();
  await page.getByLabel('Name or repository').fill(name);
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page).toHaveURL(/q=/);
  await expect(page.getByRole('button', { name: /Keyboard/ })).toBeVisible();
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  const path = new URL(page.url()).pathname;
  await page.context().close();
  return path;
}

test('a maintainer applies, is asked, answers, is accepted by two reviewers, and gets a policy and a checklist', async ({
  browser,
}) => {
  const nora = await openAs(browser, 'Nora Newcomer', '/apply');
  await answerEverything(nora, shelf);
  await expect(nora.getByRole('heading', { name: 'Check your answers' })).toBeVisible();
  await nora.getByRole('button', { name: 'Send the application' }).click();
  await expect(nora.getByText('The foundation has received your application')).toBeVisible();
  const application = new URL(nora.url()).pathname;

  review = await reviewOf(browser, 'Parcel Shelf');
  const robin = await claim(browser, 'Robin Reviewer', review);
  await robin.getByLabel('Message').fill('Who runs the build machines?');
  await robin.getByRole('button', { name: 'Ask, and wait for the answer' }).click();
  await expect(robin.getByText('The applicant has been asked')).toBeVisible();

  await nora.goto(application);
  await expect(nora.getByText('The reviewers have a question')).toBeVisible();
  await expect(nora.getByText('Who runs the build machines?').first()).toBeVisible();
  await nora.getByRole('link', { name: 'Change Name', exact: true }).first().waitFor();
  await nora.getByRole('textbox', { name: 'Your answer' }).fill('Only GitHub’s own.');
  await nora.getByRole('button', { name: 'Send the answer' }).click();
  await expect(nora.getByText('Your message has been sent to the reviewers')).toBeVisible();

  await robin.goto(review);
  await expect(robin.getByText('Only GitHub’s own.')).toBeVisible();
  await decide(robin, 'accept');
  await expect(robin.getByText('Another reviewer has to come to theirs')).toBeVisible();
  const ada = await claim(browser, 'Ada Assessor', review);
  await expect(ada.getByText('Another reviewer has decided.')).toBeVisible();
  await expect(ada.getByText('Known for years.')).toHaveCount(0);
  await decide(ada, 'accept');
  await expect(ada.getByText('The application is accepted')).toBeVisible();

  await nora.goto(application);
  await expect(nora.getByRole('heading', { name: 'What comes next' })).toBeVisible();
  await expect(nora.getByText('Robin Reviewer')).toHaveCount(0);
  await expect(async () => {
    await nora.reload();
    await expect(nora.getByText(/Policy change \d+ waits for policy maintainers/)).toBeVisible({
      timeout: 500,
    });
  }).toPass({ timeout: 120_000 });
  await nora.getByLabel(/Everybody on the team uses a second factor/).check();
  await nora.getByRole('button', { name: 'Attest it' }).click();
  await expect(nora.getByText('It is recorded in your name')).toBeVisible();
  await nora.getByRole('link', { name: 'The project’s policy' }).click();
  await expect(nora.getByRole('heading', { level: 1, name: 'Add Parcel Shelf' })).toBeVisible();
  await expect(nora.getByText(/accepted by the foundation’s reviewers/)).toBeVisible();
});

test('a rejected applicant learns why and what to change, and appeals to other reviewers', async ({
  browser,
}) => {
  const nora = await openAs(browser, 'Nora Newcomer', '/apply');
  await answerEverything(nora, toy);
  await nora.getByRole('button', { name: 'Send the application' }).click();
  await expect(nora.getByText('The foundation has received your application')).toBeVisible();
  const application = new URL(nora.url()).pathname;
  const path = await reviewOf(browser, 'Quick Toy');
  for (const name of ['Robin Reviewer', 'Ada Assessor']) {
    const page = await claim(browser, name, path);
    // The night in which two hundred new accounts gave their stars is marked, and called nothing.
    // It is collected in the background: who opens the page sooner loads it again.
    await expect(async () => {
      await page.reload();
      await expect(page.getByText(/1 day with a burst, marked/)).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 120_000 });
    await decide(page, 'reject');
    await expect(
      page.getByText(name === 'Robin Reviewer' ? 'Another reviewer has to' : 'is rejected'),
    ).toBeVisible();
    await page.context().close();
  }
  await nora.goto(application);
  await expect(nora.getByText('Release for a year, then come back.').first()).toBeVisible();
  await nora.getByLabel('Why the decision should be different').fill('You overlooked our package.');
  await nora.getByRole('button', { name: 'Appeal' }).click();
  await expect(nora.getByText('Your appeal goes to reviewers who have not decided')).toBeVisible();
  const appeal = await reviewOf(browser, 'Quick Toy');
  const robin = await openAs(browser, 'Robin Reviewer', appeal);
  await expect(robin.getByText('You decided on this application before')).toBeVisible();
  await expect(robin.getByRole('button', { name: 'Claim', exact: true })).toHaveCount(0);
  await claim(browser, 'Emil Examiner', appeal);
});

test('a reviewer with a conflict of interest recuses themselves, and is excluded', async ({ browser }) => {
  const appeal = await reviewOf(browser, 'Quick Toy');
  const sam = await openAs(browser, 'Sam Steward', appeal);
  await sam.getByText('I am involved with this project').click();
  await sam.getByLabel('In a sentence, why').fill('I wrote half of it.');
  await sam.getByRole('button', { name: 'Recuse myself' }).click();
  await expect(sam.getByText('You have recused yourself from this application.')).toBeVisible();
  await expect(sam.getByLabel('Note', { exact: true })).toHaveCount(0);
});

test('a session that ends while a person types loses nothing', async ({ browser }) => {
  const page = await openAs(browser, 'Sam Stranger', '/apply');
  await page.getByRole('button', { name: 'Start an application' }).click();
  await page.waitForURL(/\/apply\/\d+$/);
  const tasks = new URL(page.url()).pathname;
  await page.goto(`${tasks}/description`);
  await page.getByLabel('Description').fill('Typed for an hour.');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.getByText('You are not signed in.')).toBeVisible();
  await expect(page.getByLabel('Description')).toHaveValue('Typed for an hour.');
  const other = await page.context().newPage();
  await other.goto('/sign-in?to=/applications');
  await other.getByRole('button', { name: 'Sign in as Sam Stranger' }).click();
  await other.waitForURL((url) => url.pathname === '/applications');
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.getByText('You are not signed in.')).toHaveCount(0);
  await page.goto(`${tasks}/description`);
  await expect(page.getByLabel('Description')).toHaveValue('Typed for an hour.');
});

test('pages behind the sign-in pass axe in both colours, and fit 320 pixels', async ({ browser }) => {
  const nora = await openAs(browser, 'Nora Newcomer', '/applications');
  const robin = await openAs(browser, 'Robin Reviewer', '/reviews');
  const first = (page: Page) => page.locator('tbody a').first().getAttribute('href');
  const application = (await first(nora)) ?? '';
  const sam = await openAs(browser, 'Sam Stranger', '/applications');
  const draft =
    (await sam
      .getByRole('link', { name: /^Application \d+$/ })
      .first()
      .getAttribute('href')) ?? '';
  const places: readonly (readonly [page: Page, paths: readonly string[]])[] = [
    [nora, ['/applications', application, '/messages']],
    [
      sam,
      [
        draft,
        ...['program', 'repository', 'contact', 'declaration', 'check', 'proof'].map(
          (step) => `${draft}/${step}`,
        ),
      ],
    ],
    [robin, ['/reviews', '/reviews?state=closed', review]],
  ];
  for (const [page, paths] of places) {
    for (const path of paths) {
      expect.soft(await wrongAt(page, path), path).toEqual([]);
    }
  }
});

test('keyboard shortcuts can be turned off, and never fire while a person types', async ({ browser }) => {
  const page = await openAs(browser, 'Robin Reviewer', '/reviews');
  await page.getByRole('button', { name: /Keyboard/ }).waitFor();
  await page.getByLabel('Name or repository').click();
  await page.keyboard.type('jk?');
  await expect(page.getByLabel('Name or repository')).toHaveValue('jk?');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByLabel('Single keys work').uncheck();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('j');
  await expect(page.locator('a[data-row]:focus')).toHaveCount(0);
});
