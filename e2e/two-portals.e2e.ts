/** Two portals behind one address that sends each request to the next of them: what one has begun, the other goes on with. */
import { createHash } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { approve } from '../cli/approve.ts';
import { readRequest, waitFor } from '../cli/client/index.ts';
import { createToken, listTokens, revokeToken } from '../cli/tokens.ts';
import { runShownCommand } from './waiting-request.ts';
import { buildPackage, demoToken, keyOf, project, startTwoPortals, type TwoPortals } from './two-portals.ts';

let two: TwoPortals | null = null;
test.beforeAll(async () => {
  two = await startTwoPortals({ readsPerMinute: 10 });
});
test.afterAll(() => two?.[Symbol.asyncDispose]());
// Whichever journey ran: both had their share.
test.afterEach(() => {
  const { taken, behind } = address();
  expect([...taken.keys()].sort()).toEqual([...behind].sort());
  taken.clear();
});

function address(): TwoPortals['address'] {
  if (two === null) throw new Error('the portals did not start');
  return two.address;
}

const both = (): readonly string[] => address().behind;
const json = { 'content-type': 'application/json' };

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

async function ask(path: string, init: RequestInit = {}, at = address().url): Promise<Answer> {
  const answer = await fetch(`${at}${path}`, { redirect: 'manual', ...init });
  return {
    status: answer.status,
    headers: answer.headers,
    body: new Uint8Array(await answer.arrayBuffer()),
  };
}

async function expectStatus(
  asked: Promise<Answer>,
  status: number,
): Promise<Answer & { readonly json: unknown }> {
  const answer = await asked;
  const text = Buffer.from(answer.body).toString('utf8');
  expect(answer.status, text.slice(0, 500)).toBe(status);
  const isJson = answer.headers.get('content-type')?.includes('json') === true;
  return { ...answer, json: isJson ? (JSON.parse(text) as unknown) : null };
}

/** As the API takes parts: begun at one portal, written at the next, asked about at the one after. */
async function uploadInParts(bytes: Uint8Array, sha256: string, token: string): Promise<void> {
  const auth = { authorization: `Bearer ${token}` };
  const begun = await expectStatus(
    ask('/api/v1/uploads', {
      method: 'POST',
      headers: { ...auth, ...json },
      body: JSON.stringify({ project, sha256, size: bytes.byteLength }),
    }),
    201,
  );
  const path = `/api/v1/uploads/${(begun.json as { readonly id: string }).id}`;
  const parts = 5;
  const length = Math.ceil(bytes.byteLength / parts);
  for (let offset = 0; offset < bytes.byteLength; offset += length) {
    const where = await ask(path, { method: 'HEAD', headers: auth });
    expect([where.status, where.headers.get('upload-offset')]).toEqual([200, String(offset)]);
    // One more question, so that each part is written at another portal than the one before.
    await expectStatus(ask(path, { headers: auth }), 200);
    const end = Math.min(offset + length, bytes.byteLength);
    await expectStatus(
      ask(path, {
        method: 'PATCH',
        headers: {
          ...auth,
          'content-type': 'application/partial-upload',
          'upload-offset': String(offset),
          'upload-complete': end === bytes.byteLength ? '?1' : '?0',
        },
        body: bytes.slice(offset, end),
      }),
      204,
    );
  }
}

async function download(path: string, sizeBytes: number): Promise<string> {
  const hash = createHash('sha256');
  const piece = Math.ceil(sizeBytes / 7);
  for (let start = 0; start < sizeBytes; start += piece) {
    const end = Math.min(start + piece, sizeBytes) - 1;
    const part = await expectStatus(ask(path, { headers: { range: `bytes=${start}-${end}` } }), 206);
    hash.update(part.body);
  }
  return hash.digest('hex');
}

