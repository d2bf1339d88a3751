import { describe, expect, it } from 'vitest';
import { problemOf } from './problem.ts';
import { askedPart } from './range.ts';

const etag = '"abc"';
const asked = (range?: string, ifRange?: string, size = 100) =>
  askedPart(
    new Request('https://a.example', {
      headers: {
        ...(range === undefined ? {} : { range }),
        ...(ifRange === undefined ? {} : { 'if-range': ifRange }),
      },
    }),
    size,
    etag,
  );

describe('a range', () => {
  it.each([
    ['bytes=0-', [0, 100]],
    ['bytes=40-', [40, 100]],
    ['bytes=40-49', [40, 50]],
    ['bytes=99-1000', [99, 100]],
    ['bytes=0-0', [0, 1]],
    ['bytes=-10', [90, 100]],
    ['bytes=-1000', [0, 100]],
  ])('%s is these bytes', (range, [start, end]) => {
    expect(asked(range)).toEqual({ start, end });
    expect(asked(range, etag)).toEqual({ start, end });
  });

  it.each([
    undefined,
    'bytes=',
    'bytes=-',
    'bytes=5-4',
    'bytes=0-1,5-6',
    'lines=0-5',
    'bytes=x-',
    'bytes=0-1-2',
  ])('%s is none, and all of the file is sent', (range) => {
    expect(asked(range)).toBeNull();
  });

  it.each(['"other"', 'W/"abc"', 'Mon, 30 Nov 2026 00:00:00 GMT'])(
    'of another file than %s is none',
    (ifRange) => {
      expect(asked('bytes=1-', ifRange)).toBeNull();
    },
  );

  it.each(['bytes=100-', 'bytes=100-200', 'bytes=-0'])(
    '%s is after the end: refused, with the size',
    (range) => {
      const refused = (() => {
        try {
          return asked(range);
        } catch (error) {
          return problemOf(error);
        }
      })();
      expect(refused).toMatchObject({
        status: 416,
        code: 'RANGE_NOT_SATISFIABLE',
        headers: { 'content-range': 'bytes */100' },
      });
    },
  );
});
