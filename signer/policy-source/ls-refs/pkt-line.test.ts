import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LsRefsError } from './error.ts';
import { flushPacket, packet, packetsOf } from './pkt-line.ts';

const framed = (...contents: readonly (string | Uint8Array)[]): Buffer =>
  Buffer.concat([...contents.map((content) => packet(content)), flushPacket]);

/** Contents → what is wrong with these bytes; null: they are accepted. */
function problemOf(bytes: string | Buffer): string | null {
  try {
    packetsOf(Buffer.from(bytes as string, 'latin1'));
    return null;
  } catch (error) {
    if (error instanceof LsRefsError) return error.message;
    throw error;
  }
}

describe('packets', () => {
  it('are read as git writes them', () => {
    expect(packetsOf(Buffer.from('0006a\n0009hello0000')).map(String)).toEqual(['a\n', 'hello']);
    expect(packetsOf(Buffer.from('0000'))).toEqual([]);
  });

  it.each([
    ['nothing at all', '', 'at byte 0 of the answer four hexadecimal digits should be'],
    ['no flush packet', '0006a\n', 'at byte 6 of the answer four hexadecimal digits should be'],
    ['bytes after it', '00000', 'at byte 4 of the answer the end should be'],
    ['a second one', '00000000', 'at byte 4 of the answer the end should be'],
    ['a delimiter', '00010000', 'at byte 0 of the answer the length of a packet should be'],
    ['the end of a response', '0006a\n0002', 'at byte 6 of the answer the length of a packet should be'],
    ['a length of three', '00030000', 'at byte 0 of the answer the length of a packet should be'],
    ['an empty packet', '00040000', 'at byte 0 of the answer the length of a packet should be'],
    ['a length beyond the end', '000fa\n0000', 'at byte 0 of the answer 15 bytes should be'],
    ['a length beyond git’s', 'ffff', 'at byte 0 of the answer the length of a packet should be'],
    ['capital digits', '000Ahello\n0000', 'at byte 0 of the answer four hexadecimal digits should be'],
    ['a sign', '+006a\n0000', 'at byte 0 of the answer four hexadecimal digits should be'],
    ['a page', '<!doctype html>', 'at byte 0 of the answer four hexadecimal digits should be'],
  ])('with %s are refused, with the place', (_, bytes, problem) => {
    expect(problemOf(bytes)).toBe(problem);
  });

  it('of any content are read back', () => {
    const contents = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 20 });
    fc.assert(
      fc.property(contents, (given) => {
        expect(packetsOf(framed(...given)).map((bytes) => Uint8Array.from(bytes))).toEqual(given);
      }),
    );
  });

  it('have one spelling: whatever is accepted is what its packets make', () => {
    const answer = framed('a\n', 'hello', 'x'.repeat(40));
    const change = fc.tuple(
      fc.nat(answer.length - 1),
      fc.nat(3),
      fc.string({ unit: fc.constantFrom('0', '1', '4', '9', 'a', 'f', 'A', '\n', ' ', 'x'), maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        let mutant = answer;
        for (const [at, removed, added] of changes)
          mutant = Buffer.concat([mutant.subarray(0, at), Buffer.from(added), mutant.subarray(at + removed)]);
        if (problemOf(mutant) === null) expect(framed(...packetsOf(mutant))).toEqual(mutant);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are refused where they are cut, wherever that is', () => {
    const answer = framed('a\n', 'hello');
    for (let length = 0; length < answer.length; length++)
      expect(problemOf(answer.subarray(0, length))).not.toBeNull();
  });

  it('aren’t made longer than git reads them', () => {
    expect(packet('x'.repeat(65_516)).length).toBe(65_520);
    expect(() => packet('x'.repeat(65_517))).toThrow(LsRefsError);
  });
});
