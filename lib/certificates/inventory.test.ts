import { describe, expect, it } from 'vitest';
import { inventoryOf } from './inventory.ts';
import { certificate, inDays, now, revocation } from './certificate.fixture.ts';

const all = [
  certificate('0d', 'zebra', 400),
  certificate('0a', 'ant', 30),
  certificate('0b', 'ant', 400, { revocation: revocation('01'), hasNotice: true }),
  certificate('0c', 'ant', -3),
  certificate('01', null, 3000, { purpose: 'root', name: null }),
];
const find = (words = '', state = '', page = 1) => inventoryOf(all, { words, state, page }, now);

describe('the inventory of certificates', () => {
  it('lists the foundation’s own first, then projects by name, the newest first', () => {
    expect(find().entries.map(({ serial }) => serial)).toEqual(['01', '0b', '0a', '0c', '0d']);
    expect(find().counts).toEqual({ good: 2, announced: 0, ending: 1, ended: 1, revoked: 1 });
  });

  it('finds certificates that match every word in any field', () => {
    expect(find('ANT 0a').entries.map(({ serial }) => serial)).toEqual(['0a']);
    expect(find('nothing')).toMatchObject({ found: 0, page: 1, pages: 1 });
    expect(find('x'.repeat(100_000)).found).toBe(0);
  });

  it('filters by state, and shows all for an unknown state', () => {
    expect(find('', 'revoked').entries.map(({ serial }) => serial)).toEqual(['0b']);
    expect(find('', 'toString').found).toBe(5);
  });

  it('names the successor if there is a valid one', () => {
    const renewed = [certificate('0a', 'ant', 30), certificate('0e', 'ant', 455)];
    const { entries } = inventoryOf(renewed, { words: '', state: '', page: 1 }, now);
    expect(entries.map(({ serial, successor }) => [serial, successor])).toEqual([
      ['0e', null],
      ['0a', '0e'],
    ]);
    expect(find().entries.find(({ serial }) => serial === '0a')?.successor).toBeNull();
  });

  it('tells an announced one from those that sign, until its day', () => {
    const announced = certificate('0e', 'ant', 455, { usedFrom: inDays(7) });
    const of = (at: Date) =>
      inventoryOf([announced], { words: '', state: 'announced', page: 1 }, at).entries.map(
        ({ state }) => state,
      );
    expect(of(now)).toEqual(['announced']);
    expect(of(inDays(7))).toEqual([]);
  });

  it('is paged, and any page number leads to an existing page', () => {
    const many = Array.from({ length: 120 }, (_, index) => certificate(`${1000 + index}`, `p${index}`, 300));
    const page = (number: number) => inventoryOf(many, { words: '', state: '', page: number }, now);
    expect(page(3).entries).toHaveLength(20);
    expect([page(-1).page, page(Number.NaN).page, page(99).page, page(2.7).page]).toEqual([1, 1, 3, 2]);
  });

  it('doesn’t report short-lived certificates as expiring', () => {
    const short = certificate('0f', null, 1, { purpose: 'ocsp', validFrom: inDays(-1) });
    expect(inventoryOf([short], { words: '', state: '', page: 1 }, now).entries[0]?.state).toBe('good');
  });
});
