import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseSha256Hex, type RequestId } from '#core/ids/index.ts';
import { answerFrom } from '../../../../../../lib/platform/portal/current.fixture.ts';
import { openReceived, openReleased } from '../../../../../../lib/platform/storage/index.ts';
import {
  certificate,
  openSigned,
  project,
  revoking,
} from '../../../../../../lib/signatures/open-signed.fixture.ts';
import { GET } from './route.ts';

const [kept, revoked] = ['5a3c01', '5a3c02'];
const [before, date, after] = ['2026-11-19T00:00:00Z', '2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z'];
const bytes = Buffer.from('what the signer released');
const sha256 = createHash('sha256').update(bytes).digest('hex');

let signed: Awaited<ReturnType<typeof openSigned>>;
beforeAll(async () => {
  signed = await openSigned();
  await signed.issue(certificate(kept), certificate(revoked));
  await signed.accept(revoking(revoked, date));
  const released = openReceived(join(signed.folder, 'released'));
  const stream = (async function* () {
    yield bytes;
  })();
  await released.put({
    stream,
    expectedSha256: parseSha256Hex(sha256),
    sizeBytesMax: 1000,
    sizeBytesExpected: null,
  });
  const open = openReleased(join(signed.folder, 'released'));
  answerFrom({ ...signed.ctx, released: { ...open, directAddress: () => Promise.resolve(direct) } });
});
/** Where browsers get it instead; null: here. */
let direct: string | null = null;
afterEach(() => {
  direct = null;
});
afterAll(() => signed.close());

type Signed = readonly [serial: string, timestampedAt: string | null];
const release = (...files: readonly Signed[]) =>
  signed.release(
    files.map(([serial, timestampedAt]) => ({ serial, timestampedAt })),
    ...['release-signing', project, sha256],
  );
const get = (id: RequestId | string, query = '', headers: Record<string, string> = {}) =>
  GET(new Request(`https://a.example/api/v1/requests/${id}/artifact${query}`, { headers }), {
    params: Promise.resolve({ id }),
  });
const browser = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' };
const despite = '?despite=revoked';

describe('the file of a release', () => {
  it.each<readonly [state: string, ...Signed]>([
    ['good', kept, after],
    ['good-before-revocation', revoked, before],
  ])('that is %s is served to everybody, and revalidated each time', async (state, ...file) => {
    const id = await release(file);
    for (const headers of [{}, browser]) {
      const answer = await get(id, '', headers);
      expect(answer.status).toBe(200);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'countersign-standing': state,
        'cache-control': 'public, no-cache',
        etag: `"${sha256}"`,
        'content-disposition': "attachment; filename*=UTF-8''a.zip",
      });
    }
  });

  it.each<readonly [which: string, files: readonly Signed[]]>([
    ['signed at the date', [[revoked, date]]],
    ['signed without a timestamp', [[revoked, null]]],
    [
      'of which one file among others is revoked',
      [
        [kept, after],
        [revoked, before],
        [revoked, after],
      ],
    ],
  ])('%s is refused to programs, with the reason and how to proceed', async (_, files) => {
    const id = await release(...files);
    const answer = await get(id, '');
    expect(answer.status).toBe(409);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({
      code: 'RELEASE_REVOKED',
      detail: expect.stringContaining('a.zip is revoked, as of 2026-11-20T') as string,
      fix: expect.stringMatching(
        /\?despite=revoked .*--despite-revocation.*\/requests\/.*\/download says why/,
      ) as string,
      revocation: { serial: revoked, url: `https://a.example/revocations/${revoked}` },
    });
    for (const query of ['?despite=yes', '?despite=', '?revoked=despite']) {
      const other = await get(id, query);
      expect(other.status, query).toBe(400);
      expect(other.headers.get('content-type')).toBe('application/problem+json');
    }
  });
});

describe('where browsers are sent to the bucket’s own server', () => {
  beforeEach(() => {
    direct = 'https://s3.example/released/a?signature=1';
  });

  it('a browser gets a good file there, and nothing keeps the address', async () => {
    const answer = await get(await release([kept, after]), '', browser);
    expect([answer.status, await answer.text()]).toEqual([303, '']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      location: direct,
      'countersign-standing': 'good',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
  });

  it('programs, and whoever asks for a part, get it here', async () => {
    const id = await release([kept, after]);
    expect((await get(id)).status).toBe(200);
    expect((await get(id, '', { ...browser, range: 'bytes=2-5' })).status).toBe(206);
  });

  it('a revoked file is given here alone, after the warning', async () => {
    const id = await release([revoked, after]);
    const warned = await get(id, '', browser);
    expect(warned.headers.get('location')).toBe(`https://a.example/requests/${id}/download`);
    const answer = await get(id, despite, { ...browser, 'sec-fetch-site': 'same-origin' });
    expect([answer.status, answer.headers.get('location')]).toEqual([200, null]);
  });
});

describe('a revoked file', () => {
  it('is served to a program that acknowledges the revocation, and never cached', async () => {
    const answer = await get(await release([revoked, after]), despite);
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
    expect(answer.headers.get('countersign-standing')).toBe('revoked');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('etag')).toBeNull();
  });

  it.each([
    ['by the plain address', '', {}],
    ['by a link on another site', despite, { 'sec-fetch-site': 'cross-site' }],
    ['by an address that was typed or mailed', despite, { 'sec-fetch-site': 'none' }],
  ])('leads a person who comes %s to the warning', async (_, query, headers) => {
    const id = await release([revoked, after]);
    const answer = await get(id, query, { ...browser, ...headers });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`https://a.example/requests/${id}/download`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('vary')).toBe('accept, sec-fetch-site');
    expect(await answer.text()).toBe('');
  });

  it('is served to a person who comes from the warning page', async () => {
    const headers = { ...browser, 'sec-fetch-site': 'same-origin' };
    expect((await get(await release([revoked, after]), despite, headers)).status).toBe(200);
  });
});

it('reports if nothing was released, and reports a malformed id as such', async () => {
  const unknown = await get('00000000-0000-4000-8000-000000000000', despite);
  expect([unknown.status, ((await unknown.json()) as { code: unknown }).code]).toEqual([404, 'NOT_RELEASED']);
  expect((await get('..%2f..')).status).toBe(400);
});
