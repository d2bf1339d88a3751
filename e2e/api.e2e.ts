import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { theSignedOne } from './report.ts';

const problem = async (answer: {
  status(): number;
  headers(): Record<string, string>;
  json(): Promise<unknown>;
}) => {
  expect(answer.headers()['content-type']).toBe('application/problem+json');
  const body = (await answer.json()) as { code: string; detail: string; fix: string; status: number };
  expect(body.status).toBe(answer.status());
  expect(body.detail.length).toBeGreaterThan(10);
  expect(body.fix.length).toBeGreaterThan(10);
  return body.code;
};

test('uploading and submitting need a token, and the answer says so', async ({ request }) => {
  const bytes = randomBytes(100);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const headers = { 'content-type': 'application/octet-stream' };
  const upload = await request.put(`/api/v1/artifacts/${sha256}`, { headers, data: bytes });
  expect([upload.status(), await problem(upload)]).toEqual([401, 'NOT_ALLOWED']);
  const submit = await request.post('/api/v1/requests', {
    data: { project: 'esbuild-demo', policy: 'release-signing', artifact: { sha256, name: 'a' }, bundle: {} },
  });
  expect([submit.status(), await problem(submit)]).toEqual([401, 'NOT_ALLOWED']);
});

test('malformed requests get an answer that says what is wrong', async ({ request }) => {
  const json = { 'content-type': 'application/json' };
  const cases = [
    [
      await request.post('/api/v1/requests', { headers: json, data: Buffer.from('{"a') }),
      400,
      'JSON_INVALID',
    ],
    [
      await request.post('/api/v1/requests', { headers: json, data: Buffer.from('{"a":1}') }),
      400,
      'BODY_INVALID',
    ],
    [
      await request.post('/api/v1/requests', { headers: { 'content-type': 'text/plain' }, data: '{}' }),
      415,
      'CONTENT_TYPE_UNSUPPORTED',
    ],
    [await request.put('/api/v1/artifacts/xyz', { data: Buffer.from('x') }), 400, 'IDENTIFIER_INVALID'],
    [await request.get('/api/v1/requests/not-an-id'), 400, 'IDENTIFIER_INVALID'],
    [await request.get('/api/v1/requests/00000000-0000-4000-8000-000000000000'), 404, 'UNKNOWN_REQUEST'],
    [await request.get('/api/v1/requests?cursor=rubbish'), 400, 'CURSOR_INVALID'],
    [await request.get('/api/v1/requests?status=lost'), 400, 'BODY_INVALID'],
    [
      await request.get('/api/v1/requests', { headers: { authorization: 'Bearer nonsense' } }),
      401,
      'TOKEN_MALFORMED',
    ],
  ] as const;
  for (const [answer, status, code] of cases)
    expect([answer.status(), await problem(answer)]).toEqual([status, code]);
});

test('a signed request shows its complete trace, and its artifact has the stated hash', async ({
  request,
}) => {
  const { id } = theSignedOne();
  const view = (await (await request.get(`/api/v1/requests/${id}`)).json()) as {
    status: string;
    trace: { passes: { steps: { step: string; state: string }[] }[] };
    release: { sha256: string; url: string };
  };
  expect(view.status).toBe('completed');
  expect(view.trace.passes[0]?.steps.map((step) => step.state)).toEqual(
    Array.from({ length: 10 }, () => 'passed'),
  );
  const bytes = await (await request.get(view.release.url)).body();
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(view.release.sha256);
});

test('health and readiness answer, and the API describes itself', async ({ request }) => {
  expect((await request.get('/healthz')).status()).toBe(200);
  const ready = await request.get('/readyz');
  expect(ready.status()).toBe(200);
  expect(await ready.json()).toMatchObject({ ready: true });
  expect(await (await request.get('/api/v1/openapi.yaml')).text()).toContain('openapi: 3.1');
});
