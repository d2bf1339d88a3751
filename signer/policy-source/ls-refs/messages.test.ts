import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LsRefsError } from './error.ts';
import { formatOf, lsRefsRequest, refsOf, type ObjectFormat } from './messages.ts';
import { flushPacket, packet } from './pkt-line.ts';

const main = 'refs/heads/main';
const notes = 'refs/notes/policy-signatures';
const [one, other] = ['1'.repeat(40), 'e'.repeat(40)];
const answer = (...lines: readonly (string | Uint8Array)[]): Buffer =>
  Buffer.concat([...lines.map((line) => packet(line)), flushPacket]);
const problemOf = (bytes: Buffer, format: ObjectFormat = 'sha1'): string => {
  try {
    return `none: ${[...refsOf(bytes, format)].join(' ')}`;
  } catch (error) {
    if (error instanceof LsRefsError) return error.message;
    throw error;
  }
};

describe('the request', () => {
  it('asks for refs by prefix, byte for byte as git does', () => {
    expect(lsRefsRequest([main, notes], 'sha1').toString()).toBe(
      '0014command=ls-refs\n0001001fref-prefix refs/heads/main\n002cref-prefix refs/notes/policy-signatures\n0000',
    );
  });

  it('names the objects’ format where it isn’t the usual one', () => {
    expect(lsRefsRequest([], 'sha256').toString()).toBe(
      '0014command=ls-refs\n0019object-format=sha256\n00010000',
    );
    expect([formatOf(one), formatOf('1'.repeat(64))]).toEqual(['sha1', 'sha256']);
  });
});

describe('an answer', () => {
  it('lists refs by full name, with and without ends of lines', () => {
    const refs = refsOf(
      answer(`${one} ${main}\n`, `${other} ${main}-2`, `${other} refs/heads/größe\n`),
      'sha1',
    );
    expect([...refs]).toEqual([
      [main, one],
      [`${main}-2`, other],
      ['refs/heads/größe', other],
    ]);
  });

  it('of a repository without these refs is empty', () => {
    expect(refsOf(answer(), 'sha1').size).toBe(0);
  });

  it.each([
    ['a short object', `${one.slice(1)} ${main}\n`],
    ['a long object', `${one}1 ${main}\n`],
    ['the object of another format', `${'1'.repeat(64)} ${main}\n`],
    ['capital digits', `${'E'.repeat(40)} ${main}\n`],
    ['a space before it', ` ${one} ${main}\n`],
    ['two spaces', `${one}  ${main}\n`],
    ['a tab', `${one}\t${main}\n`],
    ['no name', `${one} \n`],
    ['two lines', `${one} ${main}\n${one} ${notes}\n`],
    ['two ends', `${one} ${main}\n\n`],
    ['the end of Windows', `${one} ${main}\r\n`],
    ['a NUL', `${one} ${main}\0\n`],
    ['attributes', `${one} ${main} symref-target:refs/heads/other\n`],
    ['an unborn branch', `unborn ${main}\n`],
    ['an error', 'ERR access denied\n'],
    ['a name that isn’t UTF-8', Buffer.concat([Buffer.from(`${one} ${main}`), Buffer.of(0xff)])],
  ])('with %s is refused', (_, line) => {
    expect(problemOf(answer(line))).toBe('line 1 of the answer is no ref of an object of sha1');
  });

  it('that names a ref twice is refused', () => {
    expect(problemOf(answer(`${one} ${main}\n`, `${other} ${main}\n`))).toBe(
      'line 2 of the answer repeats a ref',
    );
  });

  it('about objects of SHA-256 has no others', () => {
    const long = '1'.repeat(64);
    expect([...refsOf(answer(`${long} ${main}\n`), 'sha256')]).toEqual([[main, long]]);
    expect(problemOf(answer(`${one} ${main}\n`), 'sha256')).toContain('no ref of an object of sha256');
  });

  it('that was changed anywhere says either nothing or what its bytes say', () => {
    const good = answer(`${one} ${main}\n`, `${other} ${notes}\n`);
    const bytes = fc.constantFrom(...Buffer.from('0123456789abcdef \n\0Ex/'));
    fc.assert(
      fc.property(fc.nat(good.length - 1), bytes, fc.nat(good.length - 1), bytes, (at, to, at2, to2) => {
        const mutant = Buffer.from(good);
        mutant[at] = to;
        mutant[at2] = to2;
        let refs;
        try {
          refs = refsOf(mutant, 'sha1');
        } catch (error) {
          expect(error).toBeInstanceOf(LsRefsError);
          return;
        }
        for (const [name, object] of refs) expect(mutant.includes(`${object} ${name}`)).toBe(true);
        // Both as before only where both lines are.
        if (refs.get(main) === one && refs.get(notes) === other)
          expect(problemOf(mutant)).toBe(problemOf(good));
      }),
      { numRuns: 3_000 },
    );
  });
});
