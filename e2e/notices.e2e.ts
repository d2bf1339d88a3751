/** E-mail stops by the link in it, for who isn't signed in; and what waits for somebody is counted on top of every page. */
import { expect, test } from '@playwright/test';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { confirmationToken } from '../lib/notifications/confirm-address.ts';
import { unsubscribeToken } from '../lib/notifications/unsubscribe.ts';
import { portalConfig } from './another-portal.ts';
import { openAs } from './people.ts';

const email = 'ada@example.org';
const account = '900005';

/** As at the end of an e-mail of the journeys' portal. */
function linkOf(): string {
  const { auth, publicUrl } = portalConfig() as { auth: { secretFile: string }; publicUrl: string };
  const config = { publicUrl, auth: { ...auth, development: true } };
  return unsubscribeToken(config, { account: onGitHub(account), email, kinds: ['request-denied'] });
}

test('e-mail is stopped by the button behind its link, never by opening the link, and turned on again on Messages', async ({
  browser,
  page,
  request,
}) => {
  const ada = await openAs(browser, 'Ada Assessor', '/messages');
  await ada.getByLabel('E-mail address').fill(email);
  await ada.getByRole('button', { name: 'Save' }).click();
  await expect(ada.getByText('Your choices are saved')).toBeVisible();
  const choice = ada.getByLabel('A request was refused');
  await expect(choice).toHaveValue('at-once');

  const token = linkOf();
  const look = await request.get(`/api/unsubscribe/${token}`, { maxRedirects: 0 });
  expect([look.status(), new URL(look.headers()['location'] ?? '').pathname]).toEqual([
    303,
    `/unsubscribe/${token}`,
  ]);
  await page.goto(`/unsubscribe/${token}`);
  await expect(page.getByRole('listitem').filter({ hasText: 'A request was refused' })).toBeVisible();
  await ada.reload();
  await expect(choice).toHaveValue('at-once');

  await page.getByRole('button', { name: 'Stop these e-mails' }).click();
  await expect(page.getByText('You get no such e-mail any more')).toBeVisible();
  await ada.reload();
  await expect(choice).toHaveValue('never');

  await choice.selectOption('at-once');
  // The page still says that the choices were saved the last time.
  const saved = ada.waitForResponse((answer) => answer.request().method() === 'POST');
  await ada.getByRole('button', { name: 'Save' }).click();
  await saved;
  const click = await request.post(`/api/unsubscribe/${token}`, {
    form: { 'List-Unsubscribe': 'One-Click' },
  });
  expect(click.status()).toBe(200);
  await ada.reload();
  await expect(choice).toHaveValue('never');

  await page.getByRole('button', { name: 'Stop all e-mail' }).click();
  await expect(page.getByText('This address gets no e-mail from here any more')).toBeVisible();
  await ada.reload();
  await expect(ada.getByLabel('E-mail address')).toHaveValue('');
});

test('an address is confirmed by the button behind its link, without a session; opening the link confirms nothing', async ({
  browser,
  page,
}) => {
  const emil = { name: 'Emil Examiner', account: onGitHub('900006'), email: 'emil@example.org' };
  const messages = await openAs(browser, emil.name, '/messages');
  await messages.getByLabel('E-mail address').fill(emil.email);
  await messages.getByRole('button', { name: 'Save' }).click();
  await expect(messages.getByText('Your choices are saved')).toBeVisible();
  const { auth, publicUrl } = portalConfig() as { auth: { secretFile: string }; publicUrl: string };
  const config = { publicUrl, auth: { ...auth, development: true } };
  const token = confirmationToken(config, { ...emil, until: new Date(Date.now() + 3600_000) });
  for (let look = 0; look < 2; look += 1) {
    await page.goto(`/confirm-address/${token}`);
    await expect(page.getByText(emil.email)).toBeVisible();
  }
  await page.getByRole('button', { name: 'Yes, send them here' }).click();
  await expect(page.getByText('The address is confirmed')).toBeVisible();
  await messages.getByLabel('E-mail address').fill('');
  await messages.getByRole('button', { name: 'Save' }).click();
  await page.goto(`/confirm-address/${token}?again=yes`);
  await expect(page.getByRole('button', { name: 'Yes, send them here' })).toHaveCount(0);
});

test('an invalid link says so, and stops nothing', async ({ page, request }) => {
  const valid = linkOf();
  const token = `${valid.slice(0, -1)}${valid.endsWith('-') ? '_' : '-'}`;
  await page.goto(`/unsubscribe/${token}`);
  await expect(page.getByText('This link isn’t valid')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Stop/ })).toHaveCount(0);
  const click = await request.post(`/api/unsubscribe/${token}`, {
    form: { 'List-Unsubscribe': 'One-Click' },
  });
  expect(click.status()).toBe(404);
});
