import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRequestId } from '#core/ids/index.ts';
import { formatCursor, parseCursor } from './cursor.ts';

describe('cursors', () => {
  it('are read back as they were issued', () => {
    const cursor = {
      submittedAt: new Date('2026-03-04T05:06:07.089Z'),
      id: parseRequestId('5d1f3a52-94d4-4c0a-9a8e-0e4a1b2c3d4e'),
    };
    expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
  });

  it('refuses everything else with a clear error', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseCursor(text)).toThrow(/cursor/i);
      }),
    );
  });
});
