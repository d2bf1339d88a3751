import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProcess } from '../../../scripts/processes/build.ts';
import { processes } from '../../../scripts/processes/list.ts';
import { defaultInspectorLimits } from '../limits.ts';
import { childCommand, inspectorProgram, type ChildProgram } from './command.ts';
import { probeFences, type SandboxFences } from './probe.ts';
import { runChild, startChild } from './child.ts';

const url = (relative: string) => new URL(relative, import.meta.url);
const hostile: ChildProgram = {
  main: fileURLToPath(url('hostile-child.fixture.ts')),
  preload: url('../child/lockdown.ts').href,
  script: null,
  code: [
    fileURLToPath(url('./')),
    fileURLToPath(url('../child/lockdown.ts')),
    fileURLToPath(url('../../../package.json')),
  ],
};
const openDoor: ChildProgram = { ...hostile, preload: url('open-door.fixture.ts').href };
const bare: SandboxFences = { namespaces: null, prlimit: null };

let folder: string;
let input: string;
let work: string;
let fences: SandboxFences;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'countersign-sandbox-')));
  input = join(folder, 'input');
  work = `${await mkdtemp(join(folder, 'work-'))}/`;
  await writeFile(input, 'the one input');
  await writeFile(join(folder, 'neighbour'), 'of another request');
  await symlink('/etc/passwd', join(folder, 'work-link'));
  fences = await probeFences();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(
  attack: string,
  target = '',
  options: {
    program?: ChildProgram;
    fences?: SandboxFences;
    limits?: Partial<typeof defaultInspectorLimits>;
    signal?: AbortSignal;
  } = {},
) {
  const limits = { ...defaultInspectorLimits, timeoutSeconds: 120, ...options.limits };
  const files = { read: [input], write: [work] };
  const command = childCommand(options.program ?? hostile, options.fences ?? fences, limits, files);
  return runChild(command, { attack, target }, limits, options.signal);
}

const refused = (pattern: RegExp) => ({ refused: expect.stringMatching(pattern) as unknown });
const denied = refused(/ERR_ACCESS_DENIED|restricted|permission/i);

describe('code', () => {
  test('a built inspector may read only its own files, and every restriction applies as to its sources', async () => {
    const built = join(folder, 'dist');
    await mkdir(built);
    const names = ['inspector', 'inspector-lockdown'].flatMap((name) => [`${name}.js`, `${name}.js.map`]);
    for (const name of [...names, 'package.json', 'keyholder.js']) await writeFile(join(built, name), '');
    const files = { read: [input], write: [work] };
    const flags = (program: ChildProgram) =>
      childCommand(program, bare, defaultInspectorLimits, files).filter(
        (word) => word.startsWith('--') && !/^--(?:import|allow-fs-read)=/.test(word),
      );
    const program = inspectorProgram(built);
    expect([...program.code].sort()).toEqual(
      [...names, 'package.json'].map((name) => join(built, name)).sort(),
    );
    expect(program.preload).toBeNull();
    expect(program.main).toMatch(/\/dist\/inspector-lockdown\.js$/);
    expect(program.script).toMatch(/\/dist\/inspector\.js$/);
    expect(flags(program)).toEqual(flags(inspectorProgram()));
    expect(inspectorProgram().main).toMatch(/\/signer\/inspector\/child\/main\.ts$/);
  });
});

describe('files', () => {
  test('the child reads its input and writes in its folder', async () => {
    expect(await run('read', input)).toEqual({ result: 13 });
    expect(await run('write', `${work}new`)).toEqual({ result: null });
    expect(await readFile(`${work}new`, 'utf8')).toBe('x');
  });

  test.each([
    ['read', () => '/etc/passwd'],
    ['read', () => '/proc/self/environ'],
    ['read', () => `${work}../neighbour`],
    ['read', () => join(folder, 'work-link')],
    ['read', () => fileURLToPath(url('../../../package-lock.json'))],
    ['list', () => folder],
    ['list', () => '/'],
    ['write', () => input],
    ['write', () => join(folder, 'elsewhere')],
    ['write', () => fileURLToPath(url('../child/main.ts'))],
    ['open-for-append', () => input],
    ['folder', () => join(folder, 'new')],
    ['rename', () => input],
    ['link-and-read', () => `${work}link`],
  ])('the child can not %s elsewhere (%#)', async (attack, target) => {
    expect(await run(attack, target())).toEqual(denied);
    expect(await readFile(input, 'utf8')).toBe('the one input');
  });
});

