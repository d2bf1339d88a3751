/** A file is handed in by a person, in the browser: how far it is can be seen, it can be stopped, and nothing that was entered is lost. */
import { closeSync, mkdtempSync, openSync, rmSync, ftruncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { packageWith, sha256 } from '../dev/test/system/demo-package.ts';
import { colourViolations, violations } from './axe.ts';
import { openAs } from './people.ts';

const place = '/projects/esbuild-demo/submit';
const folder = mkdtempSync(join(tmpdir(), 'countersign-upload-'));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function file(mark: string): Promise<{ readonly path: string; readonly sha256: string }> {
  const bytes = await packageWith(`${mark} ${Date.now()}`);
  const path = join(folder, `${mark}.tgz`);
  writeFileSync(path, bytes);
  return { path, sha256: sha256(bytes) };
}

const artifact = (page: Page) => page.getByLabel('File', { exact: true });
const submit = (page: Page) => page.getByRole('button', { name: 'Upload and submit' });
const digest = (page: Page) => page.getByLabel('SHA-256 it should have');

test('an upload shows its progress, can be stopped and sent again, and ends at the page of its request', async ({
  browser,
}) => {
  const page = await openAs(browser, 'Alex Approver', place);
  const slow = join(folder, 'slow.tgz');
  writeFileSync(slow, Buffer.alloc(6 * 1024 * 1024, 1));
  const devtools = await page.context().newCDPSession(page);
  const network = { offline: false, latency: 0, downloadThroughput: -1 };
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', { ...network, uploadThroughput: 200 * 1024 });
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PUT') sent.push(request.url());
  });
  await page.getByLabel('test-signing').check();
  await artifact(page).setInputFiles(slow);
  await submit(page).click();
  const bar = page.getByRole('progressbar', { name: /of 6 MiB/ });
  await expect(bar).toBeVisible();
  await expect.poll(async () => Number(await bar.getAttribute('value'))).toBeGreaterThan(0);
  await expect(page.getByRole('button', { name: 'Upload and submit' })).toHaveCount(0);
  // The Enter key sends a form that has no button.
  await digest(page).press('Enter');
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText(
    'The upload was stopped, and nothing of the file was kept.',
  );
  expect(sent).toHaveLength(1);
  await expect(artifact(page)).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('test-signing')).toBeChecked();
  await devtools.send('Network.emulateNetworkConditions', { ...network, uploadThroughput: -1 });

  const good = await file('good');
  await artifact(page).setInputFiles(good.path);
  await digest(page).fill(good.sha256.toUpperCase());
  await submit(page).click();
  await page.waitForURL(/\/requests\//);
  await expect(page.getByText(good.sha256).first()).toBeVisible();
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('Signed and released')).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 120_000 });
});

test('mistakes are reported at their fields, and what was entered is kept', async ({ browser }) => {
  const page = await openAs(browser, 'Mara Maintainer', place);
  const { path } = await file('wrong');
  await page.getByLabel('test-signing').check();
  await artifact(page).setInputFiles(path);
  await digest(page).fill('0'.repeat(64));
  await submit(page).click();
  await expect(page.getByRole('main').getByRole('alert')).toBeFocused();
  await expect(digest(page)).toHaveAttribute('aria-invalid', 'true');
  await expect(digest(page)).toHaveValue('0'.repeat(64));
  expect(await artifact(page).evaluate((element: HTMLInputElement) => element.files?.length)).toBe(1);
  expect(await violations(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await colourViolations(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });

  await digest(page).fill('not a digest');
  await submit(page).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText(/SHA-256/i);
  await expect(digest(page)).toHaveAttribute('aria-invalid', 'true');

  await digest(page).fill('');
  await page.getByLabel('release-signing').check();
  await submit(page).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText(
    'This policy needs the attestation of the file.',
  );
  await page.getByLabel('Attestation').setInputFiles(path);
  await submit(page).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText(
    'The attestation is no Sigstore bundle',
  );
  await expect(page.getByLabel('Attestation')).toHaveAttribute('aria-invalid', 'true');
});

test('a file that is too large is refused before a byte of it is sent', async ({ browser }) => {
  const page = await openAs(browser, 'Alex Approver', place);
  const path = join(folder, 'large.zip');
  const handle = openSync(path, 'w');
  ftruncateSync(handle, 4 * 1024 ** 3 + 1);
  closeSync(handle);
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PUT') sent.push(request.url());
  });
  await artifact(page).setInputFiles(path);
  await submit(page).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText(/this portal takes .* at most/);
  await expect(artifact(page)).toHaveAttribute('aria-invalid', 'true');
  expect(sent).toEqual([]);
});

test('a person signed out meanwhile signs in elsewhere and submits the same form again', async ({
  browser,
}) => {
  const page = await openAs(browser, 'Alex Approver', place);
  const { path, sha256: wanted } = await file('signed-out');
  await page.getByLabel('test-signing').check();
  await artifact(page).setInputFiles(path);
  await digest(page).fill(wanted);
  await page.context().clearCookies();
  await submit(page).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('You are not signed in.');
  await expect(digest(page)).toHaveValue(wanted);
  const other = await page.context().newPage();
  await other.goto('/sign-in?to=/about');
  await other.getByRole('button', { name: 'Sign in as Alex Approver' }).click();
  await other.waitForURL(/\/about$/);
  await submit(page).click();
  await page.waitForURL(/\/requests\//);
});

test('only people who may submit can, and only from the portal’s own page, whatever is sent', async ({
  browser,
  baseURL,
}) => {
  const alex = await openAs(browser, 'Alex Approver', place);
  const nora = await openAs(browser, 'Nora Newcomer', place);
  await expect(nora.getByText('You are not a submitter of this project')).toBeVisible();
  const address = '/api/projects/esbuild-demo/upload';
  const put = (page: Page, query: string, headers: Record<string, string>) =>
    page.request.put(`${address}${query}`, {
      headers: { 'content-type': 'application/octet-stream', ...headers },
      data: Buffer.from('x'),
    });
  const own = { origin: baseURL ?? '' };
  const status = async (...given: Parameters<typeof put>) => (await put(...given)).status();
  expect(await status(alex, '?policy=test-signing', own)).toBeLessThan(300);
  expect(await status(alex, '?policy=test-signing', { origin: 'https://elsewhere.example' })).toBe(403);
  expect(await status(alex, '?policy=test-signing', {})).toBe(403);
  expect(await status(nora, '?policy=test-signing', own)).toBe(403);
  expect(await status(alex, '?policy=../../x', own)).toBe(400);
  expect(await status(alex, '', own)).toBe(400);
  expect(await status(alex, '?policy=no-such-policy', own)).toBe(422);
  expect(await status(alex, `?policy=test-signing&sha256=${'0'.repeat(64)}`, own)).toBe(422);
  const post = (data: string) =>
    alex.request.post(address, { headers: { 'content-type': 'application/json', ...own }, data });
  for (const rubbish of [
    '',
    '{',
    '[]',
    '{"policy":1}',
    `{"policy":"test-signing","sha256":"x","name":"../a","bundle":null}`,
  ]) {
    const answer = await post(rubbish);
    expect(answer.status(), rubbish).toBe(400);
    expect(await answer.json(), rubbish).toMatchObject({ code: expect.any(String) });
  }
});
