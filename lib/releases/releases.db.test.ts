import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseProjectSlug, parseSha256Hex } from '#core/ids/index.ts';
import { listRequests, readRequest } from '../requests/index.ts';
import { certificate, openSigned, project, revoking } from '../signatures/open-signed.fixture.ts';
import { findByHash, recentReleases, saysDespite } from './index.ts';

const serial = '5a3c01';
const date = '2026-11-20T00:00:00Z';
const [before, after] = ['2026-11-19T00:00:00Z', '2026-11-21T00:00:00Z'];

let signed: Awaited<ReturnType<typeof openSigned>>;
beforeAll(async () => {
  signed = await openSigned();
  await signed.issue(certificate(serial));
  await signed.accept(revoking(serial, date));
});
beforeEach(() => signed.clear());
afterAll(() => signed.close());

const release = (timestampedAt: string, sha256 = 'a'.repeat(64)) =>
  signed.release([{ serial, timestampedAt, sha256 }]);
const find = (sha256: string) => findByHash({ ctx: signed.ctx, input: { sha256: parseSha256Hex(sha256) } });

describe('a file looked up by its hash', () => {
  it('is reported as revoked before anything else that is known of it', async () => {
    await release(before, '1'.repeat(64));
    await release(after, '2'.repeat(64));
    const both = await find('b'.repeat(64));
    expect(both.map((match) => `${match.as}: ${match.standing?.state ?? 'nothing'}`)).toEqual([
      'released artifact: revoked',
      'released artifact: good-before-revocation',
    ]);
    expect((await find('1'.repeat(64)))[0]?.standing?.state).toBe('good-before-revocation');
    expect((await find('2'.repeat(64)))[0]?.standing).toMatchObject({
      state: 'revoked',
      revocation: { serial },
    });
  });

  it('that isn’t signed has no state: before signing, and as it was submitted', async () => {
    await release(after);
    for (const sha256 of ['e'.repeat(64), 'c'.repeat(64)])
      expect((await find(sha256)).map((match) => match.standing)).toEqual([null]);
    expect(await find('f'.repeat(64))).toEqual([]);
  });

  it('has the artifact’s name where the artifact is signed itself', async () => {
    await signed.release([{ serial, timestampedAt: after, sha256: '1'.repeat(64), path: '' }]);
    for (const sha256 of ['1'.repeat(64), 'e'.repeat(64)])
      expect((await find(sha256)).map((match) => match.name)).toEqual(['a.zip']);
  });
});

describe('releases and requests', () => {
  it('include their state, in lists and alone', async () => {
    const [old, bad] = [await release(before), await release(after)];
    const { ctx } = signed;
    const input = { project: parseProjectSlug(project), limit: 10 };
    const expected = [
      [bad, 'revoked'],
      [old, 'good-before-revocation'],
    ];
    expect(
      (await recentReleases({ ctx, input })).map((recentRelease) => [
        recentRelease.requestId,
        recentRelease.standing.state,
      ]),
    ).toEqual(expected);
    const { items } = await listRequests({ ctx, input });
    expect(items.map((item) => [item.id, item.standing?.state])).toEqual(expected);
    const detail = await readRequest({ ctx, input: { id: bad } });
    expect(detail?.release?.standing).toMatchObject({ state: 'revoked', counts: { revoked: 1 } });
    expect(detail?.signatures.files.map((file) => file.standing.state)).toEqual(['revoked']);
  });
});

describe('a revoked release', () => {
  const says = (url: string, headers: Record<string, string> = {}) =>
    saysDespite(new Request(`https://a.example${url}`, { headers }));

  it.each([
    ['is asked for by a program that says so', '/x?despite=revoked', {}, true],
    [
      'is asked for from this site’s own warning',
      '/x?despite=revoked',
      { 'sec-fetch-site': 'same-origin' },
      true,
    ],
    ['isn’t by a link on another site', '/x?despite=revoked', { 'sec-fetch-site': 'cross-site' }, false],
    ['isn’t by a link on a neighbour’s site', '/x?despite=revoked', { 'sec-fetch-site': 'same-site' }, false],
    [
      'isn’t by an address that was typed or mailed',
      '/x?despite=revoked',
      { 'sec-fetch-site': 'none' },
      false,
    ],
    ['isn’t by another word', '/x?despite=1', {}, false],
    ['isn’t by the plain address', '/x', {}, false],
  ] as const)('%s', (_, url, headers, expected) => {
    expect(says(url, headers)).toBe(expected);
  });
});