describe('a built inspector, which is a script', () => {
  let built: ChildProgram;
  beforeAll(async () => {
    const dist = join(folder, 'built');
    await buildProcess('inspector-lockdown', processes['inspector-lockdown'], dist);
    const entry = 'signer/inspector/sandbox/hostile-child.fixture.ts';
    await buildProcess('inspector', { entry, what: 'a hostile one', isScript: true }, dist);
    await writeFile(join(dist, 'package.json'), '{ "type": "module" }');
    built = inspectorProgram(dist);
  });
  const attack = (name: string, target = '') => run(name, target, { program: built });
  const unloaded = refused(/refused in the inspector|dynamic import callback/i);

  test.each(['net', 'node:vm', 'node:module', 'node:fs', 'node:child_process'])(
    'gets no %s by any way',
    async (name) => {
      expect(await attack('import', name)).toEqual(unloaded);
      expect(await attack('builtin', name)).toEqual(unloaded);
      expect(await attack('require', name)).toEqual(unloaded);
    },
  );

  test('gets what it may load by a function that has nothing else to give', async () => {
    expect(await attack('require', 'node:path')).toEqual({ result: 'object' });
    expect(await attack('require-members')).toEqual({ result: ['length', 'name'] });
    expect(await attack('require', join(folder, 'neighbour'))).toEqual(unloaded);
    expect(await attack('member', 'mainModule')).toEqual({ result: 'absent' });
    expect(await attack('member', 'kill')).toEqual(unloaded);
    expect(await attack('global', 'fetch')).toEqual({ result: 'undefined' });
    expect(await attack('evaluate')).toEqual(refused(/Code generation from strings disallowed/));
  });

  test('reads its own code and its input alone', async () => {
    expect(await attack('read', input)).toEqual({ result: 13 });
    expect(await attack('read', join(folder, 'neighbour'))).toEqual(denied);
    expect(await attack('write', built.script ?? '')).toEqual(denied);
  });

  test('takes compiled code that it can’t write to', async () => {
    const file = join(folder, 'compiled');
    await writeFile(file, 'no code at all');
    const files = { read: [input], write: [work] };
    const compiled = { mode: 'take', file } as const;
    const limits = { ...defaultInspectorLimits, timeoutSeconds: 120 };
    const command = childCommand(built, fences, limits, files, compiled);
    // What isn’t compiled code of this script is no reason not to start.
    expect(await runChild(command, { attack: 'read', target: file }, limits)).toEqual({ result: 14 });
    expect(await runChild(command, { attack: 'write', target: file }, limits)).toEqual(denied);
    expect(await readFile(file, 'utf8')).toBe('no code at all');
  });
});

