import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseProjectSlug } from '#core/ids/index.ts';
import { newWork, withRequest } from '../../../lib/platform/http/index.ts';
import { RateLimitError } from '../../../lib/platform/rate-limit/index.ts';
import { StorageError } from '../../../lib/platform/storage/index.ts';
import { checked, identified } from './check.ts';
import { problemOf, problemResponse } from './problem.ts';

const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
};

describe('a problem', () => {
  it.each([
    ['ARTIFACT_TOO_LARGE', 413],
    ['ARTIFACT_DIGEST_MISMATCH', 422],
    ['ARTIFACT_TRUNCATED', 400],
    ['STORE_FULL', 507],
    ['STORE_UNAVAILABLE', 503],
  ] as const)('%s is answered with %d', (code, status) => {
    const error = new StorageError({ code, message: 'm', fix: 'f' });
    expect(problemResponse(problemOf(error)).status).toBe(status);
  });

  it('is answered correctly even if another copy of the class made it', async () => {
    const again = '?another-copy';
    const other = (await import(
      /* @vite-ignore */ `../../../lib/platform/storage/artifact-store.ts${again}`
    )) as { StorageError: typeof StorageError };
    const error = new other.StorageError({ code: 'STORE_FULL', message: 'm', fix: 'f' });
    expect(error instanceof StorageError).toBe(false);
    expect(problemOf(error)).toMatchObject({ status: 507, code: 'STORE_FULL' });
  });

  it('says when to come back', () => {
    const response = problemResponse(problemOf(new RateLimitError(17)));
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '17']);
  });

  it('caused by the portal is a fault with the request’s id, without internal details or advice to wait', async () => {
    const current = {
      id: '0123456789abcdef',
      outcome: null,
      outage: false,
      action: 'none' as const,
      work: newWork(),
    };
    const faults = [
      new TypeError('secret'),
      // A row that no longer parses is nobody's fault who asks.
      thrownBy(() => parseProjectSlug('Not a slug')),
      thrownBy(() => z.string().parse(1)),
    ];
    for (const error of faults) {
      const response = withRequest(current, () => problemResponse(problemOf(error)));
      expect([response.status, response.headers.get('retry-after')]).toEqual([500, null]);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ code: 'INTERNAL_ERROR', requestId: current.id });
      expect(text).not.toMatch(/secret|slug|later/i);
    }
  });

  it('caused by an unavailable service advises to try again', () => {
    const error = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    const response = problemResponse(problemOf(error));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '10']);
  });

  it('caused by the caller is a client error', () => {
    expect(problemOf(thrownBy(() => identified(parseProjectSlug, 'Not a slug')))).toMatchObject({
      status: 400,
      code: 'IDENTIFIER_INVALID',
    });
    expect(problemOf(thrownBy(() => checked(z.string(), 1)))).toMatchObject({
      status: 400,
      code: 'BODY_INVALID',
    });
  });
});
