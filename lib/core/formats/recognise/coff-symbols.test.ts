import { describe, expect, test } from 'vitest';
import { symbolTable, unstripped } from '../pe/symbols.fixture.ts';
import { buildProgram } from '../pe/program.fixture.ts';
import { memorySource } from '../random-access.ts';
import { tar } from '../tar/tar.fixture.ts';
import { recognise } from './index.ts';

const sectionsEnd = buildProgram().length;
const overlayOf = async (bytes: Uint8Array) => (await recognise(memorySource(bytes))).overlay;
const [first, record] = [0, 18];
/** The table with bytes of a record, or behind the records, replaced. */
function changed(at: number, ...bytes: readonly number[]): Buffer {
  const table = symbolTable(['main', 'a_long_name_of_a_function', 'end']);
  table.set(bytes, at < 0 ? table.length + at : at);
  return table;
}

describe('the symbol table of a program that nobody stripped', () => {
  test('belongs to the program, and what is behind it doesn’t', async () => {
    const program = unstripped(changed(first + 17, 0));
    expect(await overlayOf(program)).toBe(program.length);
    expect(await overlayOf(Buffer.concat([program, Buffer.from('more')]))).toBe(program.length);
    const withoutSymbols = unstripped(symbolTable([]));
    expect(await overlayOf(withoutSymbols)).toBe(withoutSymbols.length);
  });

  test('may have auxiliary records of any content', async () => {
    const table = changed(first + 17, 1);
    table.fill(0xff, first + record, first + 2 * record);
    expect(await overlayOf(unstripped(table))).toBe(sectionsEnd + table.length);
  });

  test.each<[string, Uint8Array]>([
    ['a section that the program hasn’t', unstripped(changed(first + 12, 2, 0))],
    ['a name of other characters', unstripped(changed(first, 0x6d, 1))],
    ['characters behind the end of a name', unstripped(changed(first + 4, 0, 0x61))],
    ['a name outside the names', unstripped(changed(first + record + 4, 0xff))],
    ['a name in the size of the names', unstripped(changed(first + record + 4, 3))],
    ['more auxiliary records than there are', unstripped(changed(first + 2 * record + 17, 1))],
    ['other characters among the names', unstripped(changed(-3, 7))],
    ['names without an end', unstripped(changed(-1, 0x61))],
    ['names that end behind the file', unstripped(changed(3 * record, 0xff))],
    ['names smaller than their size', unstripped(changed(3 * record, 3))],
    ['more symbols than bytes', unstripped(changed(0, 0x6d), { count: 4000 })],
    ['a place of its own', unstripped(changed(0, 0x6d), { start: sectionsEnd + record, count: 2 })],
  ])('doesn’t count with %s', async (_what, program) => {
    expect(await overlayOf(program)).toBe(sectionsEnd);
  });

  test('doesn’t count with more symbols than are read, even if each is one', async () => {
    const [one, names] = [symbolTable(['main']).subarray(0, record), symbolTable([])];
    const count = 4_000_001;
    const table = Buffer.concat([Buffer.alloc(count * record, one), names]);
    expect(await overlayOf(unstripped(table, { count }))).toBe(sectionsEnd);
  });

  test('hides no archive that begins where the sections end, or behind it', async () => {
    const archive = tar({ name: 'a.exe', content: 'x' });
    const table = changed(first + 17, 0);
    const behind = await recognise(memorySource(Buffer.concat([unstripped(table), archive])));
    expect(behind.found).toMatchObject([{ format: 'tar', start: sectionsEnd + table.length }]);
    // Auxiliary records hold anything: an archive, too, whose name is the first record.
    const disguised = tar({ name: Buffer.from(`a.exe${'\0'.repeat(12)}q`), content: 'x' });
    const records = 1 + 'q'.charCodeAt(0);
    const hiding = Buffer.concat([disguised, Buffer.alloc(records * 18 - disguised.length), symbolTable([])]);
    const hidden = await recognise(memorySource(unstripped(hiding, { count: records })));
    expect(hidden).toMatchObject({ overlay: sectionsEnd + hiding.length, found: [{ start: sectionsEnd }] });
  });
});
