import { describe, expect, it } from 'vitest';
import { jsonBody } from './body.ts';

const send = (body: BodyInit, type = 'application/json') =>
  jsonBody(
    new Request('http://portal.example/', { method: 'POST', body, headers: { 'content-type': type } }),
    1_000_000,
  );

describe('a JSON body', () => {
  it('is read as it was sent', async () => {
    expect(await send('{"a":[1,{"b":null}]}')).toEqual({ a: [1, { b: null }] });
  });

  it('is refused where it is nested so deep that nobody could handle it', async () => {
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
