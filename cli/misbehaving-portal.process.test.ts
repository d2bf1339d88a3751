/**
 * The command as a process against servers that refuse, break off, or aren't a portal at all: one plain message, a
 * documented exit status, never a stack trace.
 */
import { spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakePortal } from './client/portal.fixture.ts';
import { describeFailure } from './describe-failure.ts';
import { portalCommand } from './portal-command.ts';

const program = path.join(import.meta.dirname, 'main.ts');
const id = '0190b0f0-0000-7000-8000-000000000001';

let folder = '';
const servers: net.Server[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'command-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if (server instanceof http.Server) server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true, force: true });
});

async function listening(server: net.Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serving = (answer: http.RequestListener): Promise<string> => listening(http.createServer(answer));

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

interface Running {
  readonly child: ReturnType<typeof spawn>;
  readonly ended: Promise<Ended>;
}

function start(args: readonly string[], stdout?: number): Running {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'test' },
    stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status) => resolve({ status, out, err }));
  });
  return { child, ended };
}

/** In a process of its own: for what happens outside the command's own waiting. */
async function runAlone(args: readonly string[]): Promise<Ended> {
  const ended = await start(args).ended;
  expect(ended.err).not.toMatch(/^\s+at |node:internal|Node\.js v/m);
  return ended;
}

/** The same in this process, as main.ts does it: a hundred milliseconds less each. */
async function run(args: readonly string[]): Promise<Ended> {
  let out = '';
  let err = '';
  const io = {
    say: (line: string) => void (out += `${line}\n`),
    note: (line: string) => void (err += `${line}\n`),
    screen: { write: (text: string) => void (err += text), isTerminal: false },
  };
  try {
    return { status: await portalCommand([...args, '--retry-for', '0'], io), out, err };
  } catch (error) {
    const { text, status } = describeFailure(error);
    return { status, out, err: `${err}countersign: ${text}\n` };
  }
}

const problem = (
  response: http.ServerResponse,
  status: number,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
  response.end(
    JSON.stringify({ title: 'No', code: 'SOME_CODE', detail: 'What was found.', fix: 'Do this.' }),
  );
};

async function artifact(sizeBytes: number): Promise<string> {
  const file = path.join(folder, 'program.exe');
  await writeFile(file, Buffer.alloc(sizeBytes, 7));
  return file;
}

/** Begins each upload; what is sent of it is answered by `then`, and nothing else is said. */
const taking =
  (then: http.RequestListener): http.RequestListener =>
  (request, response) => {
    if (request.method !== 'POST' || request.url !== '/api/v1/uploads') {
      then(request, response);
      return;
    }
    request.resume();
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ id, offset: 0, complete: false }));
  };

const submission = (url: string, file = 'program.exe'): readonly string[] => [
  'submit',
  '--project',
  'a',
  '--policy',
  'b',
  '--artifact',
  path.join(folder, file),
  '--url',
  url,
];

