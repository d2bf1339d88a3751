/** Files of jobs from a GitLab that is hostile or half broken: where the token goes, how much is read, and that all of it ends. */
import { createServer as createTcp, type AddressInfo, type Socket } from 'node:net';
import { createServer, type RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { isError } from '#core/error/index.ts';
import { PageFetchError } from '../../page-fetch/index.ts';
import { CodeHostError } from '../index.ts';
import { buildFilesOf } from './build-files.ts';

const place = { owner: 'example/tools', name: 'widget' };
const token = 'glpat-secret';
let closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing) close();
  closing = [];
});

interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
}

async function serve(listener: RequestListener) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', authorization: request.headers.authorization });
    listener(request, response);
  });
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Bytes as they are, whatever HTTP says. */
async function serveRaw(answer: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcp((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('data', () => answer(socket));
  });
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function filesAt(url: string) {
  const unused = () => Promise.reject(new Error('not asked'));
  const gitlab = { apiUrl: `${url}/api/v4`, ask: unused, read: unused, pages: unused, ownToken: () => token };
  return buildFilesOf(gitlab, () => new Date(), { idleMilliseconds: 800 });
}

/** → how it ended: the bytes, or the error's code. Any other error is thrown. */
async function taken(url: string, file = '5/out/a.exe'): Promise<string> {
  try {
    const opened = await filesAt(url).open(place, { id: file, name: 'a.exe' }, null);
    if (opened === null) return 'null';
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of opened.bytes) {
      size += part.length;
      parts.push(part);
      if (size > 4_000_000) {
        opened.close();
        return 'too much';
      }
    }
    return Buffer.concat(parts).toString('latin1');
  } catch (error) {
    if (isError(error, CodeHostError) || isError(error, PageFetchError)) return error.code;
    throw error;
  }
}

const leadingTo =
  (location: string): RequestListener =>
  (request, response) => {
    if (request.url?.startsWith('/api/') === true) response.writeHead(302, { location }).end();
    else response.end('elsewhere');
  };

