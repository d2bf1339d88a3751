import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { UnpackBudget, defaultUnpackLimits } from '../archive/index.ts';
import { collect, pieces } from '../archive/stream.fixture.ts';
import { readGzip } from '../gzip/index.ts';
import { memorySource } from '../random-access.ts';
import { readTar, rewriteTar } from './index.ts';

let folder: string;
const longName = `${'very-long-folder-name/'.repeat(8)}and-a-file.txt`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-tar-'));
  mkdirSync(join(folder, 'in', longName, '..'), { recursive: true });
  writeFileSync(join(folder, 'in/tool.exe'), Buffer.alloc(70_001, 'MZ'));
  writeFileSync(join(folder, 'in/naïve.txt'), 'UTF-8');
  writeFileSync(join(folder, 'in/empty'), '');
  writeFileSync(join(folder, 'in', longName), 'deep');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const budget = () => new UnpackBudget(defaultUnpackLimits);

function pack(tool: string, ...args: readonly string[]): Buffer {
  const file = join(folder, 'packed');
  execFileSync(tool, ['-c', '-f', file, ...args], {
    cwd: join(folder, 'in'),
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  return readFileSync(file);
}

async function list(stream: AsyncIterable<Uint8Array>) {
  const found = new Map<string, string>();
  const issues: string[] = [];
  for await (const record of readTar(stream, budget())) {
    if (record.kind === 'end') continue;
    issues.push(...record.issues.map(({ code }) => code));
    if (record.type === 'file')
      found.set(record.path, (await collect(record.body)).toString('latin1').slice(0, 10));
  }
  return { found, issues };
}

const expected = new Map([
  ['tool.exe', 'MZMZMZMZMZ'],
  ['naïve.txt', 'UTF-8'],
  ['empty', ''],
  [longName, 'deep'],
]);

const packers: readonly (readonly [string, string, ...string[]])[] = [
  ['GNU tar, GNU format', 'tar', '--format=gnu', '.'],
  ['GNU tar, pax format', 'tar', '--format=posix', '.'],
  ['GNU tar, ustar, names without ./', 'tar', '--format=ustar', 'tool.exe', 'naïve.txt', 'empty', longName],
  ['bsdtar, pax', 'bsdtar', '--format=pax', '.'],
  ['bsdtar, restricted pax', 'bsdtar', '--format=paxr', '.'],
  ['bsdtar, GNU format', 'bsdtar', '--format=gnutar', '.'],
];

describe.each(packers)('an archive of %s', (_title, tool, ...args) => {
  test.skipIf(lacksTools(tool))('is read completely', async () => {
    const { found, issues } = await list(pieces(pack(tool, ...args), 10_000));
    expect(issues).toEqual([]);
    expect(found).toEqual(expected);
  });

  test.skipIf(lacksTools(tool))('is rewritten so that tar unpacks the new file and all others', async () => {
    const bytes = pack(tool, ...args);
    const rewrite = (content: Buffer | null) =>
      collect(
        rewriteTar(pieces(bytes, 10_000), budget(), {
          replace: ({ path }) =>
            path === 'tool.exe' && content !== null
              ? { sizeBytes: content.length, content: pieces(content) }
              : null,
        }),
      );
    expect((await rewrite(null)).equals(bytes)).toBe(true);

    const signed = Buffer.alloc(73_333, 'signed');
    const [before, after] = [join(folder, 'before.tar'), join(folder, 'after.tar')];
    writeFileSync(before, bytes);
    writeFileSync(after, await rewrite(signed));
    const cat = (name: string) => execFileSync('tar', ['-x', '-O', '-f', after, '--wildcards', `*${name}`]);
    expect(cat('tool.exe').equals(signed)).toBe(true);
    expect(cat('and-a-file.txt').toString()).toBe('deep');
    const lines = (file: string) =>
      execFileSync('tar', ['-t', '-v', '--full-time', '-f', file], { encoding: 'utf8' }).replace(
        / +(?:70001|73333) /,
        ' SIZE ',
      );
    expect(lines(after)).toBe(lines(before));
  });

  test.skipIf(lacksTools(tool, 'bsdtar', 'python3'))(
    'gets new files that GNU tar, bsdtar and Python unpack beside the others, with the same owner and time',
    async () => {
      const bytes = pack(tool, ...args);
      const names = ['tool.exe.p7s', `${'ü'.repeat(60)}.p7s`, `deep/${'d'.repeat(120)}.p7s`];
      const rewritten = await collect(
        rewriteTar(pieces(bytes, 10_000), budget(), {
          replace: () => null,
          added: ({ path }) =>
            Promise.resolve(
              path === 'tool.exe' ? names.map((name) => ({ path: name, content: Buffer.from(name) })) : [],
            ),
        }),
      );
      const { found, issues } = await list(pieces(rewritten, 10_000));
      expect(issues).toEqual([]);
      expect(found.size).toBe(expected.size + names.length);
      const file = join(folder, 'added.tar');
      writeFileSync(file, rewritten);
      for (const name of names) {
        const match = `*${name}`;
        expect(execFileSync('tar', ['-x', '-O', '-f', file, '--wildcards', match]).toString()).toBe(name);
        expect(execFileSync('bsdtar', ['-x', '-O', '-f', file, match]).toString()).toBe(name);
        const script =
          'import sys,tarfile\nt=tarfile.open(sys.argv[1])\nm=[m for m in t if m.name.endswith(sys.argv[2])][0]\n' +
          'n=[m for m in t if m.name.endswith("tool.exe")][0]\n' +
          'assert (m.mode,m.uid,m.uname,int(m.mtime))==(n.mode,n.uid,n.uname,int(n.mtime)),(m.mtime,n.mtime)\n' +
          'print(t.extractfile(m).read().decode(),end="")';
        expect(execFileSync('python3', ['-c', script, file, name], { encoding: 'utf8' })).toBe(name);
      }
    },
  );
});

describe('archives that are refused', () => {
  test('GNU tar with links, and without them once they are followed', async () => {
    symlinkSync('tool.exe', join(folder, 'in/link'));
    linkSync(join(folder, 'in/empty'), join(folder, 'in/zz-hard'));
    try {
      expect((await list(pieces(pack('tar', '.'), 5000))).issues).toEqual(['LINK', 'LINK']);
      expect((await list(pieces(pack('tar', '-h', '--hard-dereference', '.'), 5000))).issues).toEqual([]);
    } finally {
      rmSync(join(folder, 'in/link'));
      rmSync(join(folder, 'in/zz-hard'));
    }
  });

  test('GNU tar with a sparse file', async () => {
    writeFileSync(join(folder, 'in/sparse'), '');
    truncateSync(join(folder, 'in/sparse'), 1024 * 1024);
    for (const format of ['gnu', 'posix']) {
      const bytes = pack('tar', '-S', `--format=${format}`, 'sparse');
      await expect(list(pieces(bytes))).rejects.toMatchObject({
        code: format === 'gnu' ? 'UNSUPPORTED' : 'PAX_KEYWORD',
      });
    }
    rmSync(join(folder, 'in/sparse'));
  });

  test('GNU tar with a path that climbs', async () => {
    const bytes = pack('tar', '-P', '../in/empty');
    expect((await list(pieces(bytes))).issues).toEqual(['NAME_TRAVERSAL']);
  });

  test('two archives that GNU tar joined, and one appended to', async () => {
    const one = pack('tar', 'empty');
    await expect(list(pieces(Buffer.concat([one, one])))).rejects.toMatchObject({ code: 'TRAILING_DATA' });
  });
});

test('reads what gzip wrote, with name and time', async () => {
  const file = join(folder, 'named.tar');
  writeFileSync(file, pack('tar', '.'));
  execFileSync('gzip', ['-k', '-N', file]);
  const { found } = await list(readGzip(memorySource(readFileSync(`${file}.gz`)), defaultUnpackLimits));
  expect(found).toEqual(expected);
});
