/** Pages for people who signed in, as they look to those they are for, and to those they aren't for. */
import { expect, test } from '@playwright/test';
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