test('an upload in parts, its request, the decision and the download change portals on the way', async () => {
  const portal = { url: address().url, token: demoToken() };
  using built = await buildPackage('from-two-portals');
  await uploadInParts(built.bytes, built.sha256, portal.token);
  const submission = {
    project,
    policy: 'release-signing',
    artifact: { sha256: built.sha256, name: 'from-two-portals.tgz' },
    bundle: built.bundle,
  };
  const send = (at: string) =>
    ask(
      '/api/v1/requests',
      {
        method: 'POST',
        headers: { authorization: `Bearer ${portal.token}`, ...json },
        body: JSON.stringify(submission),
      },
      at,
    );
  // The same submission at both at once is one request.
  const answers = await Promise.all(both().map(send));
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 201]);
  const ids = answers.map(
    (answer) => (JSON.parse(Buffer.from(answer.body).toString('utf8')) as { readonly id: string }).id,
  );
  expect(new Set(ids).size).toBe(1);
  const [id = ''] = ids;
  await waitFor(portal, id, { timeoutSeconds: 300, until: 'gate' });
  await approve({
    portal,
    id,
    decision: 'approve',
    keyFile: keyOf('demo-approver'),
    artifact: built.file,
    say: () => undefined,
  });
  await waitFor(portal, id, { timeoutSeconds: 300 });
  const { release } = (await readRequest(portal, id)) as {
    readonly release?: { readonly sha256: string; readonly sizeBytes: number };
  };
  expect(await download(`/api/v1/requests/${id}/artifact`, release?.sizeBytes ?? 0)).toBe(release?.sha256);
  // Both feeds tell of it, at once or within the second that a page is kept.
  for (const at of both())
    await expect
      .poll(
        async () => Buffer.from((await ask(`/projects/${project}/feed.xml`, {}, at)).body).toString('utf8'),
        { timeout: 10_000 },
      )
      .toContain(`/requests/${id}`);
  const feeds = await Promise.all(both().map((at) => ask(`/projects/${project}/feed.xml`, {}, at)));
  expect(Buffer.from(feeds[0]?.body ?? []).equals(Buffer.from(feeds[1]?.body ?? []))).toBe(true);
});

test('a token that one portal makes works at the other at once, and is refused there as soon as it is revoked', async () => {
  const common = {
    portal: { url: address().url, token: null },
    project,
    keyFile: keyOf('demo-maintainer'),
  };
  const { id, token } = await createToken({ ...common, name: 'two-portals', policies: [], days: 1 });
  const list = (at: string) =>
    ask('/api/v1/requests?limit=1', { headers: { authorization: `Bearer ${token}` } }, at);
  for (const at of both()) await expectStatus(list(at), 200);
  expect((await listTokens(common)).map((one) => one.id)).toContain(id);
  await revokeToken({ ...common, token: id, reason: 'It was only tried.' });
  for (const at of both()) await expectStatus(list(at), 401);
});

test('a person signs in at one, approves on a page of another with a form that the first one takes, and signs out of both', async ({
  browser,
}) => {
  const portal = { url: address().url, token: demoToken() };
  using built = await buildPackage('approved-at-two-portals');
  await uploadInParts(built.bytes, built.sha256, portal.token);
  const submitted = await expectStatus(
    ask('/api/v1/requests', {
      method: 'POST',
      headers: { authorization: `Bearer ${portal.token}`, ...json },
      body: JSON.stringify({
        project,
        policy: 'release-signing',
        artifact: { sha256: built.sha256, name: 'approved-at-two-portals.tgz' },
        bundle: built.bundle,
      }),
    }),
    201,
  );
  const { id } = submitted.json as { readonly id: string };
  await waitFor(portal, id, { timeoutSeconds: 300, until: 'gate' });
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: address().url });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in as Alex Approver' }).click();
  for (let turn = 0; turn < 4; turn += 1) {
    await page.goto('/messages');
    await expect(page.getByRole('banner')).toContainText('Alex Approver');
  }
  // Twice, with a page in between, so that the form's own portal differs from the one that takes it in one of the two.
  for (const decision of ['refused', 'taken'] as const) {
    await page.goto(`/requests/${id}`);
    const command = await page.locator('code', { hasText: 'ssh-keygen -Y sign' }).first().innerText();
    await page
      .getByLabel('Signature', { exact: true })
      .fill(decision === 'taken' ? runShownCommand(command) : 'no signature');
    await page
      .getByRole('radiogroup', { name: 'Your decision' })
      .getByLabel(decision === 'taken' ? 'Approve' : 'Deny')
      .check();
    await page.getByRole('button', { name: 'Submit decision' }).click();
    if (decision === 'refused') await expect(page.getByRole('main').getByRole('alert')).toBeVisible();
    await page.goto('/messages');
  }
  expect((await waitFor(portal, id, { timeoutSeconds: 300 })).status).toBe('completed');
  await context.close();
});

test('what one network may have rendered in a minute is counted over both', async () => {
  // Another question each time, so that no cache has the answer; at once, so that all are in one window.
  const asked = Array.from({ length: 30 }, (_, turn) =>
    ask(`/search?q=two-portals-${turn}`, { headers: { 'x-forwarded-for': '203.0.113.7' } }),
  );
  const statuses = (await Promise.all(asked)).map((answer) => answer.status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(10);
  expect(statuses.filter((status) => status === 429)).toHaveLength(20);
  const other = await ask('/search?q=two-portals', { headers: { 'x-forwarded-for': '198.51.100.7' } });
  expect(other.status).toBe(200);
});
