import { describe, expect, it } from 'vitest';
import { readSearch } from './read-search.ts';

const rules = { name: 'q', label: 'Name', charactersMax: 10 };

describe('a search term', () => {
  it('is what was entered, and the first of a repeated parameter', () => {
    expect(readSearch('  two words ', rules)).toEqual({
      typed: '  two words ',
      text: 'two words',
      error: null,
    });
    expect(readSearch(['a', 'b'], rules).text).toBe('a');
    expect(readSearch(undefined, rules)).toEqual({ typed: '', text: '', error: null });
  });

  it('is refused with length and limit if it is too long, and kept', () => {
    const found = readSearch('x'.repeat(11), rules);
    expect(found).toMatchObject({ typed: 'x'.repeat(11), text: '' });
    expect(found.error?.fields).toEqual([
      { field: 'q', code: 'TOO_LONG', message: 'Name: 11 characters; at most 10.' },
    ]);
  });

  it('contains no character that a database can’t store', () => {
    expect(readSearch('a\0b', rules)).toMatchObject({
      text: '',
      error: { fields: [{ code: 'CHARACTER_INVALID' }] },
    });
  });
});
