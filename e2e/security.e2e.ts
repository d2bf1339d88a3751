import { expect, test } from '@playwright/test';
import { everyPage, theSignedOne } from './report.ts';

test('no page loads anything from elsewhere or breaks its own content security policy', async ({
  page,
  baseURL,
}) => {
  const trouble: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('404')) trouble.push(message.text());
  });
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('request', (request) => {
    if (baseURL !== undefined && !request.url().startsWith(baseURL)) trouble.push(request.url());
  });
  for (const [, path] of everyPage()) await page.goto(path, { waitUntil: 'networkidle' });
  expect(trouble).toEqual([]);
});

test('pages of people with a session allow only scripts that carry the nonce of that one answer', async ({
  request,
}) => {
  const nonces = new Set<string>();
  for (let index = 0; index < 3; index++) {
    const policy = (await request.get('/', { headers: { cookie: 'a=b' } })).headers()[
      'content-security-policy'
    ];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-(inline|eval)/);
    nonces.add(/script-src [^;]*'nonce-([^']+)'/.exec(policy ?? '')?.[1] ?? '');
  }
  expect(nonces.size).toBe(3);
});

test('public pages run no script at all, and allow none', async ({ request }) => {
  for (const [name, path] of everyPage()) {
    const answer = await request.get(path);
    const text = await answer.text();
    // What follows work in progress needs its scripts.
    if (answer.status() !== 200 || text.includes('data-live=""')) continue;
    expect.soft(answer.headers()['content-security-policy'], name).toContain("script-src 'none'");
    expect.soft(text, name).not.toContain('<script');
    expect.soft(text.slice(0, text.indexOf('</head>')), name).toContain('<title>');
  }
});

test('answers of the API can run nothing in a browser', async ({ request }) => {
  const { headers } = await request
    .get(`/api/v1/requests/${theSignedOne().id}`)
    .then((response) => ({ headers: response.headers() }));
  expect(headers['content-security-policy']).toContain('sandbox');
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test('a form sent from another site is refused', async ({ request, page }) => {
  await page.goto('/sign-in');
  const form = page.locator('form').filter({ hasText: 'Alex Approver' });
  const fields = await form
    .locator('input[type=hidden]')
    .evaluateAll((all) =>
      all.map((field) => [field.getAttribute('name') ?? '', field.getAttribute('value') ?? ''] as const),
    );
  const answer = await request.post('/sign-in', {
    headers: { origin: 'https://elsewhere.example' },
    multipart: Object.fromEntries(fields),
    maxRedirects: 0,
  });
  expect(answer.status()).toBe(403);
  expect(answer.headers()['set-cookie'] ?? '').not.toContain('session-token');
});

test('the approvals page is closed to the public in every form it has', async ({ request }) => {
  for (const headers of [
    {},
    { rsc: '1' },
    { rsc: '1', 'next-router-prefetch': '1' },
    { 'x-middleware-subrequest': 'proxy:proxy:proxy' },
  ]) {
    const answer = await request.get('/approvals', { headers, maxRedirects: 0 });
    expect(await answer.text()).not.toContain('Waiting for you');
  }
});
