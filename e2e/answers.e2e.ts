/** What the built portal answers where something is wrong: errors cross the parts that the bundler made of it. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as ask } from 'node:http';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { portalConfig, startAnotherPortal, state } from './another-portal.ts';

const problemSchema = z.object({
  status: z.int(),
  code: z.string(),
  requestId: z.string().optional(),
});

async function problemOf(answer: Response) {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const problem = problemSchema.parse(await answer.json());
  expect(problem.status).toBe(answer.status);
  return problem;
}

/** Playwright may know no address; these journeys always have one. */
const here = (baseURL: string | undefined): string => baseURL ?? '';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
/** Lines of a portal's log about one request of HTTP. */
const logged = (log: string, id: string | undefined): readonly Record<string, unknown>[] =>
  log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line['httpRequestId'] === id);
const token = (): string => readFileSync(join(state(), 'secrets', 'demo-api-token'), 'utf8');
const upload = (base: string, digest: string, body: BodyInit): Promise<Response> =>
  fetch(`${base}/api/v1/artifacts/${digest}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token()}`, 'content-type': 'application/octet-stream' },
    body,
  });

test('an upload that can’t be accepted is answered accordingly: 413, 422, 507, and 503 if the store is gone', async () => {
  const bytes = randomBytes(300_000);
  await using small = await startAnotherPortal(
    { upload: { sizeBytesMax: 200_000, unusedBytesMax: 2 ** 32, dayBytesMax: 2 ** 32 } },
    { storeBytes: 128 * 1024 },
  );
  const tooLarge = await problemOf(await upload(small.url, sha256(bytes), bytes));
  expect([tooLarge.status, tooLarge.code]).toEqual([413, 'ARTIFACT_TOO_LARGE']);
  const other = bytes.subarray(0, 1_000);
  const mismatch = await problemOf(await upload(small.url, sha256(bytes), other));
  expect([mismatch.status, mismatch.code]).toEqual([422, 'ARTIFACT_DIGEST_MISMATCH']);
  const part = bytes.subarray(0, 190_000);
  const full = await problemOf(await upload(small.url, sha256(part), part));
  expect([full.status, full.code]).toEqual([507, 'STORE_FULL']);
  expect((await upload(small.url, sha256(other), other)).status, 'nothing of it was kept').toBe(201);
  const nowhere = join(state(), 'portal', 'config.yaml', 'store');
  await using gone = await startAnotherPortal({ artifactStore: nowhere });
  const unavailable = await upload(gone.url, sha256(other), other);
  expect(unavailable.headers.get('retry-after')).toBe('10');
  expect(await problemOf(unavailable)).toMatchObject({ status: 503, code: 'STORE_UNAVAILABLE' });
});

test('a database that is down is an outage, for programs and for people; the id is in the log', async () => {
  await using portal = await startAnotherPortal({ databaseUrl: 'postgresql://nobody@127.0.0.1:9/none' });
  const api = await fetch(`${portal.url}/api/v1/requests`);
  expect(api.headers.get('retry-after')).toBe('10');
  const problem = await problemOf(api);
  expect(problem).toMatchObject({ status: 503, code: 'TEMPORARILY_UNAVAILABLE' });
  await expect
    .poll(() => logged(portal.log(), problem.requestId))
    .toContainEqual(expect.objectContaining({ msg: 'TEMPORARILY_UNAVAILABLE' }));
  const page = await fetch(`${portal.url}/requests`, { headers: { accept: 'text/html' } });
  expect([page.status, page.headers.get('retry-after')]).toEqual([503, '10']);
  const html = await page.text();
  const id = page.headers.get('x-request-id') ?? '';
  expect(html).toContain('Try again in a minute');
  expect(html).toContain(id);
  await expect
    .poll(() => logged(portal.log(), id))
    .toContainEqual(expect.objectContaining({ msg: 'GET /requests failed' }));
});