describe('a GitLab that leads elsewhere', () => {
  it.each([
    ['the metadata of a cloud', 'http://169.254.169.254/latest/meta-data', 'ADDRESS_REFUSED'],
    ['a private address', 'https://10.0.0.1/a', 'ADDRESS_REFUSED'],
    ['a private address of IPv6', 'https://[fd00::1]/a', 'ADDRESS_REFUSED'],
    ['one in other letters', 'https://[::ffff:10.0.0.1]/a', 'ADDRESS_REFUSED'],
    ['a file', 'file:///etc/passwd', 'ADDRESS_REFUSED'],
    ['data', 'data:text/plain,hello', 'ADDRESS_REFUSED'],
    ['a script', 'javascript:alert(1)', 'ADDRESS_REFUSED'],
    ['a name with a password', 'https://user:password@example.org/a', 'ADDRESS_REFUSED'],
    ['no address', 'https://[', 'UNAVAILABLE'],
    ['a page of its own', '/users/sign_in', 'UNAVAILABLE'],
    ['another of its own, by another way', '/api/v4/../../users/sign_in', 'UNAVAILABLE'],
    ['one that begins like its API', '/api/v4.example/a', 'UNAVAILABLE'],
    ['itself with a password', 'http://user:password@127.0.0.1:1/api/v4/a', 'ADDRESS_REFUSED'],
  ])('to %s is followed nowhere', async (_, location, code) => {
    const { url, asked } = await serve(leadingTo(location));
    expect(await taken(url)).toBe(code);
    expect(asked).toHaveLength(1);
  });

  it('to another server gives it no token, and isn’t followed on from there', async () => {
    const third = await serve((_, response) => void response.end('third'));
    const other = await serve((request, response) =>
      request.url === '/on'
        ? void response.writeHead(302, { location: third.url }).end()
        : void response.end('other'),
    );
    const first = await serve(leadingTo(`${other.url}/a`));
    expect(await taken(first.url)).toBe('other');
    expect(await taken((await serve(leadingTo(`${other.url}/on`))).url)).toBe('BAD_STATUS');
    expect(other.asked.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
    expect(third.asked).toEqual([]);
  });

  it('to itself is followed within its API, and not without end', async () => {
    const moved = await serve((request, response) =>
      request.url?.startsWith('/api/v4/projects/7/') === true
        ? void response.end('moved')
        : void response.writeHead(301, { location: '/api/v4/projects/7/a' }).end(),
    );
    expect(await taken(moved.url)).toBe('moved');
    const round = await serve(
      (request, response) => void response.writeHead(302, { location: `${request.url ?? ''}x` }).end(),
    );
    expect(await taken(round.url)).toBe('UNAVAILABLE');
    expect(round.asked).toHaveLength(4);
  });
});

describe('a GitLab that sends', () => {
  it.each<readonly [string, string, string]>([
    ['less than it announces', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', 'UNAVAILABLE'],
    [
      'another length beside the first',
      'HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-length: 9\r\n\r\nhalf',
      'UNAVAILABLE',
    ],
    ['a length that is none', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\nhalf', 'UNAVAILABLE'],
    [
      'packed bytes',
      'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nhalf',
      'UNAVAILABLE',
    ],
    ['a part', 'HTTP/1.1 206 Partial Content\r\ncontent-length: 4\r\n\r\nhalf', 'UNAVAILABLE'],
    ['nothing at all', 'HTTP/1.1 204 No Content\r\n\r\n', 'UNAVAILABLE'],
    [
      'chunks that break off',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n',
      'UNAVAILABLE',
    ],
    [
      'chunks that are none',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhalf\r\n',
      'UNAVAILABLE',
    ],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', 'UNAVAILABLE'],
    ['a refusal that breaks off', 'HTTP/1.1 403 Forbidden\r\ncontent-length: 100\r\n\r\nhalf', 'FORBIDDEN'],
    [
      'a redirect that breaks off',
      'HTTP/1.1 302 Found\r\nlocation: https://10.0.0.1/\r\ncontent-length: 100\r\n\r\nhalf',
      'ADDRESS_REFUSED',
    ],
    ['a redirect to nowhere', 'HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n', 'UNAVAILABLE'],
  ])('%s: no file', async (_, answer, code) => {
    expect(await taken(await serveRaw((socket) => socket.end(answer, 'latin1')))).toBe(code);
    // The other end may as well be gone at once.
    expect(
      await taken(await serveRaw((socket) => socket.write(answer, () => socket.resetAndDestroy()))),
    ).toMatch(new RegExp(`^(?:${code}|UNAVAILABLE)$`));
  });

  it('more than it announces: no more than that is read', async () => {
    const url = await serveRaw((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nhalf of it'),
    );
    expect(await taken(url)).toBe('half');
  });

  it('bytes without end: whoever reads them ends it', async () => {
    const url = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      const more = () => {
        while (!socket.destroyed && socket.write(`10000\r\n${'x'.repeat(0x10000)}\r\n`));
      };
      socket.on('drain', more);
      more();
    });
    expect(await taken(url)).toBe('too much');
  });

  it.each<readonly [string, string]>([
    ['nothing', ''],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(20_000)}`],
    ['a beginning', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'],
    ['a refusal without end', 'HTTP/1.1 500 Oops\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ])('%s, and then is silent: it ends', async (_, answer) => {
    expect(await taken(await serveRaw((socket) => void socket.write(answer)))).toBe('UNAVAILABLE');
  });
});

describe('a path', () => {
  it.each([
    ['../../../../user', null],
    ['out/../../x', null],
    ['./a', null],
    ['a//b', null],
    ['', null],
    ['%2e%2e/%2e%2e/user', '%252e%252e/%252e%252e/user'],
    ['a?b#c', 'a%3Fb%23c'],
    ['a\\b', 'a%5Cb'],
    ['a;b&c=d e', 'a%3Bb%26c%3Dd%20e'],
    ['...', '...'],
    ['.%2e/x', '.%252e/x'],
    ['läuft', 'l%C3%A4uft'],
  ])('%s names a file below the job, or none', async (path, sent) => {
    const { url, asked } = await serve((_, response) => void response.end('file'));
    expect(await taken(url, `5/${path}`)).toBe(sent === null ? 'NOT_FOUND' : 'file');
    expect(asked.map((one) => one.path)).toEqual(
      sent === null ? [] : [`/api/v4/projects/example%2Ftools%2Fwidget/jobs/5/artifacts/${sent}`],
    );
  });

  it('with letters that nobody sees names none', async () => {
    const { url, asked } = await serve((_, response) => void response.end('file'));
    for (const path of ['a\0b', 'a\ud800', 'a\r\nhost: x', 'a\u202eexe.b'])
      expect(await taken(url, `5/${path}`)).toBe('NOT_FOUND');
    for (const job of ['', '0', '-1', '5e3', '../5', '5?x', '1'.repeat(20)])
      expect(await taken(url, `${job}/a`)).toBe('NOT_FOUND');
    expect(asked).toEqual([]);
  });
});
