import { describe, expect, it } from 'vitest';
import { preferredWait } from './prefer.ts';

describe('a preference to wait', () => {
  it.each([
    [undefined, null],
    ['wait=10', 10],
    ['respond-async, wait=5', 5],
    ['WAIT = "30"; x=1', 30],
    ['wait=600', 60],
    ['wait=0', null],
    ['wait=-1', null],
    ['wait=x', null],
    ['await=5', null],
  ])('%s is %s', (prefer, seconds) => {
    const headers = prefer === undefined ? {} : { prefer };
    expect(preferredWait(new Request('https://a.example', { headers }))).toBe(seconds);
  });
});
