import { describe, expect, it } from 'vitest';
import { chunksOf, contentLength, jsonBody, refuseEncoded } from './body.ts';

const send = (body: BodyInit, type = 'application/json') =>
  jsonBody(
    new Request('http://portal.example/', { method: 'POST', body, headers: { 'content-type': type } }),
    1_000_000,
  );

describe('a JSON body', () => {
  it('is read as it was sent', async () => {
    expect(await send('{"a":[1,{"b":null}]}')).toEqual({ a: [1, { b: null }] });
  });

  it('is refused if it is nested too deeply', async () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    expect(await send(nested(60))).toBeDefined();
    await expect(send(nested(100_000))).rejects.toMatchObject({ status: 400, code: 'JSON_INVALID' });
  });

  it.each([
    ['is no JSON', '{', 'application/json', 'JSON_INVALID'],
    ['is not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'application/json', 'JSON_INVALID'],
    ['is of another type', '{}', 'text/plain', 'CONTENT_TYPE_UNSUPPORTED'],
    ['is too large', `"${'x'.repeat(1_000_000)}"`, 'application/json', 'BODY_TOO_LARGE'],
  ])('is refused where it %s', async (_, body, type, code) => {
    await expect(send(body, type)).rejects.toMatchObject({ code });
  });
});

it.each([
  ['gzip', true],
  ['identity, gzip', true],
  [' Identity', false],
  ['', false],
])('a body with Content-Encoding: %s is refused: %s', (coding, refused) => {
  const request = new Request('http://portal.example/', { headers: { 'content-encoding': coding } });
  const refusal = refused ? { status: 415, headers: { 'accept-encoding': 'identity' } } : null;
  try {
    refuseEncoded(request);
    expect(refusal).toBeNull();
  } catch (error) {
    expect(error).toMatchObject(refusal ?? {});
  }
});

describe('the declared length of a request', () => {
  const length = (headers: Record<string, string>) =>
    contentLength(new Request('http://portal.example/', { headers }));

  it('is a number of bytes, or absent', () => {
    expect(length({ 'content-length': '0' })).toBe(0);
    expect(length({ 'content-length': '999999999999999' })).toBe(999_999_999_999_999);
    expect(length({})).toBeNull();
  });

  it.each(['-1', '+1', '1.5', '1e3', '0x10', '1, 2', 'x', '', '1000000000000000'])(
    'is invalid if it is %j',
    (said) => {
      expect(() => length({ 'content-length': said })).toThrow(
        expect.objectContaining({ status: 400, code: 'CONTENT_LENGTH_INVALID' }),
      );
    },
  );
});

describe('a body that is read in part', () => {
  it('is cancelled, so that the sender knows that no more is read', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (stream) => stream.enqueue(new Uint8Array(1024)),
      cancel: () => void (cancelled = true),
    });
    const init = { method: 'POST', body, duplex: 'half' };
    const request = new Request('http://portal.example/', init);
    for await (const chunk of chunksOf(request)) {
      expect(chunk).toHaveLength(1024);
      break;
    }
    expect(cancelled).toBe(true);
  });
});