describe('network, processes, secrets', () => {
  test.each(['net', 'node:net', 'tls', 'http', 'node:https', 'http2', 'dgram', 'dns', 'node:dns/promises'])(
    'the child can not import %s',
    async (name) => {
      expect(await run('import', name)).toEqual(refused(/refused in the inspector/));
      expect(await run('builtin', name)).toEqual(refused(/refused in the inspector/));
    },
  );

  test.each([
    'child_process',
    'worker_threads',
    'cluster',
    'inspector',
    'vm',
    'module',
    'fs',
    'process',
    'node:wasi',
    'node:sqlite',
  ])('the child can not import %s', async (name) => {
    expect(await run('import', name)).toEqual(refused(/refused in the inspector/));
  });

  test('the child can not import code from elsewhere or make code from text', async () => {
    expect(await run('import', 'data:text/javascript,export default 1')).toEqual(
      refused(/refused in the inspector/),
    );
    await writeFile(`${work}evil.mjs`, 'import "node:net"');
    expect(await run('import', `${work}evil.mjs`)).toEqual(refused(/refused in the inspector/));
    expect(await run('import', fileURLToPath(url('../../../node_modules/zod/index.js')))).toEqual(denied);
    expect(await run('evaluate')).toEqual(refused(/Code generation from strings disallowed/));
  });

  test.each(['fetch', 'WebSocket', 'EventSource'])('the child has no %s', async (name) => {
    expect(await run('global', name)).toEqual({ result: 'undefined' });
  });

  test.each(['kill', 'binding', '_linkedBinding', 'dlopen'])(
    'the child can not use process.%s',
    async (name) => {
      expect(await run('member', name)).toEqual(refused(/refused in the inspector/));
    },
  );

  test('the child sees no environment', async () => {
    process.env['COUNTERSIGN_TEST_SECRET'] = 'secret';
    const answer = JSON.stringify(await run('environment'));
    delete process.env['COUNTERSIGN_TEST_SECRET'];
    expect(answer).not.toMatch(/secret|PATH|HOME/);
  });

  test('the namespaces alone keep network and other processes away', async ({ skip }) => {
    if (fences.namespaces === null) skip('unshare(1) gives no namespaces on this machine');
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = String(typeof address === 'object' && address !== null ? address.port : 0);
    try {
      // Without any fence this very attack gets through: the test can see a difference.
      expect(await run('connect', port, { program: openDoor, fences: bare })).toEqual({
        result: 'connected',
      });
      expect(await run('connect', port, { program: openDoor })).toEqual({
        result: expect.stringMatching(/^refused/) as unknown,
      });
      expect(await run('parent', '', { program: openDoor })).toEqual({ result: 0 });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('the permission model alone keeps processes, workers and files away', async () => {
    const options = { program: openDoor, fences: bare };
    expect(await run('read', '/etc/passwd', options)).toEqual(denied);
    expect(await run('member', 'binding', options)).toEqual(denied);
  });
});

describe('time, memory, crashes', () => {
  test.each(['spin', 'silence'])('a child that hangs (%s) is killed at its time limit', async (attack) => {
    const marker = `${work}marker-${attack}`;
    const running = run(attack, marker, { limits: { timeoutSeconds: 1 } });
    await expect(running).rejects.toMatchObject({ name: 'InspectorError', code: 'INSPECTOR_TIMEOUT' });
    await expect.poll(leftOver).toEqual([]);
  });

  test('a child is killed when the caller gives up', async () => {
    const abort = new AbortController();
    const running = run('spin', '', { signal: abort.signal });
    setTimeout(() => {
      abort.abort();
    }, 300);
    await expect(running).rejects.toMatchObject({ code: 'INSPECTOR_ABORTED' });
    await expect(run('spin', '', { signal: abort.signal })).rejects.toMatchObject({
      code: 'INSPECTOR_ABORTED',
    });
    await expect.poll(leftOver).toEqual([]);
  });

  test('a child that fills its heap ends with a typed error', async () => {
    const limits = { heapMebibytes: 64 };
    await expect(run('heap', '', { limits })).rejects.toMatchObject({ code: 'INSPECTOR_MEMORY' });
    await expect(run('heap', '', { limits, fences: bare })).rejects.toMatchObject({
      code: 'INSPECTOR_MEMORY',
    });
  });

  test('a child gets no memory outside the heap beyond its limit', async ({ skip }) => {
    if (fences.prlimit === null) skip('prlimit(1) is missing on this machine');
    const attack = run('buffers', '', { limits: { heapMebibytes: 64, memoryMebibytes: 768 } });
    expect(await attack.catch((error: unknown) => error)).toEqual(refused(/allocat/i));
  });

  test.each(['crash', 'abort', 'uncaught'])(
    'a child that ends by %s is a typed error here',
    async (attack) => {
      await expect(run(attack)).rejects.toMatchObject({ name: 'InspectorError', code: 'INSPECTOR_CRASHED' });
    },
  );

  test('an answer that is too large or not JSON is a typed error', async () => {
    await expect(run('flood', '', { limits: { answerBytesMax: 5_000_000 } })).rejects.toMatchObject({
      code: 'INSPECTOR_ANSWER_SIZE',
    });
    for (const attack of ['garbage', 'twice'])
      await expect(run(attack)).rejects.toMatchObject({ code: 'INSPECTOR_PROTOCOL' });
    await expect.poll(leftOver).toEqual([]);
  });

  test('what a child says before it is asked is no answer: it is killed', async () => {
    const limits = { ...defaultInspectorLimits, timeoutSeconds: 120 };
    const child = startChild(childCommand(hostile, fences, limits, { read: [input], write: [work] }), limits);
    expect(await child.ask({ attack: 'answer-and-more' })).toEqual({ result: 'first' });
    await expect.poll(() => child.isOver).toBe(true);
    await expect(child.ask({ attack: 'environment' })).rejects.toMatchObject({ code: 'INSPECTOR_PROTOCOL' });
    await child.end();
  });

  test('a program that can not be started is a typed error', async () => {
    await expect(runChild(['/no/such/program'], {}, defaultInspectorLimits)).rejects.toMatchObject({
      code: 'INSPECTOR_SANDBOX',
    });
  });
});

/** Command lines of processes that still run with this test's folder. */
async function leftOver(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid)) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(work)) found.push(line);
  }
  return found;
}
