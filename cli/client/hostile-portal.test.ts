/** Portals that mean harm: none leads the command to another host, out of its folder, past its time, or to a file that nobody released. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { portalCommand } from '../portal-command.ts';
import { downloadResumable } from './download.ts';
import { bodyOf, callOnce } from './portal.ts';
import { sha256Of } from './portal.fixture.ts';
import { uploadResumable } from './upload.ts';
import { waitFor } from './wait.ts';

const id = '0190b0f0-0000-7000-8000-000000000001';
const token = 'csn_secret-of-the-caller';
const released = Buffer.alloc(200_000, 7);

let folder = '';
const servers: (http.Server | net.Server)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'hostile-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if (server instanceof http.Server) server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true, force: true });
});

async function listening(server: http.Server | net.Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const serving = (answer: http.RequestListener) => listening(http.createServer(answer));

/** Says one thing to whoever connects, as it is written. */
const saying = (text: string) =>
  listening(
    net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(text));
    }),
  );

interface Ended {
  readonly status: number | string;
  readonly out: string;
}

async function run(...args: readonly string[]): Promise<Ended> {
  let out = '';
  const take = (line: string) => void (out += `${line}\n`);
  const io = { say: take, note: take, screen: { write: take, isTerminal: false } };
  const all = [...args, '--token', token, '--retry-for', '0'];
  try {
    return { status: await portalCommand(all, io), out };
  } catch (error) {
    return { status: (error as { code?: string }).code ?? 'none', out };
  }
}

const view = (changes: object = {}) => ({
  id,
  status: 'completed',
  summary: 'Signed.',
  artifact: { name: 'a.zip' },
  release: { name: 'a.zip', sha256: sha256Of(released), sizeBytes: released.length },
  trace: { passes: [] },
  ...changes,
});

/** Tells of a request, and sends `bytes` as its file. */
const releasing =
  (changes: object, file: http.RequestListener): http.RequestListener =>
  (request, response) => {
    if (request.url?.includes('/artifact') === true) file(request, response);
    else response.end(JSON.stringify(view(changes)));
  };
const sends =
  (bytes: Buffer): http.RequestListener =>
  (_, response) =>
    response.end(bytes);
const download = (url: string, ...more: readonly string[]) =>
  run('download', id, '--output', `${folder}/out/`, '--url', url, ...more);
const left = async () => (await readdir(folder, { recursive: true })).toSorted();

describe('a redirect', () => {
  it.each(['status', 'wait', 'cancel', 'download', 'list', 'submit'] as const)(
    'of %s isn’t followed: the token goes to nobody else',
    async (verb) => {
      const asked: (string | undefined)[] = [];
      const elsewhere = await serving((request, response) => {
        asked.push(request.headers.authorization);
        response.end(JSON.stringify(view()));
      });
      for (const status of [301, 302, 303, 307, 308]) {
        const url = await serving((request, response) => {
          request.resume();
          response.writeHead(status, { location: `${elsewhere}${request.url ?? ''}` }).end();
        });
        const own = {
          status: [id],
          wait: [id],
          list: [],
          cancel: [id, '--reason', 'x'],
          download: [id, '--output', `${folder}/`],
          submit: ['--project', 'a', '--policy', 'b', '--artifact', import.meta.filename],
        }[verb];
        const ended = await run(verb, ...own, '--url', url);
        expect(ended.status).toBe('NOT_A_PORTAL');
        expect(ended.out).not.toContain(token);
      }
      expect(asked).toEqual([]);
    },
  );
});

