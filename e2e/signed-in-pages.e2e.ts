/** Pages for people who signed in, as they look to those they are for, and to those they aren't for. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { Webhook } from 'standardwebhooks';
import { wrongAt } from './axe.ts';
import { openAs } from './people.ts';

const project = '/projects/esbuild-demo';
const revoke = '/revocations/new?project=esbuild-demo';

const pagesOf: Readonly<Record<string, readonly string[]>> = {
  'Alex Approver': [
    ...['team', 'first-release', 'submit', 'tokens', 'webhooks'].map((name) => `${project}/${name}`),
    ...[project, '/approvals', '/approval-key', '/messages', '/samples'],
  ],
  'Mara Maintainer': [
    ...[project, '/certificates', '/reports', '/outbox'],
    ...[revoke, `${revoke}&effective=2026-01-01T00:00`, `${revoke}&effective=2999-01-01T00:00`],
  ],
  'Olga Overseer': [
    ...['', '/events', '/decisions', '/journal', '/policies', '/events?from=yesterday', '/journal/1'].map(
      (list) => `/audit${list}`,
    ),
  ],
  'Nora Newcomer': [
    '/samples',
    '/audit',
    '/reviews',
    '/reports',
    revoke,
    `${project}/submit`,
    `${project}/tokens`,
    `${project}/webhooks`,
  ],
};

for (const [name, paths] of Object.entries(pagesOf)) {
  test(`what ${name} sees passes axe in both colours, and fits 320 pixels`, async ({ browser }) => {
    const page = await openAs(browser, name, '/projects');
    for (const path of paths) expect.soft(await wrongAt(page, path), path).toEqual([]);
  });
}

test('a team adds a webhook, sees its test arrive, rotates its secret and removes it', async ({
  browser,
}) => {
  const got: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.end('<b>taken</b>');
    });
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const page = await openAs(browser, 'Alex Approver', `${project}/webhooks`);
  await page.getByLabel('Address').fill(address);
  await page.getByLabel('Signed JSON').check();
  await page.getByLabel('A signed file was released').check();
  await page.getByRole('button', { name: 'Add the webhook' }).click();
  const secret = await page.locator('#new-secret').innerText();
  await page.getByRole('link', { name: address }).click();
  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect(page.getByText('A test is on its way')).toBeVisible();
  await expect.poll(() => got.length).toBe(1);
  const [message] = got;
  expect(
    new Webhook(secret).verify(message?.body ?? '', message?.headers as Record<string, string>),
  ).toMatchObject({
    type: 'webhook.test',
    data: { project: 'esbuild-demo' },
  });
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('Delivered', { exact: true })).toBeVisible({ timeout: 500 });
  }).toPass();
  await page.getByText('What it answered').click();
  await expect(page.getByText('<b>taken</b>')).toBeVisible();
  expect(await wrongAt(page, new URL(page.url()).pathname)).toEqual([]);
  await page.getByRole('button', { name: 'Rotate the secret' }).click();
  expect(await page.locator('#new-secret').innerText()).not.toBe(secret);
  await page.getByRole('button', { name: 'Send again' }).click();
  await expect.poll(() => got.length).toBe(2);
  expect(got[1]?.headers['webhook-id']).toBe(message?.headers['webhook-id']);
  expect(String(got[1]?.headers['webhook-signature']).split(' ')).toHaveLength(2);
  await page.getByRole('button', { name: 'Remove it' }).click();
  await expect(page.getByText('It is removed, with its deliveries')).toBeVisible();
  receiver.close();
});