describe('submit', () => {
  it.each([
    [401, 5],
    [403, 1],
    [409, 1],
    [413, 1],
    [422, 1],
    [429, 4],
    [500, 4],
    [503, 4],
    [507, 4],
  ])(
    'shows the message of a portal that answers %i before the upload is complete, and exits with %i',
    async (status, exit) => {
      await artifact(8 * 1024 * 1024);
      const url = await serving(taking((_, response) => problem(response, status, { 'retry-after': '7' })));
      const { status: ended, err, out } = await run([...submission(url), '--token', 'csn_x']);
      const source = status === 401 ? ' What was sent came from --token or COUNTERSIGN_TOKEN.' : '';
      expect(err).toBe(
        `countersign: ${status} SOME_CODE: What was found. Do this.${source} Try again in 7 s.\n`,
      );
      expect([ended, out]).toEqual([exit, '']);
    },
  );

  it('reads a refusal even if the portal closes the connection at once', async () => {
    await artifact(64 * 1024);
    const url = await serving(
      taking((request, response) => {
        request.once('data', () => problem(response, 401, { connection: 'close' }));
      }),
    );
    const { status, err } = await runAlone(submission(url));
    expect(err).toContain('401 SOME_CODE');
    expect(err).toContain('No token was sent: set COUNTERSIGN_TOKEN');
    expect(status).toBe(5);
  });

  it('reports a broken connection if the portal disconnects in the middle', async () => {
    await artifact(8 * 1024 * 1024);
    const url = await serving(taking((request) => void request.once('data', () => request.socket.destroy())));
    const { status, err } = await runAlone([...submission(url), '--retry-for', '0']);
    expect(err).toMatch(
      /^countersign: http:\/\/127\.0\.0\.1:\d+ broke the connection off \(\w+\)\. Try again later\.\n$/,
    );
    expect(status).toBe(4);
  });

  it('refuses a token with a line break in it, before anything is sent', async () => {
    await artifact(10);
    let asked = 0;
    const url = await serving((_, response) => {
      asked += 1;
      problem(response, 401);
    });
    const { status, err } = await run([...submission(url), '--token', 'csn_a\r\nx: y']);
    expect(err).toContain('The API token holds characters that no token has');
    expect([status, asked]).toEqual([2, 0]);
  });

  it('names a file that is missing, a folder, and a malformed bundle', async () => {
    const url = await serving((_, response) => problem(response, 500));
    expect(await run(submission(url))).toMatchObject({ status: 2 });
    expect((await run(submission(url, '.'))).err).toContain('can’t be read: it is not a plain file');
    const file = await artifact(10);
    expect((await run([...submission(url), '--bundle', file])).err).toContain('is no Sigstore bundle');
  });

  it('keeps waiting while the portal is out of order, and finally says that the request continues', async () => {
    await artifact(10);
    let looks = 0;
    const url = await serving((request, response) => {
      request.resume();
      if (request.method !== 'GET') {
        response.writeHead(201, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ id, url: '', offset: 0, complete: true }));
      } else {
        looks += 1;
        if (looks === 1) problem(response, 503);
        else response.end(JSON.stringify(view({ status: looks < 4 ? 'waiting-for-approval' : 'completed' })));
      }
    });
    const ended = await run([...submission(url), '--wait']);
    expect(ended.err).toMatch(/503 SOME_CODE[^]*waiting-for-approval/);
    expect(ended.out).toContain(`${id}  completed`);
    expect(ended.status).toBe(0);
  });
});

const view = (changes: Record<string, unknown>): Record<string, unknown> => ({
  id,
  status: 'denied',
  summary: 'Refused.',
  artifact: { name: 'release.zip' },
  trace: { passes: [] },
  ...changes,
});

