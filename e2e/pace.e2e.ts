/** Limits that server.ts puts around the portal: the pace of bodies, and how much one network may have rendered. On a portal of their own. */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { expect, test } from '@playwright/test';
import { portalConfig, startAnotherPortal, state } from './another-portal.ts';

const address = (network: number): string => `203.0.${network}.7`;

/** An upload of which a few bytes come, and then nothing → what its sender is told. */
function stall(
  portal: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; body: unknown }> {
  const sending = request(`${portal}/api/v1/artifacts/${'0'.repeat(64)}`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${readFileSync(join(state(), 'secrets', 'demo-api-token'), 'utf8')}`,
      'content-type': 'application/octet-stream',
      'content-length': '1000000',
      ...headers,
    },
  });
  return new Promise((resolve, reject) => {
    sending.once('error', reject);
    sending.once('response', (response) => {
      json(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    sending.write(Buffer.alloc(1000));
  });
}

test('the portal ends a stalled upload, by the configured pace, and accepts no second one from its network meanwhile', async () => {
  const upload = portalConfig()['upload'] as Readonly<Record<string, unknown>>;
  await using portal = await startAnotherPortal({
    trustedProxies: ['127.0.0.1'],
    upload: { ...upload, limits: { idleSeconds: 5, atOncePerNetwork: 1 } },
  });
  const one = () => stall(portal.url, { 'x-forwarded-for': address(1) });
  const answers = await Promise.all([one(), one()]);
  expect(answers.toSorted((a, b) => a.status - b.status)).toMatchObject([
    { status: 408, body: { status: 408, code: 'UPLOAD_STALLED' } },
    { status: 429, body: { status: 429, code: 'TOO_MANY_AT_ONCE' } },
  ]);
});

test('the portal limits rendering per network and minute, and then says when to come back; others are served', async () => {
  await using portal = await startAnotherPortal({ trustedProxies: ['127.0.0.1'], readsPerMinute: 10 });
  let asked = 0;
  // Another question each time, so that the cache of pages has none of the answers.
  const ask = async (network: number) => {
    const answer = await fetch(`${portal.url}/search?q=${(asked += 1)}`, {
      headers: { 'x-forwarded-for': address(network) },
    });
    await answer.text();
    return { status: answer.status, after: Number(answer.headers.get('retry-after') ?? 0) };
  };
  let refused = null;
  // A machine may be so slow that a minute passes on the way.
  for (let count = 0; count < 200 && refused === null; count += 1) {
    const answer = await ask(1);
    if (answer.status !== 200) refused = answer;
  }
  expect(refused?.status).toBe(429);
  expect(refused?.after).toBeGreaterThan(0);
  expect((await ask(2)).status).toBe(200);
});
