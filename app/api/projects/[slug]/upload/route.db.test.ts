import type { Identity } from '#core/identity/index.ts';
import { withSession } from '../../../../../lib/platform/auth/session.fixture.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { openFoundation } from '../../../../../lib/policy-changes/open-foundation.fixture.ts';
import { answerFrom } from '../../../../../lib/platform/portal/current.fixture.ts';
import { readProblemCookie } from './form.ts';
import { POST, PUT } from './route.ts';

const slug = 'esbuild-demo';
/** The policy's only approver is on the team, and can't submit: nobody else could approve what they hand in. */
const [author, approver, stranger, outsider] = [
  onGitHub('900001'),
  onGitHub('900002'),
  onGitHub('12345'),
  onGitHub('900004'),
];
let on: Awaited<ReturnType<typeof openFoundation>>;
let here: string;
beforeAll(async () => {
  on = await openFoundation();
  here = new URL(on.portal.config.publicUrl).origin;
  answerFrom(on.portal);
});
beforeEach(async () => {
  await on.portal.db.upload.deleteMany({});
});
afterAll(() => on.release());

interface Sent {
  readonly origin?: string | null;
  readonly policy?: string;
  readonly contentType?: string;
  readonly contentLength?: string;
  readonly body?: BodyInit;
}

/** A request whose body tells whether anybody began to read it. */
function request(
  method: 'PUT' | 'POST',
  sent: Sent = {},
): { readonly request: Request; readonly read: () => boolean } {
  const { origin = here, policy = 'release-signing', contentType, contentLength = '9' } = sent;
  let read = false;
  const watched = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        read = true;
        controller.enqueue(new TextEncoder().encode('an upload'));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const headers = new Headers({ 'content-length': contentLength });
  if (origin !== null) headers.set('origin', origin);
  if (contentType !== undefined) headers.set('content-type', contentType);
  const query = policy === '' ? '' : `?policy=${policy}`;
  const init = { method, headers, body: sent.body ?? watched, duplex: 'half' };
  return { request: new Request(`${here}/api/projects/${slug}/upload${query}`, init), read: () => read };
}
const params = { params: Promise.resolve({ slug }) };
const put = (one: Request, as: Identity | null) => withSession(on.portal, as, () => PUT(one, params));
const post = (one: Request, as: Identity | null) => withSession(on.portal, as, () => POST(one, params));
const codeOf = async (answer: Response) => ((await answer.json()) as { code: unknown }).code;
const uploads = () => on.portal.db.upload.count();

describe('an upload from the page', () => {
  it('is stored for people who may submit', async () => {
    const { request: one, read } = request('PUT');
    const answer = await put(one, author);
    expect([answer.status, read(), await uploads()]).toEqual([201, true, 1]);
  });

  it.each<[string, string | null]>([
    ['of another site', 'https://evil.example'],
    ['of another port', 'http://127.0.0.1:1'],
    ['without an origin', null],
    ['of a page without one', 'null'],
  ])('sent by a page %s is refused unread, whoever is signed in', async (_, origin) => {
    for (const [send, method] of [[put, 'PUT'] as const, [post, 'POST'] as const]) {
      const { request: one, read } = request(method, { origin, contentType: 'application/json' });
      const answer = await send(one, author);
      expect([answer.status, await codeOf(answer)]).toEqual([403, 'FOREIGN_PAGE']);
      expect(read()).toBe(false);
    }
  });

  it('by a person who isn’t signed in is refused unread', async () => {
    for (const [send, method] of [[put, 'PUT'] as const, [post, 'POST'] as const]) {
      const { request: one, read } = request(method, { contentType: 'application/json' });
      const answer = await send(one, null);
      expect([answer.status, await codeOf(answer)]).toEqual([401, 'NOT_SIGNED_IN']);
      expect(read()).toBe(false);
    }
  });

  it.each([
    ['the policy doesn’t name', stranger],
    ['is on no team of the project', outsider],
  ])('of a person whom %s is refused unread', async (_, who) => {
    const { request: one, read } = request('PUT');
    const answer = await put(one, who);
    expect([answer.status, await codeOf(answer)]).toEqual([403, 'NOT_ALLOWED']);
    expect([read(), await uploads()]).toEqual([false, 0]);
  });

  it('by a team member whose request nobody could approve is refused unread', async () => {
    const { request: one, read } = request('PUT');
    const answer = await put(one, approver);
    expect([answer.status, await codeOf(answer)]).toEqual([422, 'APPROVAL_NOT_POSSIBLE']);
    expect([read(), await uploads()]).toEqual([false, 0]);
  });

  it('is limited to 120 a minute per person', async () => {
    const codes: unknown[] = [];
    for (let count = 0; count < 121; count += 1) {
      codes.push(await codeOf(await put(request('PUT', { policy: 'no/policy' }).request, onGitHub('77'))));
    }
    expect(codes.at(-1)).toBe('TOO_OFTEN');
    expect(codes.slice(0, 120)).not.toContain('TOO_OFTEN');
  });
});

describe('a form without scripts', () => {
  const refusalOf = (answer: Response) =>
    readProblemCookie(/^[^=]+=([^;]*)/.exec(answer.headers.get('set-cookie') ?? '')?.[1])?.problem.message;
  const contentType = 'multipart/form-data; boundary=x';

  it('by a person who may not submit is refused unread', async () => {
    const { request: one, read } = request('POST', { contentType });
    const answer = await post(one, outsider);
    expect(answer.headers.get('location')).toBe(`/projects/${slug}/submit?problem=1`);
    expect(refusalOf(answer)).toContain('takes no requests from you');
    expect([read(), await uploads()]).toEqual([false, 0]);
  });

  it('is checked against the policy that it names, before anything is stored', async () => {
    const form = new FormData();
    form.set('policy', 'release-signing');
    form.set('artifact', new File(['an upload'], 'a.tgz'));
    const whole = new Response(form);
    const own = whole.headers.get('content-type') ?? '';
    const body = await whole.arrayBuffer();
    const sent = { policy: '', contentType: own, contentLength: String(body.byteLength), body };
    const answer = await post(request('POST', sent).request, outsider);
    expect(refusalOf(answer)).toContain('takes no requests from you');
    expect(await uploads()).toBe(0);
  });

  it.each([
    ['of no known length', ''],
    ['that is too large', String(72 * 1024 * 1024 + 1)],
  ])('%s is refused unread', async (_what, contentLength) => {
    const { request: one, read } = request('POST', { contentType, contentLength });
    if (contentLength === '') one.headers.delete('content-length');
    expect(refusalOf(await post(one, author))).toContain('at most 64 MiB');
    expect(read()).toBe(false);
  });
});
