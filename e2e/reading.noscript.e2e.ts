import { expect, test } from '@playwright/test';
import { requestsThatEnded, theSignedOne } from './report.ts';

test('a visitor finds a released file by its hash, sees why it was signed, and downloads it', async ({
  page,
  request,
}) => {
  const signed = theSignedOne();
  const view = (await (await request.get(`/api/v1/requests/${signed.id}`)).json()) as {
    release: { sha256: string; name: string };
  };
  await page.goto('/');
  await page.getByRole('searchbox', { name: 'Look up a file or project' }).fill(view.release.sha256);
  await page.getByRole('button', { name: 'Look up' }).click();
  await expect(page.getByText('Signed by this foundation')).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: view.release.name }).first().click();
  await expect(page.getByText('Signed and released')).toBeVisible();
  for (const step of [
    'policy',
    'origin',
    'inspection',
    'scan',
    'approval',
    'recheck',
    'signing',
    'verification',
    'release',
  ]) {
    await expect(page.locator(`[data-step=${step}]`).first()).toHaveAttribute('data-state', 'passed');
  }
  await expect(page.getByText(/^osslsigncode verify /)).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: `Download ${view.release.name}` }).click();
  expect((await download).suggestedFilename()).toBe(view.release.name);
});

test('each denied request says which check failed, how to fix it, and offers nothing to download', async ({
  page,
}) => {
  for (const denied of requestsThatEnded('denied')) {
    await page.goto(`/requests/${denied.id}`);
    await expect(page.getByText('Nothing was signed')).toBeVisible();
    const failed = page.locator('[data-state=failed]').first();
    await expect(failed.getByText('How to fix it:').first()).toBeVisible();
    await expect(failed.getByText(denied.reasons[0]?.message ?? '').first()).toBeVisible();
    await expect(page.getByRole('link', { name: /^Download/ })).toHaveCount(0);
    expect((await page.request.get(`/api/v1/requests/${denied.id}/artifact`)).status()).toBe(404);
  }
});

test('a finding links to the policy line that decided', async ({ page }) => {
  await page.goto(`/requests/${theSignedOne().id}`);
  const step = page.locator('[data-step=origin]').first();
  await step.locator('summary').click();
  const link = step.getByRole('link', { name: /\.yaml:\d+$/ }).first();
  const line = /:(\d+)$/.exec(await link.innerText())?.[1];
  await link.click();
  await expect(page).toHaveURL(new RegExp(`commit=[0-9a-f]+#L${line ?? ''}$`));
  await expect(page.locator(`#L${line ?? ''}`)).toBeVisible();
});

test('a project page states its code-signing policy, team, privacy and certificates', async ({ page }) => {
  await page.goto('/projects');
  await page
    .getByRole('link', { name: /esbuild/ })
    .first()
    .click();
  for (const heading of [
    'Code-signing policy',
    'Team',
    'Privacy',
    'Releases',
    'Signing requests',
    'Certificates',
  ]) {
    await expect(page.getByRole('heading', { name: heading, exact: true }).first()).toBeVisible();
  }
  const certificate = page.getByRole('link', { name: /^Download .*\.pem$/ }).first();
  const pem = await page.request.get((await certificate.getAttribute('href')) ?? '');
  expect(await pem.text()).toMatch(/^-----BEGIN CERTIFICATE-----/);
});

test('the list of requests keeps its filter in the address', async ({ page }) => {
  await page.goto('/requests');
  await page.getByRole('link', { name: 'Denied or cancelled', exact: true }).click();
  await expect(page).toHaveURL(/status=denied/);
  await expect(page.getByRole('cell').getByText('Signed', { exact: true })).toHaveCount(0);
  await expect(page.getByRole('cell').getByText('Denied', { exact: true }).first()).toBeVisible();
});

test('what is not policy is not shown as policy', async ({ page }) => {
  const { project } = theSignedOne();
  const unknown = `/projects/${project}/policy/foundation.yaml?commit=${'0'.repeat(40)}`;
  expect((await page.goto(unknown))?.status()).toBe(404);
  expect((await page.goto(`/projects/${project}/policy/..%2f..%2fetc%2fpasswd`))?.status()).toBe(404);
});

test('certificates are found by words and state, and an empty result says so', async ({ page }) => {
  await page.goto('/certificates');
  await expect(page.getByRole('heading', { name: /^\d+ certificates$/ })).toBeVisible();
  await page.getByLabel('Project, name, serial number or fingerprint').fill('zip-demo test');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(page.getByRole('heading', { name: '1 certificate', exact: true })).toBeVisible();
  await expect(page.getByRole('heading', { name: /Test certificate/ })).toBeVisible();
  await page.getByLabel('State').selectOption('ended');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(page.getByText('No certificate matches')).toBeVisible();
  await page.getByRole('link', { name: 'Show all certificates' }).click();
  await expect(page.getByRole('heading', { name: /^\d+ certificates$/ })).toBeVisible();
});