test('a fault of the portal’s own is 500 with an id that the log has, and no advice to wait', async () => {
  // A folder where a file should be: nothing that waiting mends.
  await using portal = await startAnotherPortal({ keysDir: join(state(), 'portal', 'config.yaml') });
  const page = await fetch(`${portal.url}/certificates`, { headers: { accept: 'text/html' } });
  expect([page.status, page.headers.get('retry-after')]).toEqual([500, null]);
  const html = await page.text();
  const id = page.headers.get('x-request-id') ?? '';
  expect(html).toContain(`<code>${id}</code>`);
  expect(html).not.toMatch(/ENOTDIR|later|in a minute/);
  await expect
    .poll(() => logged(portal.log(), id))
    .toContainEqual(expect.objectContaining({ msg: 'GET /certificates failed' }));
  expect(portal.log(), 'the error itself').toContain('ENOTDIR');
});

test('requests from another site get 403, for pages, routes and sign-in alike; programs without an origin are admitted', async ({
  baseURL,
}) => {
  const foreign = { origin: 'https://elsewhere.example' };
  const form = new URLSearchParams({ kind: 'other' });
  for (const path of ['/report', '/sign-in', '/api/auth/signout', '/api/v1/emergency-stops']) {
    const answer = await fetch(`${here(baseURL)}${path}`, { method: 'POST', headers: foreign, body: form });
    expect(answer.status, path).toBe(403);
  }
  const page = await fetch(`${here(baseURL)}/report`, {
    method: 'POST',
    body: form,
    headers: { ...foreign, accept: 'text/html' },
  });
  expect(await page.text()).toContain('Sent from another site');
  const bytes = randomBytes(100);
  const withToken = await fetch(`${here(baseURL)}/api/v1/artifacts/${sha256(bytes)}`, {
    method: 'PUT',
    body: bytes,
    headers: {
      ...foreign,
      authorization: `Bearer ${token()}`,
      'content-type': 'application/octet-stream',
    },
  });
  expect(withToken.status).toBe(201);
  expect((await upload(here(baseURL), sha256(bytes), bytes)).status).toBe(200);
});

test('a caller can’t influence the portal’s address or its redirects', async ({ baseURL }) => {
  const { host, hostname, port } = new URL(here(baseURL));
  const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      accept: 'text/html',
      cookie: 'a=b',
    };
    ask({ host: hostname, port, path: '/sign-in', headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end();
  });
  expect(answer.status).toBe(200);
  expect(answer.text).not.toContain('evil.example');
  expect(host).not.toBe('');
  expect(portalConfig()['publicUrl']).toBe(baseURL);
});

test('a form that is too large, or from a page older than the portal, is refused with an explanation', async ({
  baseURL,
}) => {
  const send = async (body: BodyInit, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${here(baseURL)}/report`, {
      method: 'POST',
      body,
      headers: { origin: here(baseURL), accept: 'text/html', ...headers },
    });
    return { status: answer.status, text: await answer.text() };
  };
  const large = new FormData();
  large.set('description', 'x'.repeat(600_000));
  const refused = await send(large);
  expect(refused.status).toBe(413);
  expect(refused.text).toContain('A form takes at most 524,288 bytes');
  const old = new FormData();
  old.set(`$ACTION_ID_60${'0'.repeat(40)}`, '');
  old.set('description', 'x');
  const outdated = await send(old);
  expect(outdated.status).toBe(409);
  expect(outdated.text).toContain('The page is older than the portal');
});

test('the API explains that it has no such route and no such method', async ({ baseURL }) => {
  const nothing = await problemOf(await fetch(`${here(baseURL)}/api/v1/nothing`));
  expect([nothing.status, nothing.code]).toEqual([404, 'NOT_FOUND']);
  const method = await problemOf(await fetch(`${here(baseURL)}/api/v1/requests`, { method: 'PATCH' }));
  expect([method.status, method.code]).toEqual([405, 'METHOD_NOT_ALLOWED']);
});
