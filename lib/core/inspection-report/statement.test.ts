import { describe, expect, it } from 'vitest';
import { formatStatement, parseStatement, type ReportStatement } from './statement.ts';

const statement: ReportStatement = {
  request: '01890a5d-ac96-774b-bcce-b302099a8057',
  artifactSha256: 'a'.repeat(64),
  journal: { seq: '12', hash: 'b'.repeat(64) },
  signedAt: new Date('2026-11-29T12:00:00.000Z'),
  sha256: 'c'.repeat(64),
  sizeBytes: 4711,
  entries: 12,
};
const text = formatStatement(statement);

describe('what is signed of an inspection report', () => {
  it('is read back as it was written', () => {
    expect(parseStatement(text)).toEqual(statement);
    expect(text).toContain(`\n${'c'.repeat(64)}  report.json\n`);
  });

  it.each([
    ['more text', (of: string) => `${of}more\n`],
    ['no end of line', (of: string) => of.slice(0, -1)],
    ['another kind', (of: string) => of.replace('inspection-report', 'audit-digest')],
    ['a date that is none', (of: string) => of.replace('2026-11-29', '2026-13-29')],
    ['a number with a zero in front', (of: string) => of.replace('12 entries', '012 entries')],
    ['another file', (of: string) => of.replace('  report.json', '  other.json')],
    ['carriage returns', (of: string) => of.replaceAll('\n', '\r\n')],
  ])('is refused with %s', (_, change) => {
    expect(parseStatement(change(text))).toBeNull();
  });

  it('can hold nothing but digests, numbers and times', () => {
    expect(() => formatStatement({ ...statement, request: 'x\nrequest y' })).toThrow(RangeError);
    expect(() => formatStatement({ ...statement, sizeBytes: 1.5 })).toThrow(RangeError);
    expect(() => formatStatement({ ...statement, sha256: 'C'.repeat(64) })).toThrow(RangeError);
  });
});
