import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import type { Identity } from '#core/identity/index.ts';
import { withSession } from '../../../lib/platform/auth/session.fixture.ts';
import { answerFrom } from '../../../lib/platform/portal/current.fixture.ts';
import { openFoundation } from '../../../lib/policy-changes/open-foundation.fixture.ts';
import { readSampleCookie, sampleCookieName } from './form.ts';
import { POST, PUT } from './route.ts';

const [author, stranger] = [onGitHub('900001'), onGitHub('12345')];
let on: Awaited<ReturnType<typeof openFoundation>>;
let here: string;
beforeAll(async () => {
  on = await openFoundation();
  here = new URL(on.portal.config.publicUrl).origin;
  answerFrom(on.portal);
});
afterAll(() => on.release());

const samples = () => on.portal.db.sample.count();
const as = (who: Identity | null, work: () => Promise<Response>) => withSession(on.portal, who, work);

/** A request whose body tells whether anybody began to read it. */
function put(query: string, origin = here) {
  let isRead = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        isRead = true;
        controller.enqueue(new TextEncoder().encode('a sample!'));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const init = { method: 'PUT', headers: { origin, 'content-length': '9' }, body, duplex: 'half' };
  return { request: new Request(`${here}/api/samples?${query}`, init), isRead: () => isRead };
}

async function post(choice: string, file: File | null): Promise<Request> {
  const form = new FormData();
  form.set('for', choice);
  form.set('artifact', file ?? new File([], ''));
  const whole = await new Response(form).arrayBuffer();
  const sent = new Request(`${here}/api/samples`, { method: 'POST', body: form });
  const headers = new Headers({
    origin: here,
    'content-length': String(whole.byteLength),
    'content-type': sent.headers.get('content-type') ?? '',
  });
  return new Request(`${here}/api/samples`, { method: 'POST', headers, body: await sent.arrayBuffer() });
}

describe('a sample from the page', () => {
  it('is taken from whoever may, with its page for an answer; without scripts too', async () => {
    const { request } = put('name=widget.zip&for=esbuild-demo%2Fwindows-package');
    const answer = await as(author, () => PUT(request));
    const { url } = (await answer.json()) as { url: string };
    expect([answer.status, url]).toEqual([201, expect.stringMatching(/^\/samples\/[0-9a-f-]{36}$/)]);
    const plain = await post('esbuild-demo', new File(['another'], 'widget.zip'));
    const sent = await as(author, () => POST(plain));
    expect([sent.status, sent.headers.get('location')]).toEqual([303, expect.stringMatching(/^\/samples\//)]);
    expect(await samples()).toBe(2);
  });

  it.each<[string, Identity | null, string, string?]>([
    ['of nobody who is signed in', null, 'name=x&for=esbuild-demo'],
    ['of somebody who has no project', stranger, 'name=x&for=esbuild-demo'],
    ['for a project that isn’t one', author, 'name=x&for=..%2F..'],
    ['with a path for a name', author, 'name=..%2Fx&for=esbuild-demo'],
    ['from another site', author, 'name=x&for=esbuild-demo', 'https://evil.example'],
  ])('%s is refused unread', async (_, who, query, origin = here) => {
    const before = await samples();
    const { request, isRead } = put(query, origin);
    const answer = await as(who, () => PUT(request));
    expect([answer.status >= 400, isRead(), await samples()]).toEqual([true, false, before]);
  });

  it('that was refused without scripts leads back to the form, with what is wrong', async () => {
    const answer = await as(author, async () => POST(await post('esbuild-demo', null)));
    expect(answer.headers.get('location')).toBe('/samples?problem=1&for=esbuild-demo');
    const cookie = answer.headers.get('set-cookie') ?? '';
    const value = cookie.slice(sampleCookieName.length + 1, cookie.indexOf(';'));
    expect(readSampleCookie(value)?.message).toContain('No file was chosen');
    expect(readSampleCookie('rubbish')).toBeNull();
  });
});
