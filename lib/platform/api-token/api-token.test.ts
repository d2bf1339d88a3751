import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiTokenSha256, formatApiToken, isApiToken } from './index.ts';

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('an API token', () => {
  it('is recognised by form and checksum, with every bit of its secret in it', () => {
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        const token = formatApiToken(one);
        expect(token).toMatch(/^csn_[0-9A-Za-z]{49}$/);
        expect(isApiToken(token)).toBe(true);
        expect(formatApiToken(other) === token).toBe(Buffer.from(one).equals(other));
      }),
    );
  });

  it('encodes the smallest and the largest secret', () => {
    expect(formatApiToken(new Uint8Array(32))).toMatch(/^csn_0{43}/);
    expect(isApiToken(formatApiToken(new Uint8Array(32).fill(255)))).toBe(true);
  });

  it('is invalid with a character missing, changed or added', () => {
    const token = formatApiToken(new Uint8Array(32).fill(7));
    for (let at = 4; at < token.length; at += 1) {
      const other = token[at] === 'x' ? 'y' : 'x';
      expect(isApiToken(`${token.slice(0, at)}${other}${token.slice(at + 1)}`)).toBe(false);
      expect(isApiToken(`${token.slice(0, at)}${token.slice(at + 1)}`)).toBe(false);
    }
    for (const text of ['', `${token}0`, ` ${token}`, token.toLowerCase(), `csn_${'a'.repeat(43)}`]) {
      expect(isApiToken(text)).toBe(false);
    }
  });

  it('is kept as its SHA-256, as coreutils computes it', () => {
    // printf %s csn_ | sha256sum
    expect(apiTokenSha256('csn_')).toBe('ced5dbae13a3a703913e999465496d1925a86fa4332c094ef195991a857dbf11');
  });

  it('is made of 32 bytes and nothing else', () => {
    expect(() => formatApiToken(new Uint8Array(31))).toThrow(RangeError);
  });
});
