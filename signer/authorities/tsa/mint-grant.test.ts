import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mintTimestampGrant } from './mint-grant.ts';
import { createTimeReader } from './read-time.ts';
import { openSerialNumbers } from './serial-numbers.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-tsa-grant-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const start = Date.parse('2026-11-27T08:00:00Z');
const later = (milliseconds: number): Date => new Date(start + milliseconds);
const serial = await (await openSerialNumbers(join(folder, 'serial'), later(0))).next();
const about = { keyLabel: 'foundation-timestamp', signedAttributes: Uint8Array.of(0x31, 0) };
const read = (at: Date) => createTimeReader({ now: () => at, clockProblem: () => null })();

describe('a timestamp', () => {
  it('is granted for its serial number, right after its time was read', () => {
    const { wire } = mintTimestampGrant({ serial, time: read(later(0)) }, about, later(30_000));
    expect(wire).toMatchObject({
      purpose: 'timestamp',
      keyLabel: about.keyLabel,
      requestId: `timestamp-${serial.toString(16)}`,
      toBeSigned: 'MQA=',
      expiresAt: later(90_000).toISOString(),
    });
  });

  it.each([30_001, -30_001])('is not granted at a time that was read %d ms before', (age) => {
    const stale = () => mintTimestampGrant({ serial, time: read(later(0)) }, about, later(age));
    expect(stale).toThrow(expect.objectContaining({ code: 'CLOCK_WRONG' }));
  });
});

describe('a time', () => {
  it('is no proof while the clock isn’t trusted', () => {
    const reader = createTimeReader({ now: () => later(0), clockProblem: () => 'it is 5 s off' });
    expect(reader).toThrow(expect.objectContaining({ code: 'CLOCK_WRONG' }));
  });

  it('is no proof after the clock went back', () => {
    let at = later(0);
    const reader = createTimeReader({ now: () => at, clockProblem: () => null });
    reader();
    at = later(-1001);
    expect(reader).toThrow(expect.objectContaining({ code: 'CLOCK_WENT_BACK' }));
    at = later(-1000);
    expect(reader().at).toEqual(at);
  });
});
