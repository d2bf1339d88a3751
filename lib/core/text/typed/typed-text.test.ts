import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, countCharacters, excerpt, readText, unseenProblem } from './index.ts';

const rules = { label: 'What you saw', charactersMax: 10 };

describe('typed text', () => {
  it('is refused with both numbers where it is too long, and never cut', () => {
    expect(readText('x'.repeat(1_234), { ...rules, charactersMax: 1_000 })).toEqual({
      ok: false,
      code: 'TOO_LONG',
      message: 'What you saw: 1,234 characters; at most 1,000.',
    });
    expect(readText('x'.repeat(10), rules)).toEqual({ ok: true, text: 'x'.repeat(10) });
    expect(readText('x'.repeat(11), rules)).toMatchObject({ code: 'TOO_LONG' });
  });

  it('says both numbers where it is too short', () => {
    expect(readText('ab', { ...rules, charactersMin: 3 })).toMatchObject({
      message: 'What you saw: 2 characters; at least 3.',
    });
  });

  it.each([
    ['a smiley is one', '🙂'.repeat(10), 10],
    ['a line end is one, however the browser sends it', 'a\r\nb\rc\nd', 7],
    ['a letter with its accent is one, typed as one or as two', 'e\u0301\u00e9', 2],
    ['what is empty around it counts nothing', ' \n a \t\r\n', 1],
  ])('is counted in characters: %s', (_, text, count) => {
    expect(countCharacters(text)).toBe(count);
    expect(readText(text, { ...rules, lines: true }).ok).toBe(true);
  });

  it.each([
    ['NUL', 'a\u0000b', 'U+0000'],
    ['an escape', 'a\u001b[31mb', 'U+001B'],
    ['half of a pair', 'a\ud800b', 'U+D800'],
  ])('is refused where it holds %s', (_, text, point) => {
    const read = readText(text, rules);
    expect(read).toMatchObject({ ok: false, code: 'CHARACTER_INVALID' });
    expect(read).toHaveProperty('message', expect.stringContaining(point));
  });

  it('may be empty only where that is an answer, and says what to do', () => {
    expect(readText(' \n', { ...rules, missing: 'say what happened' })).toMatchObject({
      ok: false,
      code: 'MISSING',
      message: 'What you saw: say what happened.',
    });
    expect(readText(' \n', { ...rules, optional: true })).toEqual({ ok: true, text: '' });
  });

  it('of one line has no other', () => {
    expect(readText('a\r\n\tb', rules)).toEqual({ ok: true, text: 'a b' });
    expect(readText('a\r\nb', { ...rules, lines: true })).toEqual({ ok: true, text: 'a\nb' });
  });

  it('is shown in part with a sign that there is more, and no character in halves', () => {
    expect(excerpt('🙂'.repeat(5), 5)).toBe('🙂'.repeat(5));
    expect(excerpt('🙂'.repeat(6), 5)).toBe(`${'🙂'.repeat(4)}…`);
  });

  it('is the same cleaned twice, and what is taken holds nothing that a database refuses', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
        const typed = String.fromCharCode(...units);
        expect(cleanText(cleanText(typed))).toBe(cleanText(typed));
        const read = readText(typed, { ...rules, charactersMax: 1_000, optional: true, lines: true });
        if (read.ok) {
          expect(read.text).not.toContain('\0');
          expect(read.text.isWellFormed()).toBe(true);
          expect(countCharacters(read.text)).toBe(countCharacters(typed));
        }
      }),
    );
  });

  it.each([
    ['a\u202eb', 'U+202E'],
    ['a\u200bb', 'U+200B'],
    ['a\u2028b', 'U+2028'],
    ['\ufeffa', 'U+FEFF'],
  ])('says by its number which character of %j nobody sees', (text, number) => {
    expect(unseenProblem(text)).toBe(`it holds a character that can’t be seen (${number}); remove it`);
  });

  it('may hold joiners, which some scripts are written with', () => {
    expect(unseenProblem('می\u200cخواهم 👩\u200d💻')).toBeNull();
  });
});
