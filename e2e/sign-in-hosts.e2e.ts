/**
 * Signing in with GitHub and with GitLab, from the button to the person whom the policy knows, at two portals behind one address; and what somebody
 * between the browser and the host could try. The hosts are stateful stand-ins that hold the portal to OAuth’s rules.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { startSignInHost, type Account, type SignInHost } from '../dev/sign-in-host/index.ts';
import { portalConfig, startAnotherPortal, type AnotherPortal } from './another-portal.ts';
import { startOneAddress, type OneAddress } from './two-behind-one.ts';

const account = (id: number, login: string, name: string): Account => ({
  id,
  login,
  name,
  emails: [{ email: `${login}@example.org`, verified: true, primary: true }],
});
/** The first is a policy maintainer of the demo’s policy; nobody’s file has the second. */
const people = [account(900001, 'mara', 'Mara on GitHub'), account(987654, 'nobody', 'Ned Newcomer')];
/** The maintainer’s number, on the other host. */
const onGitLab = [account(900001, 'mallory', 'Mallory on GitLab')];
const clientSecret = 'secret of the app: 100% {odd}+&=';

const folder = mkdtempSync(join(tmpdir(), 'countersign-sign-in-'));
let address: OneAddress;
let host: SignInHost;
let gitLabHost: SignInHost;
let portals: readonly AnotherPortal[] = [];

test.beforeAll(async () => {
  address = await startOneAddress();
  const callbackUrl = `${address.url}/api/auth/callback/github`;
  host = await startSignInHost([{ clientId: 'Iv1.countersign', clientSecret, callbackUrl }], people);
  const gitLabCallback = `${address.url}/api/auth/callback/gitlab`;
  const gitLabApp = { clientId: 'countersign', clientSecret, callbackUrl: gitLabCallback };
  gitLabHost = await startSignInHost([gitLabApp], onGitLab, Date.now, 'gitlab');
  const clientSecretFile = join(folder, 'client-secret');
  writeFileSync(clientSecretFile, `${clientSecret}\n`, { mode: 0o600 });
  const { auth } = portalConfig() as { readonly auth: { readonly secretFile: string } };
  const { url } = host;
  const gitHub = { clientId: 'Iv1.countersign', clientSecretFile, url, apiUrl: url };
  const gitLab = { clientId: 'countersign', clientSecretFile, url: gitLabHost.url };
  const changes = { auth: { secretFile: auth.secretFile, github: gitHub, gitlab: gitLab } };
  const start = () => startAnotherPortal(changes, { publicUrl: address.url });
  portals = await Promise.all([start(), start()]);
  address.behind = portals.map((portal) => portal.url);
});
test.afterAll(async () => {
  await Promise.all(portals.map((portal) => portal[Symbol.asyncDispose]()));
  await host[Symbol.asyncDispose]();
  await gitLabHost[Symbol.asyncDispose]();
  await address[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});
test.afterEach(() => {
  host.intercept = null;
});

async function atTheHost(browser: Browser, to = '/messages'): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${address.url}/sign-in?to=${encodeURIComponent(to)}`);
  await page.getByRole('button', { name: 'Sign in with GitHub' }).click();
  await expect(page.getByRole('button', { name: 'Authorize as Mara on GitHub' })).toBeVisible();
  return page;
}

const authorize = (page: Page, name: string) =>
  page.getByRole('button', { name: `Authorize as ${name}` }).click();

async function isNotSignedIn(page: Page): Promise<void> {
  await expect(page.getByText('You are not signed in')).toBeVisible();
  await expect(page.getByRole('banner').getByRole('link', { name: 'Sign in' })).toBeVisible();
}

test('people whom the policy knows by their account’s number have their roles, whichever portal answers', async ({
  browser,
}) => {
  const page = await atTheHost(browser, '/messages');
  await authorize(page, 'Mara on GitHub');
  await expect(page).toHaveURL(`${address.url}/messages`);
  const banner = page.getByRole('banner');
  await expect(banner).toContainText('Mara Maintainer');
  await expect(banner).not.toContainText('development');
  for (let turn = 0; turn < 4; turn += 1) {
    await page.goto(`${address.url}/changes`);
    await expect(banner).toContainText('Mara Maintainer');
  }
  expect([...address.taken.values()].every((count) => count > 1)).toBe(true);
  expect(host.refusals).toEqual([]);
  const [cookie] = (await page.context().cookies()).filter(({ name }) => name.includes('session-token'));
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  await banner.getByRole('button', { name: 'Mara Maintainer' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(banner.getByRole('link', { name: 'Sign in' })).toBeVisible();
});

test('an account that no policy names is signed in as that, and nothing more', async ({ browser }) => {
  const page = await atTheHost(browser, '/apply');
  await authorize(page, 'Ned Newcomer');
  await expect(page).toHaveURL(`${address.url}/apply`);
  await expect(page.getByRole('banner')).toContainText('Ned Newcomer');
  await page.goto(`${address.url}/audit`);
  await expect(page.getByRole('main')).not.toContainText('Export');
});

test('an account on GitLab is its own: the number of somebody on GitHub gives it nothing of theirs', async ({
  browser,
}) => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${address.url}/sign-in?to=%2Fapply`);
  await expect(page.getByText('An account on GitHub and one on GitLab are two people here')).toBeVisible();
  await page.getByRole('button', { name: 'Sign in with GitLab' }).click();
  await authorize(page, 'Mallory on GitLab');
  await expect(page).toHaveURL(`${address.url}/apply`);
  const banner = page.getByRole('banner');
  for (let turn = 0; turn < 2; turn += 1) {
    await page.goto(`${address.url}/changes`);
    await expect(banner).toContainText('Mallory on GitLab');
    await expect(banner).not.toContainText('Mara');
  }
  expect(gitLabHost.refusals).toEqual([]);
});

test('a code that another browser got counts in neither that one nor this one', async ({ browser }) => {
  const stolen: URL[] = [];
  host.intercept = (callback) => {
    stolen.push(callback);
    return new URL(`${address.url}/about`);
  };
  const victim = await atTheHost(browser);
  await authorize(victim, 'Mara on GitHub');
  await expect(victim).toHaveURL(`${address.url}/about`);
  const thief = await (await browser.newContext()).newPage();
  await thief.goto(stolen[0]?.href ?? '');
  await isNotSignedIn(thief);
  // The thief begins a sign-in as well, and puts the stolen code into the answer to it.
  host.intercept = (callback) => {
    callback.searchParams.set('code', stolen[0]?.searchParams.get('code') ?? '');
    return callback;
  };
  const patient = await atTheHost(browser);
  await authorize(patient, 'Ned Newcomer');
  await isNotSignedIn(patient);
  expect(host.refusals).toContain('bad_verification_code');
});
