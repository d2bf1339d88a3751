/** Everything is stopped: each page says so on which somebody would else wait in vain, and nothing does once it is lifted. */
import { expect, test, type Page } from '@playwright/test';
import { openAs } from './people.ts';
import { runShownCommand, waitingRequest } from './waiting-request.ts';

const reason = 'It’s a drill \u202Eof all.';

async function say(page: Page, action: string): Promise<void> {
  await page.goto('/emergency-stop');
  await page.getByLabel('Whose signing').selectOption({ label: 'All projects' });
  await page.getByRole('radio', { name: action }).check();
  await page.getByLabel('Reason').fill(reason);
  await page.getByRole('button', { name: 'Show what to sign' }).click();
  const command = await page.locator('code', { hasText: 'ssh-keygen -Y sign' }).innerText();
  await page.getByLabel('Signature', { exact: true }).fill(runShownCommand(command, 'demo-maintainer'));
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('Sent to the signer')).toBeVisible();
}

const notice = (page: Page) => page.getByRole('main').getByText('Signing is stopped', { exact: true });

/** Pages that are kept follow within seconds. */
async function expectNotices(page: Page, path: string, count: number): Promise<void> {
  await expect(async () => {
    await page.goto(path);
    await expect(notice(page)).toHaveCount(count, { timeout: 1_000 });
  }).toPass({ timeout: 120_000 });
}

test('a stop of everything is shown on the home page, on waiting requests, and where files are submitted or approved', async ({
  browser,
  page,
}) => {
  const id = await waitingRequest('stopped');
  const mara = await openAs(browser, 'Mara Maintainer', '/projects/zip-demo');
  const shown: readonly (readonly [Page, string])[] = [
    [page, '/'],
    [page, '/requests'],
    [page, `/requests/${id}`],
    [mara, '/projects/zip-demo'],
    [mara, '/projects/zip-demo/submit'],
    [mara, '/projects/zip-demo/first-release'],
    [mara, '/approvals'],
  ];
  await say(page, 'Stop signing');
  for (const [one, path] of shown) {
    await expectNotices(one, path, 1);
    await expect(one.locator('bdi', { hasText: 'It’s a drill' })).toHaveText(reason);
  }
  await say(page, 'Resume signing');
  for (const [one, path] of shown) await expectNotices(one, path, 0);
  await mara.context().close();
});