describe('status', () => {
  it('names the file inside the artifact, the policy line and the fix of each reason', async () => {
    const finding = {
      rule: 'scan.infected',
      outcome: 'fail',
      message: 'Malware.',
      expected: 'clean',
      found: 'Eicar',
      fix: 'Leave it out.',
      policy: { file: 'projects/a/artifacts/b.yaml', line: 7, column: 3 },
      path: ['inner.zip', 'bin/tool.exe'],
    };
    const step = { step: 'scan', state: 'fail', findings: [finding] };
    const url = await serving((_, response) => {
      response.end(JSON.stringify(view({ trace: { passes: [{ number: 1, steps: [step] }] } })));
    });
    const { status, out } = await run(['status', id, '--url', url]);
    expect(out.split('\n')).toEqual([
      `${id}  denied`,
      'Refused.',
      '- Malware. [scan.infected]',
      '    file      release.zip › inner.zip › bin/tool.exe',
      '    expected  clean',
      '    found     Eicar',
      '    policy    projects/a/artifacts/b.yaml:7:3',
      '    fix       Leave it out.',
      `${url}/requests/${id}`,
      '',
    ]);
    expect(status).toBe(0);
  });

  it('says whose certificate it is if it is the project’s own, and who revokes it', async () => {
    const standing = {
      state: 'revoked',
      refused: true,
      revocation: { effectiveAt: '2026-11-20T00:00:00.000Z', url: 'https://a.example/revocations/5a' },
    };
    const outOf = async (publisher: string) => {
      const answer = JSON.stringify(view({ status: 'completed', standing: { ...standing, publisher } }));
      const url = await serving((_, response) => response.end(answer));
      return (await run(['status', id, '--url', url])).out;
    };
    const own = await outOf('project');
    expect(own).toContain('the project’s own certificate; the authority that issued it revokes it');
    expect(own).toContain('certificate no longer signed with as of 2026-11-20');
    expect(await outOf('foundation')).toContain('certificate revoked as of 2026-11-20');
    expect(await outOf('foundation')).not.toContain('own');
  });

  it('escapes control sequences instead of sending them to the terminal', async () => {
    const summary = 'a\u001b]0;title\u0007\u202eb\u009bc';
    const url = await serving((_, response) => response.end(JSON.stringify(view({ summary }))));
    const { out } = await run(['status', id, '--url', url]);
    expect(out).toContain('a\\u{1b}]0;title\\u{7}\\u{202e}b\\u{9b}c');
  });

  it('reports a page, another answer and a redirect as not from a portal', async () => {
    const page = await serving((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>Sign in</html>');
    });
    expect(await run(['status', id, '--url', page])).toMatchObject({
      status: 1,
      err: expect.stringMatching(
        /answered something else than a Countersign portal does \(text\/html\)/,
      ) as string,
    });
    const other = await serving((_, response) => response.end('{"id":1}'));
    expect((await run(['status', id, '--url', other])).err).toMatch(/something else .*\(id: /);
    let carried = 0;
    const elsewhere = await serving((request, response) => {
      if (request.headers.authorization !== undefined) carried += 1;
      response.end();
    });
    const sender = await serving((_, response) => {
      response.writeHead(307, { location: elsewhere });
      response.end();
    });
    const moved = await run(['status', id, '--url', sender, '--token', 'csn_x']);
    expect(moved.err).toContain(`sends elsewhere, to ${elsewhere}/`.replace(/\/$/, ''));
    expect(carried).toBe(0);
    const proxy = await serving((_, response) => {
      response.writeHead(502, { 'content-type': 'text/html' });
      response.end('<h1>Bad Gateway</h1>');
    });
    expect(await run(['status', id, '--url', proxy])).toMatchObject({
      status: 4,
      err: expect.stringMatching(/^countersign: 502 Bad Gateway: .*no reason \(text\/html\)/) as string,
    });
  });

  it('distinguishes no server, no name, no TLS and no HTTP', async () => {
    const closed = await listening(net.createServer());
    servers.pop()?.close();
    const talker = await listening(net.createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')));
    for (const [url, said] of [
      [closed, /nothing listens there/],
      ['https://nobody.invalid', /the name isn’t known/],
      [talker, /isn’t HTTP/],
      [talker.replace('http:', 'https:'), /speaks no TLS there/],
    ] as const) {
      const { status, err } = await run(['status', id, '--url', url]);
      expect(err).toMatch(said);
      expect(err.trim().split('\n')).toHaveLength(1);
      expect(status).toBe(4);
    }
  });
});

describe('a closed output', () => {
  it('ends the command quietly, as a closed pipe does', async () => {
    const summary = 'x'.repeat(500_000);
    const url = await serving((_, response) => response.end(JSON.stringify(view({ summary }))));
    for (const args of [['help'], ['status', id, '--url', url]]) {
      const { child, ended } = start(args);
      child.stdout?.destroy();
      expect(await ended).toMatchObject({ status: 141, err: '' });
    }
  });

  it('is distinguished from a full disk', async () => {
    const full = openSync('/dev/full', 'w');
    try {
      const { status, err } = await start(['help'], full).ended;
      expect(err).toMatch(/^countersign: standard output can’t be written: ENOSPC/);
      expect(status).toBe(1);
    } finally {
      closeSync(full);
    }
  });
});

describe('download', () => {
  let portal: FakePortal;
  beforeEach(async () => {
    portal = await FakePortal.start();
    portal.name = 'signed.tgz';
    portal.release(id, Buffer.alloc(3_000_000, 7));
  });
  afterEach(() => portal.stop());

  it('leaves an old file as it is where the connection breaks, and says how to go on', async () => {
    const file = path.join(folder, 'signed.tgz');
    await writeFile(file, 'old');
    portal.downloadCuts = [2_000_000];
    const { status, err } = await run(['download', id, '--output', file, '--url', portal.url]);
    expect(err).toMatch(/broke the connection off[^]* of 3000000 bytes /);
    expect(status).toBe(4);
    expect(await readFile(file, 'utf8')).toBe('old');
  });

  it('keeps what came when it is interrupted, says how to go on, and does', async () => {
    portal.before = ({ url }, response) => {
      if (url?.endsWith('/artifact') !== true) return false;
      response.writeHead(200, { 'content-length': '3000000' });
      response.write(Buffer.alloc(1_000_000, 7));
      return true;
    };
    const { child, ended } = start(['download', id, '--output', 'signed.tgz', '--url', portal.url]);
    await expect
      .poll(async () => (await stat(path.join(folder, (await readdir(folder))[0] ?? ''))).size)
      .toBe(1_000_000);
    child.kill('SIGINT');
    const { status, err } = await ended;
    expect(err).toMatch(
      /^1000000 bytes are in \S+\.part; it goes on there with: countersign download \S+ --output signed\.tgz\n$/,
    );
    expect(status).toBe(130);
    portal.before = () => false;
    expect(await start(['download', id, '--output', 'signed.tgz', '--url', portal.url]).ended).toMatchObject({
      status: 0,
    });
    expect(portal.headers.at(-1)?.range).toBe('bytes=1000000-');
    expect(await readdir(folder)).toEqual(['signed.tgz']);
  });

  it('takes a file, a folder or a device, and reports what can’t be written', async () => {
    const to = (output: string) => run(['download', id, '--output', output, '--url', portal.url]);
    expect((await to(path.join(folder, 'mine.tgz'))).status).toBe(0);
    expect((await to(folder)).out).toBe(`written to ${path.join(folder, 'signed.tgz')}\n`);
    expect((await to(`${path.join(folder, 'new')}/`)).out).toContain(path.join(folder, 'new', 'signed.tgz'));
    expect((await to(path.join(folder, 'none/signed.tgz'))).err).toMatch(
      /^countersign: \S+none\/signed\.tgz can’t be written: ENOENT/,
    );
    expect(await to('/dev/full')).toMatchObject({ status: 1 });
    expect(await to('/dev/null')).toMatchObject({ status: 0 });
  });
});

describe('Ctrl-C', () => {
  it('while waiting says that the request continues', async () => {
    await artifact(10);
    const url = await serving((request, response) => {
      request.resume();
      const isLook = request.method === 'GET';
      response.end(
        JSON.stringify(isLook ? view({ status: 'scanning' }) : { id, url: '', offset: 0, complete: true }),
      );
    });
    const { child, ended } = start([...submission(url), '--wait']);
    let err = '';
    child.stderr?.on('data', (chunk: string) => (err += chunk));
    await expect.poll(() => err).toContain('scanning');
    child.kill('SIGINT');
    const { status, err: said } = await ended;
    expect(said).toContain(`It goes on; ask again with: countersign wait ${id}`);
    expect(status).toBe(130);
  });

  it('while a file is sent says that the portal keeps what arrived', async () => {
    await artifact(50_000_000);
    let arrived = 0;
    const url = await serving(
      taking((request) => {
        request.on('data', (chunk: Buffer) => {
          arrived += chunk.length;
          if (arrived > 1_000_000) request.pause();
        });
      }),
    );
    const { child, ended } = start(submission(url));
    await expect.poll(() => arrived).toBeGreaterThan(1_000_000);
    child.kill('SIGINT');
    const { status, err } = await ended;
    expect(err).toBe('What arrived stays with the portal for a day: the same command goes on there.\n');
    expect(status).toBe(130);
  });
});
