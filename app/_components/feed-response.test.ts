import { describe, expect, it } from 'vitest';
import { feedResponse } from './feed-response.ts';

const updated = new Date('2026-11-29T12:00:00.500Z');
const feed = (title = 'A feed') => ({
  id: 'https://a.example/',
  link: 'https://a.example/',
  self: 'https://a.example/feed.xml',
  title,
  author: 'A foundation',
  updated,
  entries: [],
});
const ask = (headers: Record<string, string>, of = feed()) =>
  feedResponse(new Request('https://a.example/feed.xml', { headers }), of);

describe('a feed that is asked for again', () => {
  const first = ask({});
  const etag = first.headers.get('etag') ?? '';

  it('is not sent to a reader who has it', async () => {
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = ask({ 'if-none-match': known });
      expect([answer.status, await answer.text(), answer.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect(first.headers.get('last-modified')).toBe('Sun, 29 Nov 2026 12:00:00 GMT');
    expect(ask({ 'if-modified-since': 'Sun, 29 Nov 2026 12:00:00 GMT' }).status).toBe(304);
  });

  it('is sent when it has changed, or nothing says that the reader has it', () => {
    expect(ask({ 'if-none-match': etag }, feed('Another title')).status).toBe(200);
    expect(ask({ 'if-modified-since': 'Sun, 29 Nov 2026 11:59:59 GMT' }).status).toBe(200);
    expect(ask({ 'if-modified-since': 'yesterday' }).status).toBe(200);
    // What the reader names counts before the time.
    expect(
      ask({ 'if-none-match': '"other"', 'if-modified-since': 'Sun, 29 Nov 2026 12:00:00 GMT' }).status,
    ).toBe(200);
  });
});