describe('what is shown', () => {
  const evil = '\u001b]0;x\u0007\u009b31m\u202e\u2028\u200b';
  const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Cf}|\p{Zl}/u;
  const finding = {
    rule: evil,
    outcome: 'fail',
    message: evil,
    expected: evil,
    found: evil,
    fix: evil,
    policy: { file: evil, line: 1, column: 1 },
    path: [evil],
  };
  const whole = view({
    summary: evil,
    artifact: { name: evil },
    release: { name: `${evil}a`, sha256: sha256Of(released), sizeBytes: released.length },
    standing: { state: evil, refused: true, publisher: evil, revocation: { effectiveAt: evil, url: evil } },
    trace: { passes: [{ number: 1, steps: [{ step: 'scan', state: evil, findings: [finding] }] }] },
  });

  it.each([
    ['status', [id]],
    ['status', [id, '--json']],
    ['wait', [id]],
    ['wait', [id, '--json']],
    ['download', [id, '--output', 'FOLDER']],
    ['download', [id, '--output', 'FOLDER', '--json']],
    ['cancel', [id, '--reason', 'x']],
  ] as const)('by %s %j has nothing that a terminal obeys', async (verb, args) => {
    const url = await serving((request, response) => {
      request.resume();
      if (request.url?.includes('/artifact') === true) response.end(released);
      else response.end(JSON.stringify(whole));
    });
    const own = args.map((one) => (one === 'FOLDER' ? `${folder}/` : one));
    const { status, out } = await run(verb, ...own, '--url', url);
    expect(status).toBe(0);
    expect(out).not.toMatch(obeyed);
    if (args.some((one) => one === '--json')) {
      const said = JSON.parse(out.slice(out.indexOf('{'))) as { summary?: string };
      // Not another text: escaped as JSON has it.
      if (said.summary !== undefined) expect(said.summary).toBe(evil);
    }
  });

  it('of a refusal, a list and a header has nothing either', async () => {
    const problem = { title: evil, code: evil, detail: evil, fix: evil, findings: [finding] };
    const url = await serving((_, response) => {
      response.writeHead(409, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify(problem));
    });
    for (const more of [[], ['--json']]) {
      const { status, out } = await run('status', id, '--url', url, ...more);
      expect([status, obeyed.test(out)]).toEqual(['REFUSED', false]);
    }
    const listed = {
      id,
      status: 'completed',
      project: evil,
      policy: evil,
      createdAt: evil,
      artifact: { name: evil },
    };
    const list = await serving((_, response) =>
      response.end(JSON.stringify({ requests: [listed], next: null })),
    );
    for (const more of [[], ['--json']])
      expect((await run('list', '--url', list, ...more)).out).not.toMatch(obeyed);
  });
});

describe('a download', () => {
  it.each([
    '../../../evil',
    '/etc/passwd',
    '..\\..\\evil',
    'a/b/../../evil',
    '.bashrc',
    '--x',
    'NUL',
    '%2e%2e%2fevil',
  ])('of a file that is called %j stays in its folder', async (name) => {
    const release = { name, sha256: sha256Of(released), sizeBytes: released.length };
    const url = await serving(releasing({ release }, sends(released)));
    expect((await download(url)).status).toBe(0);
    const [out, file, ...others] = await left();
    expect([out, path.dirname(file ?? ''), others]).toEqual(['out', 'out', []]);
    expect(path.basename(file ?? '')).toMatch(/^[^.-]/);
  });

  it.each<[string, http.RequestListener]>([
    ['other bytes', sends(Buffer.alloc(released.length, 8))],
    ['more bytes', sends(Buffer.alloc(released.length + 1, 7))],
    [
      'bytes without end',
      (_, response) => {
        const more = (): void => {
          if (!response.destroyed && response.write(Buffer.alloc(1 << 16, 7))) setImmediate(more);
        };
        response.on('drain', more);
        more();
      },
    ],
    [
      'another range than it was asked for',
      (request, response) => {
        response.writeHead(206, { 'content-range': `bytes 5-9/${released.length}` }).end('evil!');
      },
    ],
  ])('of %s leaves nothing', async (_, file) => {
    const url = await serving(releasing({}, file));
    expect(['MISMATCH', 'NOT_A_PORTAL']).toContain((await download(url)).status);
    expect(await left()).toEqual(['out']);
  });

  it.each([
    ['less than its length', `HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\nfew`],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\nfew'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nfew\r\n',
    ],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nfew'],
  ])('of %s is none', async (_, text) => {
    const raw = await saying(text);
    const portal = await serving((request, response) => {
      if (request.url?.includes('/artifact') !== true) return void response.end(JSON.stringify(view()));
      // As the bytes are: no library mends them.
      request.socket.end(text);
    });
    expect((await download(portal)).status).toBe('UNREACHABLE');
    expect((await readdir(`${folder}/out`)).filter((name) => !name.endsWith('.part'))).toEqual([]);
    expect(['UNREACHABLE', 'NOT_A_PORTAL']).toContain((await run('status', id, '--url', raw)).status);
  });

  it('of more than there is room for isn’t begun', async () => {
    const release = { name: 'a.zip', sha256: sha256Of(released), sizeBytes: 8_000_000_000_000_000 };
    let sent = 0;
    const url = await serving(releasing({ release }, (_, response) => void response.end(`${(sent += 1)}`)));
    const ended = await download(url, '--json');
    expect([ended.status, sent]).toEqual(['FILE', 0]);
    expect(ended.out).toContain('there is room for');
    expect(await left()).toEqual(['out']);
  });

  it('by drops is given up, however long it goes on, and however often it is cut', async () => {
    const url = await serving(
      releasing({}, (request, response) => {
        const drip = setInterval(() => response.write('x'), 5);
        request.once('close', () => clearInterval(drip));
      }),
    );
    const portal = { url, token };
    const patience = { seconds: 0 };
    const input = { id, to: { folder }, patience, paceMilliseconds: 100 };
    await expect(downloadResumable(portal, input)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    let cuts = 0;
    const cutting = await serving(
      releasing({}, (request, response) => {
        cuts += 1;
        const [, from = '0'] = /bytes=(\d+)/.exec(request.headers.range ?? '') ?? [];
        response.writeHead(206, {
          'content-range': `bytes ${from}-${released.length - 1}/${released.length}`,
          'content-length': String(released.length - Number(from)),
        });
        response.write('x', () => request.socket.destroy());
      }),
    );
    const waited = { seconds: 60, sleep: () => Promise.resolve() };
    await expect(
      downloadResumable({ url: cutting, token }, { id, to: { folder }, patience: waited }),
    ).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(cuts).toBeLessThan(30);
  });
});

