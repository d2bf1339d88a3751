import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { lstat, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { lacksRoot, lacksTools } from '../../../dev/test/lacks.ts';
import { probeFence, type Fence, type FencedProgram } from './fence.ts';
import { measure, removeAll, takeFiles } from './output.ts';
import { newOutput, runFenced, type RunLimits } from './run-fenced.ts';
import { seccompFilter } from './seccomp.ts';

/** Plays a program that hostile bytes have taken over: Python, with everything of this system that it could misuse. */
const python: FencedProgram = {
  file: '/usr/bin/python3',
  needs: ['/usr', '/lib', '/lib64', '/bin', '/etc/ld.so.cache'],
};

let folder: string;
let fence: Fence;
let runs = 0;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'countersign-fenced-')));
  await writeFile(join(folder, 'input'), 'the one input');
  const probed = await probeFence();
  if (probed.ok) fence = probed.fence;
});
afterAll(() => removeAll(folder));

const limits: RunLimits = {
  memoryMebibytes: 512,
  cpuSeconds: 20,
  fileBytesMax: 1_000_000,
  seconds: 20,
  textBytesMax: 100_000,
  output: { files: 100, bytes: 5_000_000 },
};

async function attack(script: string, less: Partial<RunLimits> = {}, signal?: AbortSignal) {
  runs += 1;
  const output = await newOutput(folder, `out-${runs}`);
  const end = await runFenced(fence, {
    program: python,
    args: ['-I', '-S', '-c', script],
    files: { input: join(folder, 'input'), output },
    limits: { ...limits, ...less },
    signal,
  });
  const take = () => takeFiles(output, join(folder, `taken-${runs}`));
  return { end, output, take };
}

/** What the script printed. */
async function said(script: string): Promise<string> {
  const { end } = await attack(`import os, socket, sys\n${script}`);
  expect(end.kind).toBe('exit');
  return end.kind === 'exit' ? end.text.trim() : '';
}
const tried = (action: string) =>
  `try:\n  ${action}\n  print('it worked')\nexcept OSError as error:\n  print(type(error).__name__, error.errno)`;

/** Processes of the attack, by a mark in their command lines. */
async function alive(mark: string): Promise<number> {
  let found = 0;
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(mark)) found += 1;
  }
  return found;
}

describe('system calls', () => {
  test('are filtered on the architectures that the filter knows, and on no other does anything run', () => {
    expect(seccompFilter('x64')?.length).toBeGreaterThan(100);
    expect(seccompFilter('arm64')?.length).toBeGreaterThan(100);
    expect(seccompFilter('riscv64')).toBeNull();
  });
});

