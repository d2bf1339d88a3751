/** How a portal ends that has little to do: at once, whoever only waits. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from '@playwright/test';
import { startAnotherPortal } from './another-portal.ts';
import { waitingRequest } from './waiting-request.ts';

test('a portal that is stopped waits for no page that waits for news, no spare connection and no kept one', async () => {
  const id = await waitingRequest('stopping');
  // Whatever is waited for would be waited for this long.
  const shutdown = { delaySeconds: 0, answersSeconds: 300, transfersSeconds: 300 };
  await using portal = await startAnotherPortal({ shutdown });
  const { port, hostname } = new URL(portal.url);
  const path = `/api/v1/requests/${id}`;
  const events = await fetch(`${portal.url}${path}/events`);
  const reader = events.body?.getReader();
  await reader?.read();
  const current = await fetch(`${portal.url}${path}`);
  await current.text();
  const later = fetch(`${portal.url}${path}`, {
    headers: { prefer: 'wait=50', 'if-none-match': current.headers.get('etag') ?? '' },
  });
  const spare = connect(Number(port), hostname);
  await once(spare, 'connect');
  const began = performance.now();
  const restarting = portal.restart();
  for (;;) if ((await reader?.read())?.done !== false) break;
  const answered = await later;
  expect([200, 304]).toContain(answered.status);
  await once(spare, 'close');
  expect(await restarting).toBe(0);
  expect(performance.now() - began, 'with its start').toBeLessThan(120_000);
});
