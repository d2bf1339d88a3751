/** Programs that carry archives: whether all that follows the program was opened. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cab } from '#core/formats/cab/cab.fixture.ts';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { symbolTable, unstripped } from '#core/formats/pe/symbols.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import type { RootElement } from '#core/generated/index.ts';
import { openBench, program, type Bench } from './inspector.fixture.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

describe('what follows a program, where something in it is opened', () => {
  const holding = zip([{ name: 'tool.exe', content: program }]);
  const cabinet = cab([{ files: [{ name: 'tool.exe', content: program }] }]);
  const strange = Buffer.from('packed by a program that nobody here knows');
  const root: RootElement = { type: 'pe' };
  const unaccountedIn = async (file: Uint8Array) => {
    const inspection = await bench.inspect(file, root);
    expect(inspection.leaves[0]?.content.programs[0]?.place).toBe('tool.exe');
    return inspection.leaves[0]?.content.unaccounted;
  };

  test.each([
    ['a zip archive', holding],
    ['a zip archive behind padding', Buffer.concat([Buffer.alloc(512), holding])],
    ['a cabinet', cabinet],
    ['a cabinet and a zip archive', Buffer.concat([cabinet, holding])],
  ])('is all accounted for by %s', async (_what, overlay) => {
    expect(await unaccountedIn(buildProgram({ overlay }))).toBeNull();
  });

  test.each([
    ['before a zip archive', Buffer.concat([strange, holding]), 0],
    ['behind a cabinet', Buffer.concat([cabinet, strange]), cabinet.length],
    ['between two', Buffer.concat([cabinet, strange, holding]), cabinet.length],
  ])('is named where bytes of nothing stand %s', async (_what, overlay, at) => {
    const start = buildProgram({ overlay: Buffer.alloc(0) }).length + at;
    expect(await unaccountedIn(buildProgram({ overlay }))).toBe(
      `bytes ${start} to ${start + strange.length - 1} of it follow the program and belong to nothing that was opened`,
    );
  });

  test('is named behind the symbols of a program that nobody stripped, and not they themselves', async () => {
    const debugged = unstripped(symbolTable(['main', 'a_long_name_of_a_function']));
    expect(await unaccountedIn(Buffer.concat([debugged, holding]))).toBeNull();
    expect(await unaccountedIn(Buffer.concat([debugged, cabinet, strange]))).toContain(
      `bytes ${debugged.length + cabinet.length} to`,
    );
  });

  test('is named before a zip archive that counts from the beginning of the program', async () => {
    const before = Buffer.concat([buildProgram(), strange]);
    expect(await unaccountedIn(zip([{ name: 'tool.exe', content: program }], { before }))).toContain(
      `bytes ${buildProgram().length} to ${before.length - 1} of it`,
    );
  });

  test('is named of a program inside, too, and of none whose contents nobody asks for', async () => {
    const inner = buildProgram({ overlay: Buffer.concat([cabinet, strange]) });
    const outer = buildProgram({ overlay: zip([{ name: 'inner.exe', content: inner }]) });
    const inspection = await bench.inspect(outer, root);
    expect(inspection.leaves[0]?.content.unaccounted).toContain(' of inner.exe follow the program');
    const asData = await bench.inspect(zip([{ name: 'outer.exe', content: outer }]), {
      type: 'zip',
      contents: [{ type: 'file', path: 'outer.exe' }],
    });
    expect(asData.leaves[0]?.content.unaccounted).toBeNull();
  });
});
