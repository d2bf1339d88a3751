/** The API over real HTTP: what stands around the routes, from the front door to Next.js, keeps to schemas/openapi.yaml, too. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { checkAnswer } from '../dev/api-contract/check-answer.ts';
import { operations } from '../dev/api-contract/document.ts';
import { state } from './another-portal.ts';
import { waitingRequest } from './waiting-request.ts';

const project = 'esbuild-demo';

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${process.env['COUNTERSIGN_URL'] ?? ''}/api/v1${path}`, { redirect: 'manual', ...init });

/** Asks an operation, holds the answer to the document → its body. */
async function asks(id: string, path: string, status: number, init: RequestInit = {}): Promise<unknown> {
  const operation = operations.find((documented) => documented.id === id);
  if (operation === undefined) throw new Error(`the document has no ${id}`);
  const response = await ask(path, { method: operation.method, ...init });
  const text = await response.text();
  expect(response.status, `${id}: ${text.slice(0, 600)}`).toBe(status);
  checkAnswer(operation, response, text, id);
  expectGuarded(response, id);
  return response.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : text;
}

/** What holds for every answer of the API, whoever gives it. */
function expectGuarded({ headers }: Response, what: string): void {
  expect(headers.get('x-content-type-options'), what).toBe('nosniff');
  expect(headers.get('content-security-policy'), what).toBe(
    "default-src 'none'; frame-ancestors 'none'; sandbox",
  );
  expect(headers.get('x-request-id'), what).toMatch(/^[0-9a-f]{16}$/);
}

/** A problem that no route answered. */
async function expectProblem(response: Response, status: number, code: string): Promise<void> {
  expect([response.status, response.headers.get('content-type')]).toEqual([
    status,
    'application/problem+json',
  ]);
  expect(await response.json()).toMatchObject({
    status,
    code,
    type: `/problems/${code.toLowerCase().replaceAll('_', '-')}`,
  });
}

test.describe('an operation', () => {
  const json = { 'content-type': 'application/json' };
  const nonsense = JSON.stringify({ statement: '{}', signature: 'x' });

  test('answers what is read as the document says', async () => {
    await asks('readDescription', '/openapi.yaml', 200);
    await asks('readProject', `/projects/${project}`, 200);
    await asks('listRequests', '/requests?limit=1', 200);
  });

  test('takes what is sent as the document says', async () => {
    const token = readFileSync(join(state(), 'secrets', 'demo-api-token'), 'utf8');
    const auth = { authorization: `Bearer ${token}` };
    const bytes = randomBytes(64);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const headers = { ...auth, 'content-type': 'application/octet-stream' };
    await asks('uploadArtifact', `/artifacts/${sha256}`, 201, { headers, body: bytes });
    const submission = { project, policy: 'test-signing', artifact: { sha256, name: 'a.tgz' } };
    const request = { headers: { ...auth, ...json }, body: JSON.stringify(submission) };
    const { id } = (await asks('submitRequest', '/requests', 201, request)) as { readonly id: string };
    expect(await asks('readRequest', `/requests/${id}`, 200)).toMatchObject({ status: 'received' });
  });

  test('says how long a release is, and sends the part of it that is asked for', async () => {
    const { requests } = (await asks('listRequests', '/requests?status=completed&limit=1', 200)) as {
      readonly requests: readonly { readonly id: string }[];
    };
    const path = `/requests/${requests[0]?.id ?? ''}/artifact`;
    const whole = Buffer.from(await (await ask(path)).arrayBuffer());
    const part = await ask(path, { headers: { range: 'bytes=5-9' } });
    expect([part.status, part.headers.get('content-length')]).toEqual([206, '5']);
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(5, 10))).toBe(true);
    const head = await ask(path, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(whole.length)]);
  });

  test('tells what happens as it happens, and ends with the request', async () => {
    const token = readFileSync(join(state(), 'secrets', 'demo-api-token'), 'utf8');
    const id = await waitingRequest('followed-over-http');
    const answer = await ask(`/requests/${id}/events`);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expectGuarded(answer, 'events');
    if (answer.body === null) throw new Error('no stream');
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    // What nothing on the way holds back is there although the stream goes on.
    while (!text.includes('"status":"waiting-for-approval"')) text += (await reader.read()).value ?? '';
    const headers = { authorization: `Bearer ${token}`, ...json };
    const body = JSON.stringify({ reason: 'It was only followed.' });
    await asks('cancelRequest', `/requests/${id}/cancel`, 202, { headers, body });
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
    expect(text).toMatch(/"status":"denied","outcome":"cancelled".*"final":true\}\n\n$/);
  });

  test('refuses as the document says', async () => {
    await asks('listRequests', '/requests?unheardOf=1', 400);
    await asks('listRequests', '/requests', 401, { headers: { authorization: 'Bearer csn_no-token' } });
    await asks('readProject', '/projects/no-such-project', 404);
    await asks('submitEmergencyStop', '/emergency-stops', 422, { headers: json, body: nonsense });
    await asks('submitEmergencyStop', '/emergency-stops', 415, { body: nonsense });
    const large = JSON.stringify({ statement: 'x'.repeat(100_000), signature: 'x' });
    await asks('submitEmergencyStop', '/emergency-stops', 413, { headers: json, body: large });
  });
});

test.describe('what no route answers', () => {
  for (const path of ['', '/', '/nothing', '/requests/a/b/c', '/projects/x/feed.xml'])
    test(`is a problem where there is no address: “${path}”`, async () => {
      const response = await ask(path, { headers: { accept: 'text/html' }, redirect: 'follow' });
      await expectProblem(response, 404, 'NOT_FOUND');
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{16}$/);
    });

  for (const [method, path, allow] of [
    ['DELETE', '/requests', 'GET, POST, HEAD, OPTIONS'],
    ['PATCH', `/projects/${project}`, 'GET, HEAD, OPTIONS'],
    ['GET', `/artifacts/${'0'.repeat(64)}`, 'PUT, OPTIONS'],
  ] as const)
    test(`says what an address takes: ${method} ${path.slice(0, 30)}`, async () => {
      const response = await ask(path, { method });
      expect(response.headers.get('allow')).toBe(allow);
      await expectProblem(response, 405, 'METHOD_NOT_ALLOWED');
    });

  test('is asked for a head, which is that of the answer without its body', async () => {
    for (const [path, status] of [
      ['/requests', 200],
      ['/nothing', 404],
      ['/requests?unheardOf=1', 400],
    ] as const) {
      const [head, whole] = await Promise.all([ask(path, { method: 'HEAD' }), ask(path)]);
      expect([head.status, whole.status, await head.text()], path).toEqual([status, status, '']);
      expect(head.headers.get('content-type')).toBe(whole.headers.get('content-type'));
      await whole.text();
    }
  });

  test('is asked for what an address takes, and says so without running it', async () => {
    const response = await ask('/requests', { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('allow')?.split(', ').toSorted()).toEqual(['GET', 'HEAD', 'OPTIONS', 'POST']);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('is refused where another site’s page sends it', async () => {
    const headers = { origin: 'https://evil.example', 'content-type': 'application/json' };
    await expectProblem(
      await ask('/emergency-stops', { method: 'POST', headers, body: '{}' }),
      403,
      'FOREIGN_ORIGIN',
    );
  });
});