describe.skipIf(lacksTools('bwrap', 'prlimit', 'python3')).each([
  ['on a system of its own', 'all'],
  ['where a unit or a container allows less', 'none'],
] as const)('a program in its fence, %s', (_where, besides) => {
  let all: Fence;
  beforeAll(() => {
    all = fence;
    if (besides === 'none') fence = { ...fence, besides: [] };
  });
  afterAll(() => {
    fence = all;
  });

  test('reads its input, and writes where its output goes', async () => {
    const { end, take } = await attack(
      `open('/out/made', 'w').write(open('/in/setup.exe').read()); print('done')`,
    );
    expect(end).toEqual({ kind: 'exit', code: 0, text: 'done\n' });
    expect(await take()).toEqual({
      ok: true,
      files: [{ name: 'made', file: '00000001.file', sizeBytes: 13 }],
    });
    expect(await readFile(join(folder, `taken-${runs}`, '00000001.file'), 'utf8')).toBe('the one input');
  });

  test.each([
    ['the signer’s files', `os.listdir(${JSON.stringify(process.cwd())})`, 'FileNotFoundError 2'],
    ['anybody’s home', `os.listdir('/root')`, 'FileNotFoundError 2'],
    ['the system’s settings', `open('/etc/passwd')`, 'FileNotFoundError 2'],
    ['other processes', `os.listdir('/proc')`, 'FileNotFoundError 2'],
    ['devices', `open('/dev/null')`, 'FileNotFoundError 2'],
    ['its input, to write', `open('/in/setup.exe', 'a')`, 'OSError 30'],
    ['the root, to write', `open('/new', 'w')`, 'OSError 30'],
    ['programs, to write', `open('/usr/new', 'w')`, 'OSError 30'],
  ])('can’t open %s', async (_what, action, answer) => {
    expect(await said(tried(action))).toBe(answer);
  });

  test.each([
    ['a process', 'os.fork()'],
    ['a process by vfork or clone3', `os.posix_spawn('/usr/bin/true', ['true'], {})`],
    ['a socket', 'socket.socket()'],
    ['a link', `os.symlink('/etc/passwd', '/out/link')`],
    ['a second name', `os.link('/in/setup.exe', '/out/link')`],
    ['a pipe with a name', `os.mkfifo('/out/pipe')`],
    ['a device', `os.mknod('/out/device', 0o20666, os.makedev(1, 5))`],
    ['memory as a file', `os.memfd_create('memory')`],
    ['a file without a name', `os.open('/out', os.O_TMPFILE | os.O_RDWR)`],
    ['a file that loses its name', `open('/out/a', 'w'); os.unlink('/out/a')`],
    ['a file that another takes the place of', `open('/out/a', 'w'); os.rename('/out/a', '/out/b')`],
  ])('can’t make %s', async (_what, action) => {
    expect(await said(tried(action))).toBe('PermissionError 1');
  });

  test('has nobody’s name, no environment of ours, and no network', async () => {
    expect(await said(`print(os.getuid(), os.getgid(), sorted(os.environ))`)).toBe(
      "65534 65534 ['LC_ALL', 'PWD']",
    );
  });

  test.each([
    ['unshare', '0x10000000'],
    ['unshare', '0x20000'],
    ['setns', '0, 0'],
  ])('can’t have further namespaces: %s(%s)', async (call, args) => {
    const script = `import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nprint(libc.${call}(${args}), ctypes.get_errno())`;
    expect(await said(script)).toBe('-1 1');
  });

  test.each([
    ['processes', 'os.fork()'],
    ['threads', '_thread.start_new_thread(time.sleep, (1000,))'],
  ])('that starts %s without end has none but its own', async (_what, action) => {
    expect(
      await said(`import _thread, time
started = failed = 0
while failed < 1000:
  try:
    ${action}
    started += 1
  except (OSError, RuntimeError):
    failed += 1
print(started)`),
    ).toBe('0');
  });

  test('that hangs is killed at its time limit', async () => {
    const mark = `hangs-${process.pid}`;
    const { end } = await attack(`import time\n# ${mark}\ntime.sleep(1000)`, { seconds: 1 });
    expect(end).toEqual({ kind: 'time' });
    expect(await alive(mark)).toBe(0);
  });

  test('ends when the request does', async () => {
    const mark = `aborted-${process.pid}`;
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 500);
    const { end } = await attack(`import time\n# ${mark}\ntime.sleep(1000)`, {}, controller.signal);
    expect(end).toEqual({ kind: 'aborted' });
    expect(await alive(mark)).toBe(0);
    expect((await attack('pass', {}, controller.signal)).end).toEqual({ kind: 'aborted' });
  });

  test.each([
    ['talks without end', `while True: print('x' * 1000)`, {}, 'text'],
    ['makes a million files', `for i in range(1000000): open('/out/%d' % i, 'w')`, {}, 'output'],
    ['makes large files', `for i in range(100): open('/out/%d' % i, 'w').write('x' * 900000)`, {}, 'output'],
    [
      'makes folders inside one another without end',
      `import os\nfor i in range(5000): os.mkdir('d'); os.chdir('d')`,
      {},
      'output',
    ],
    [
      'says that a file is huge',
      `open('/out/a', 'w').truncate(900000); open('/out/b', 'w').truncate(900000)`,
      { output: { files: 5, bytes: 1_000_000 } },
      'output',
    ],
  ] as const)('that %s is stopped', async (_what, script, less, kind) => {
    const { end, output } = await attack(script, less);
    expect(end).toEqual({ kind });
    await removeAll(output);
    await expect(lstat(output)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('can’t write a file beyond its limit, nor take more memory than it may', async () => {
    const large = await attack(`open('/out/a', 'w').write('x' * 2000000)`);
    expect(large.end).not.toMatchObject({ code: 0 });
    const hungry = await attack(`x = bytearray(2000000000); print('it worked')`);
    expect(hungry.end).not.toMatchObject({ code: 0 });
    const shared = await attack(`import mmap; mmap.mmap(-1, 1500000000); print('it worked')`);
    expect(shared.end).not.toMatchObject({ code: 0 });
  });

  test('can’t take disk beyond the size of its files', async () => {
    const { end, output } = await attack(`
import ctypes
made = open('/out/a', 'w')
fallocate = ctypes.CDLL(None, use_errno=True).fallocate
fallocate(made.fileno(), 1, ctypes.c_long(0), ctypes.c_long(50000000))
print(ctypes.get_errno())`);
    expect(end).toMatchObject({ code: 0, text: '1\n' });
    expect((await lstat(join(output, 'a'))).blocks).toBe(0);
  });

  test('is held up by nothing but what the fence lacks: the names that it makes are bytes', async () => {
    const { end, take } = await attack(
      `import os\nos.mkdir(b'/out/d'); open(b'/out/d/\\xff\\n..', 'w'); os.chmod('/out/d', 0); open('/out/e', 'w'); os.chmod('/out/e', 0)`,
    );
    expect(end).toMatchObject({ code: 0 });
    expect(await take()).toMatchObject({ ok: true, files: [{ name: 'e' }, { name: 'd/\ufffd\n..' }] });
  });
});

describe.skipIf(lacksRoot())('the fence', () => {
  test.skipIf(lacksTools('bwrap', 'unshare', 'setpriv', 'python3'))(
    'is found where /proc/sys can’t be written and a host’s name not set, as under the signer’s unit',
    async () => {
      const unit = readFileSync(
        new URL('../../../deploy/systemd/countersign-signer.service', import.meta.url),
        'utf8',
      );
      expect(unit).toMatch(/^ProtectHostname=yes$[^]*^ProtectKernelTunables=yes$/m);
      const probe = `import { probeFence } from ${JSON.stringify(new URL('./fence.ts', import.meta.url).href)};
      const found = await probeFence();
      console.log(JSON.stringify(found.ok ? found.fence.besides : found.why));`;
      const calls = [...unit.matchAll(/^SystemCallFilter=(.*)$/gm)].map(([, line = '']) => line);
      const filter = new URL('../../../dev/deploy-check/filter.py', import.meta.url).pathname;
      const under = (script: string) =>
        execFileSync(
          'unshare',
          [
            ...[
              '--mount',
              'sh',
              '-euc',
              script,
              'sh',
              'setpriv',
              '--reuid=65534',
              '--regid=65534',
              '--clear-groups',
            ],
            ...[
              '--no-new-privs',
              '--bounding-set=-all',
              '--inh-caps=-all',
              '/usr/bin/python3',
              filter,
              ...calls,
              '--',
            ],
            ...[process.execPath, '--input-type=module', '--eval', probe],
          ],
          { encoding: 'utf8' },
        );
      const readOnly = 'mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys; exec "$@"';
      expect(JSON.parse(under(readOnly))).toEqual([]);
    },
  );
});

describe('what a program made', () => {
  afterEach(() => rm(join(folder, 'made'), { recursive: true, force: true }));

  test('is measured by what it takes on disk, where that is more than its size says', async () => {
    const made = await mkdtemp(join(folder, 'made-'));
    await writeFile(join(made, 'a'), '');
    execFileSync('fallocate', ['--keep-size', '--length', '2000000', join(made, 'a')]);
    const { size, blocks } = await lstat(join(made, 'a'));
    expect(size).toBe(0);
    if (blocks > 0) expect(await measure(made, { files: 5, bytes: 1_000_000 })).toBeNull();
    expect(await measure(made, { files: 5, bytes: 3_000_000 })).not.toBeNull();
  });

  test('isn’t taken where anything in it is no plain file', async () => {
    const { symlink, link, mkdir } = await import('node:fs/promises');
    for (const [name, make] of [
      ['symbolic', (at: string) => symlink(join(folder, 'input'), at)],
      ['hard', (at: string) => link(join(folder, 'input'), at)],
    ] as const) {
      const made = join(folder, `made-${name}`);
      await mkdir(made);
      await make(join(made, 'link'));
      expect(await takeFiles(made, join(folder, `into-${name}`))).toEqual({
        ok: false,
        why: 'it made something that is no plain file (a link or a device)',
      });
    }
  });
});
