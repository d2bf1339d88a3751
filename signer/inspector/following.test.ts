/** Lists that follow, through the real child: what is found before anybody approves, and what is written after signing. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tar } from '#core/formats/tar/tar.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import type { RootElement } from '#core/generated/index.ts';
import {
  anyFiles,
  failed,
  openBench,
  program,
  sha256,
  signedPrograms,
  type Bench,
} from './inspector.fixture.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const signedOne = Buffer.concat([program, Buffer.from('signature')]);
const sums = (digest: string, name = 'app.exe'): string => `${digest}  ${name}\n`;
const right = sums(sha256(program));
const follows = { type: 'file', path: 'SUMS', follows: { format: 'checksums' } } as const;
const root: RootElement = { type: 'zip', contents: [signedPrograms, follows, anyFiles] };
const archive = (...files: readonly (readonly [path: string, content: Uint8Array | string])[]) =>
  zip(files.map(([name, content]) => ({ name, content })));

describe('a list that follows', () => {
  it('is offered with the fields that signing makes false', async () => {
    const inspection = await bench.inspect(archive(['app.exe', program], ['SUMS', right]), root);
    expect(failed(inspection)).toEqual([]);
    expect(inspection.follows).toMatchObject([
      {
        path: ['SUMS'],
        element: 2,
        sha256: sha256(Buffer.from(right)),
        fields: [{ start: 0, end: 64, line: 1, label: 'SHA-256', of: ['app.exe'] }],
      },
    ]);
    expect(inspection.findings).toContainEqual(
      expect.objectContaining({ rule: 'follow.fields', outcome: 'info', path: ['SUMS'] }),
    );
  });

  it('that is wrong before is refused, and nothing is offered', async () => {
    const wrong = sums(sha256(Buffer.from('other')));
    const inspection = await bench.inspect(archive(['app.exe', program], ['SUMS', wrong]), root);
    expect(failed(inspection)).toEqual(['follow.mismatch']);
    expect([inspection.follows, inspection.signTargets]).toEqual([[], []]);
  });

  it('is about its own container alone', async () => {
    const inner = tar({ name: 'app.exe', content: program });
    const nested: RootElement = {
      type: 'zip',
      contents: [{ type: 'tar', path: 'in.tar', contents: [signedPrograms] }, follows],
    };
    const other = await bench.inspect(archive(['in.tar', inner], ['SUMS', right]), nested);
    expect(failed(other)).toEqual(['follow.elsewhere']);
    const reverse: RootElement = {
      type: 'zip',
      contents: [
        {
          type: 'tar',
          path: 'in.tar',
          contents: [{ ...signedPrograms, matches: { min: 0, max: 1 } }, follows],
        },
        signedPrograms,
      ],
    };
    const inside = tar({ name: 'SUMS', content: right });
    const above = await bench.inspect(archive(['in.tar', inside], ['app.exe', program]), reverse);
    expect(failed(above)).toEqual(['follow.elsewhere']);
    const around = await bench.inspect(
      archive(['in.tar', inner], ['SUMS', sums(sha256(inner), 'in.tar')]),
      nested,
    );
    expect(around.follows).toMatchObject([{ fields: [{ of: ['in.tar'] }] }]);
  });

  it('says nothing of a file that gets its signature beside it', async () => {
    const beside: RootElement = {
      type: 'zip',
      contents: [{ type: 'file', path: 'app.txt', sign: { method: 'cms' } }, follows],
    };
    const list = sums(sha256(Buffer.from('text')), 'app.txt');
    const inspection = await bench.inspect(archive(['app.txt', 'text'], ['SUMS', list]), beside);
    expect([failed(inspection), inspection.follows]).toEqual([[], []]);
  });

  it('that is signed itself has no digest to sign before it is written anew', async () => {
    const signedList = { ...follows, sign: { method: 'cms' } } as const;
    const contents: RootElement = { type: 'zip', contents: [signedPrograms, signedList] };
    const { signTargets } = await bench.inspect(archive(['app.exe', program], ['SUMS', right]), contents);
    expect(signTargets.map(({ path, subject }) => [path, subject === null])).toEqual([
      [['app.exe'], false],
      [['SUMS'], true],
    ]);
  });
});

describe('a list that nothing follows', () => {
  const warned = async (
    root: RootElement,
    ...files: readonly (readonly [path: string, content: Uint8Array | string])[]
  ) => {
    const inspection = await bench.inspect(archive(...files), root);
    expect(failed(inspection)).toEqual([]);
    return inspection.findings
      .filter(({ rule }) => rule === 'follow.stale')
      .map(({ outcome, path, expected, message }) => [outcome, path, expected, message.includes('app.exe')]);
  };
  const stays: RootElement = { type: 'zip', contents: [signedPrograms, anyFiles] };

  it('is warned of with the line to add, and refuses nothing', async () => {
    expect(await warned(stays, ['app.exe', program], ['SUMS.txt', right], ['readme', 'text'])).toEqual([
      ['info', ['SUMS.txt'], 'follows: { format: checksums }', true],
    ]);
  });

  it('isn’t where it follows, or where nothing that it lists gets signed', async () => {
    expect(await warned(root, ['app.exe', program], ['SUMS', right])).toEqual([]);
    const sign = { type: 'file', path: 'SUMS', sign: { method: 'cms' } } as const;
    const beside: RootElement = { type: 'zip', contents: [sign, anyFiles] };
    expect(await warned(beside, ['app.exe', program], ['SUMS', right])).toEqual([]);
  });

  it('is found where it lists an archive that is built again, or a list that is written anew', async () => {
    const inner = archive(['app.exe', program]);
    const nested: RootElement = {
      type: 'zip',
      contents: [{ type: 'zip', path: 'app.exe.zip', contents: [signedPrograms] }, anyFiles],
    };
    const list = `${sha256(inner)}  app.exe.zip\n`;
    expect(await warned(nested, ['app.exe.zip', inner], ['SHA256SUMS', list])).toHaveLength(1);
    const lists = `${sha256(Buffer.from(right))}  SUMS\n`;
    expect(await warned(root, ['app.exe', program], ['SUMS', right], ['lists.txt', lists])).toHaveLength(1);
  });

  it('costs no more than two hundred files of a hostile artifact, and fifty warnings', async () => {
    const many = Array.from({ length: 260 }, (_, at) => [`${at}.sha256`, right] as const);
    expect(await warned(stays, ['app.exe', program], ...many)).toHaveLength(50);
    const far = Array.from({ length: 200 }, (_, at) => [`${at}.sha256`, sums(sha256(Buffer.of()))] as const);
    expect(await warned(stays, ['app.exe', program], ...far, ['z.sha256', right])).toEqual([]);
  });
});

describe('writing a list anew', () => {
  const field = { start: 0, end: 64, line: 1, label: 'SHA-256', of: ['app.exe'] };
  const input = async () => ({
    folder: 'followed',
    name: 'SUMS',
    format: 'checksums' as const,
    file: await bench.save(Buffer.from(right)),
    sha256: sha256(Buffer.from(right)),
    fields: [field],
    files: [
      {
        path: 'app.exe',
        before: { file: await bench.save(program), sha256: sha256(program) },
        after: { file: await bench.save(signedOne), sha256: sha256(signedOne) },
      },
    ],
  });

  it('yields the list with the values of the signed file', async () => {
    const answer = await bench.inspector.follow(await input());
    const list = await readFile(answer.outputFile);
    expect(list.toString()).toBe(sums(sha256(signedOne)));
    expect(answer).toMatchObject({
      sha256: sha256(list),
      changes: [{ line: 1, label: 'SHA-256', of: ['app.exe'], from: sha256(program), to: sha256(signedOne) }],
    });
    await bench.inspector.end('followed');
  });

  it('is refused for other files than the daemon named, and for other fields', async () => {
    const good = await input();
    const [file] = good.files;
    if (file === undefined) throw new Error('there is one');
    const other = sha256(Buffer.from('other'));
    for (const wrong of [
      { ...good, sha256: other },
      { ...good, fields: [] },
      { ...good, fields: [{ ...field, line: 2 }] },
      { ...good, files: [] },
      { ...good, files: [file, file] },
      { ...good, files: [{ ...file, before: { ...file.before, sha256: other } }] },
      { ...good, files: [{ ...file, after: { ...file.after, sha256: other } }] },
      { ...good, files: [{ ...file, before: file.after }] },
    ])
      await expect(bench.inspector.follow(wrong)).rejects.toMatchObject({ code: 'INSPECTOR_INPUT' });
    await bench.inspector.end('followed');
  });
});
