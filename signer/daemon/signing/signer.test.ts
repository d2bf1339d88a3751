import type { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { ownSignerOf } from './signer.ts';

test('a signature by a project’s own key is never older than the key', () => {
  const validFromDate = new Date('2026-11-20T12:00:00Z');
  const certificate = { raw: Buffer.of(1), validFromDate } as unknown as X509Certificate;
  const timeFor = (began: string) => ownSignerOf({ certificate }, new Date(began)).time.toISOString();
  expect(timeFor('2026-11-19T00:00:00Z')).toBe(validFromDate.toISOString());
  expect(timeFor('2026-11-21T00:00:00Z')).toBe('2026-11-21T00:00:00.000Z');
});