describe('an answer', () => {
  it.each<[string, (socket: net.Socket) => void]>([
    ['by drops of a header', (socket) => socket.write('HTTP/1.1 200 OK\r\nx: ')],
    ['by drops of a body', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n')],
    ['by notices that it comes', (socket) => socket.write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(3))],
  ])('%s is given up', async (what, begin) => {
    const url = await listening(
      net.createServer((socket) => {
        socket.on('error', () => undefined);
        begin(socket);
        const drop = what.includes('notices') ? 'HTTP/1.1 102 Processing\r\n\r\n' : 'x';
        const drip = setInterval(() => socket.write(drop), 20);
        socket.once('close', () => clearInterval(drip));
      }),
    );
    const began = performance.now();
    const call = { method: 'GET', identity: 'if-there', stillMilliseconds: 300 } as const;
    const read = async () => {
      await bodyOf(await callOnce({ url, token }, '/api/v1/requests', call));
    };
    await expect(read()).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('that never comes ends waiting when it was to end', async () => {
    const url = await serving(() => undefined);
    const began = performance.now();
    await expect(waitFor({ url, token }, id, { timeoutSeconds: 1 })).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it.each([
    ['of huge headers', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(200_000)}\r\n\r\n{}`],
    ['of a page', 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>'],
    ['that is no HTTP', 'SSH-2.0-OpenSSH\r\n'],
    ['of JSON that is none', 'HTTP/1.1 200 OK\r\n\r\n{"id":'],
    ['of another form', 'HTTP/1.1 200 OK\r\n\r\n{"id":"$(id)","status":"completed"}'],
  ])('%s is no portal’s', async (_, text) => {
    for (const verb of ['status', 'wait'] as const) {
      const bound = verb === 'wait' ? ['--timeout', '1'] : [];
      const { status, out } = await run(verb, id, ...bound, '--url', await saying(text));
      expect(['NOT_A_PORTAL', 'UNREACHABLE', 'TIMEOUT']).toContain(status);
      expect(out).not.toContain(token);
    }
  });

  it('without end is cut off', async () => {
    const url = await serving((_, response) => {
      const more = (): void => {
        if (!response.destroyed && response.write(' '.repeat(1 << 20))) setImmediate(more);
      };
      response.on('drain', more);
      more();
    });
    expect((await run('status', id, '--url', url)).status).toBe('NOT_A_PORTAL');
  });

  it('of reasons that are never there is asked for a few times', async () => {
    let asked = 0;
    const steps = Array.from({ length: 500 }, (_, at) => ({
      step: `s${at}`,
      state: 'fail',
      counts: { fail: 9 },
      findings: [],
    }));
    const url = await serving((request, response) => {
      const isPage = request.url?.includes('/steps/') === true;
      if (isPage) asked += 1;
      const whole = view({ status: 'denied', trace: { passes: [{ number: 1, steps }] } });
      response.end(JSON.stringify(isPage ? { findings: [], next: 'on' } : whole));
    });
    expect((await run('status', id, '--url', url)).status).toBe(0);
    expect(asked).toBe(3);
  });
});

it('an upload of which a portal takes a byte at a time is given up', async () => {
  let offset = 0;
  const url = await serving((request, response) => {
    request.resume();
    request.once('end', () => {
      if (request.method === 'PATCH') offset += 1;
      response.setHeader('upload-offset', String(offset));
      response.end(JSON.stringify({ id, offset, complete: false }));
    });
  });
  const input = { project: 'a', file: import.meta.filename, patience: { seconds: 0 } };
  await expect(uploadResumable({ url, token }, input)).rejects.toMatchObject({ code: 'NOT_A_PORTAL' });
  expect(offset).toBeLessThan(20);
  // What is sent is the file that was named, as it is.
  expect((await readFile(import.meta.filename)).length).toBeGreaterThan(offset);
});
