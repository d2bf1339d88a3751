import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { canonicalJson, CanonicalJsonError, type JsonValue } from './index.ts';

describe('canonical JSON', () => {
  it('writes the numbers of RFC 8785 Appendix B', () => {
    expect(canonicalJson([0, -0, 1e21, 9007199254740992, 333333333.3333333, 1e-7, 0.000001])).toBe(
      '[0,0,1e+21,9007199254740992,333333333.3333333,1e-7,0.000001]',
    );
  });

  it('sorts names by UTF-16 code units (RFC 8785 §3.2.3)', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, ö: 7 };
    expect(Object.values(JSON.parse(canonicalJson(value)) as object)).toHaveLength(7);
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  it('gives one text whatever the order of the names', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse()) as JsonValue;
        let text: string;
        try {
          text = canonicalJson(value as JsonValue);
        } catch (error) {
          expect(error).toBeInstanceOf(CanonicalJsonError);
          return;
        }
        expect(canonicalJson(reversed)).toBe(text);
        expect(canonicalJson(JSON.parse(text) as JsonValue)).toBe(text);
      }),
    );
  });

  it('refuses what JSON cannot carry', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, '\ud800', undefined, () => 1]) {
      expect(() => canonicalJson(bad as JsonValue)).toThrow(CanonicalJsonError);
    }
    let deep: JsonValue = 1;
    for (let level = 0; level < 100; level += 1) deep = [deep];
    expect(() => canonicalJson(deep)).toThrow(/deeper/);
  });
});
