/** Installers that another program opens: what it read of them, and what it passed over. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UnpackBudget, defaultUnpackLimits } from '#core/formats/archive/index.ts';
import { innoInstaller, loader, tablePlace } from '#core/formats/inside/inno.fixture.ts';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { newNestedContext } from './nested-context.ts';
import { openNested } from './open-nested.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-opened-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** With an innoextract that finds one program in whatever it is given. */
async function open(bytes: Uint8Array) {
  const work = await mkdtemp(join(folder, 'work-'));
  await writeFile(join(work, 'setup'), bytes);
  await writeFile(join(work, 'unpacked'), buildProgram());
  let files = 0;
  const here = { ok: true, words: '' };
  const context = newNestedContext({
    folder: work,
    budget: new UnpackBudget(defaultUnpackLimits),
    inside: [],
    copies: [],
    newFile: () => `${(files += 1)}.leaf`,
    elsewhere: {
      here: { nsis: here, inno: here, '7z': here },
      ask: () =>
        Promise.resolve({
          ok: true,
          by: 'innoextract',
          folder: work,
          files: [{ name: 'app.exe', file: 'unpacked', sizeBytes: 1 }],
        }),
    },
    upstream: null,
  });
  return openNested(context, { file: 'setup', path: [], depth: 1, namesPrograms: true });
}

test('an installer by Inno Setup is seen from its first part to its end, but for Setup’s own program', async () => {
  const bytes = innoInstaller();
  expect(await open(bytes)).toMatchObject({
    programCount: 1,
    closed: [],
    unaccounted: null,
    passedOver: `bytes ${loader.length + 600} to ${bytes.length - 1} of it, Inno Setup’s own program, which becomes the uninstaller`,
  });
});

test('bytes between the loader and the first part belong to nothing', async () => {
  const bytes = innoInstaller({ filesAt: loader.length + 100 });
  bytes.write('zlb\x1a', loader.length, 'latin1');
  expect((await open(bytes)).unaccounted).toContain(`bytes ${loader.length} to ${loader.length + 99} of it`);
});

test('of an installer that doesn’t say where it ends nothing counts as seen', async () => {
  const bytes = innoInstaller().fill(0, tablePlace + 20, tablePlace + 44);
  bytes.write('zlb\x1a', loader.length, 'latin1');
  expect(await open(bytes)).toMatchObject({
    closed: [],
    unaccounted: expect.stringContaining(`bytes ${loader.length} to ${bytes.length - 1} of it`) as unknown,
    passedOver: null,
  });
});

test('bytes behind its end leave it closed', async () => {
  expect((await open(innoInstaller({}, 'more'))).closed).toMatchObject([
    { message: 'Bytes follow the archive that belong to nothing.' },
  ]);
});

describe('streams somewhere in a program', () => {
  const filler = Buffer.from('code of the program');
  /** Of as many bytes, and none other is like it. */
  const stream = (sizeBytes: number, at: number): Buffer =>
    gzipSync(Buffer.concat([Buffer.alloc(sizeBytes), Buffer.from(String(at))]));
  const damaged = (sizeBytes: number): Buffer => {
    const bytes = stream(sizeBytes, 0);
    bytes.writeUInt32LE(0, bytes.length - 8);
    return bytes;
  };
  const holding = (streams: readonly Buffer[]): Uint8Array =>
    buildProgram({ overlay: Buffer.concat(streams.flatMap((one) => [filler, one])) });
  const mebibyte = 1024 * 1024;

  test('are each opened, however much is in them, and what only looks like one is passed over', async () => {
    const many = Array.from({ length: 20 }, (_none, at) => stream(4 * mebibyte, at));
    const opened = await open(holding([damaged(mebibyte), ...many]));
    expect(opened).toMatchObject({ files: 20, closed: [] });
  });

  test('are no longer tried once unpacking what is none has cost enough: it isn’t seen inside then, and that is said', async () => {
    const tried = Array.from({ length: 30 }, () => damaged(8 * mebibyte));
    const opened = await open(holding([...tried, stream(10, 0)]));
    expect(opened.files).toBe(0);
    expect(opened.closed).toMatchObject([
      {
        format: 'archives',
        message: 'It has so many marks of compressed streams that not all of them were tried.',
      },
    ]);
  });
});
