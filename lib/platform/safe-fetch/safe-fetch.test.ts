import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSafeFetch } from './index.ts';
import type { SafeFetchErrorCode } from './index.ts';

const html = (response: ServerResponse): ServerResponse => response.setHeader('content-type', 'text/html');
const redirect =
  (location: string): RequestListener =>
  (_request, response) =>
    response.writeHead(302, { location }).end();
const as =
  (type: string, body: Buffer | string): RequestListener =>
  (_request, response) =>
    response.setHeader('content-type', type).end(body);

let endlessBytes = 0;
const routes: Readonly<Record<string, RequestListener>> = {
  '/page': as('text/html', '<p>Hello</p>'),
  '/latin': as('text/html; charset="ISO-8859-1"', Buffer.from([0xe4, 0x93])),
  '/utf8': as('text/plain;charset=utf-8', Buffer.from([0xc3, 0xa4, 0xff])),
  '/exotic': as('application/xhtml+xml; charset=utf-16le', 'abc'),
  '/moved': redirect('/moved-again'),
  '/moved-again': redirect('page#part'),
  '/loop': redirect('/loop'),
  '/metadata': redirect('http://169.254.169.254/latest/meta-data/'),
  '/file': redirect('file:///etc/passwd'),
  '/broken-redirect': redirect('http://['),
  '/credentials': (request, response) =>
    response.writeHead(302, { location: `http://user:secret@${request.headers.host ?? ''}/page` }).end(),
  '/redirect-nowhere': (_request, response) => response.writeHead(302).end(),
  '/endless': (_request, response) => {
    html(response);
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536))) endlessBytes += 65_536;
    };
    response.on('drain', more);
    more();
  },
  '/announced': (_request, response) => html(response).setHeader('content-length', 200_001).flushHeaders(),
  '/just-fits': as('text/html', 'x'.repeat(200_000)),
  '/drip': (_request, response) => {
    html(response);
    const timer = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(timer));
  },
  '/silent': () => undefined,
  '/bomb': (_request, response) =>
    html(response)
      .setHeader('content-encoding', 'gzip')
      .end(gzipSync(Buffer.alloc(8 * 1024 * 1024))),
  '/program': as('application/x-msdownload', 'MZ'),
  '/untyped': (_request, response) => response.end('<p>Hello</p>'),
  '/long-header': (_request, response) => html(response).setHeader('x-long', 'x'.repeat(40_000)).end(),
  '/cut': (_request, response) => {
    html(response).setHeader('content-length', 100).write('x');
    setTimeout(() => response.destroy(), 10);
  },
  '/setcookie': (_request, response) =>
    response
      .writeHead(302, { location: '/page', 'set-cookie': 'a=b', 'referrer-policy': 'unsafe-url' })
      .end(),
};

interface Asked {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

let server: Server;
let port = '';
let base = '';
let asked: Asked[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({ path, headers: request.headers });
    const route = routes[path];
    if (route === undefined) response.writeHead(404).end();
    else route(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = String((server.address() as AddressInfo).port);
  base = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});
beforeEach(() => {
  asked = [];
});

const limits = { timeoutMilliseconds: 800, bytesMax: 200_000, redirectsMax: 3 };
const local = openSafeFetch({ ...limits, allowLoopback: true });
const strict = openSafeFetch({ ...limits, allowLoopback: false });
const resolvedTo = (...addresses: string[]) =>
  openSafeFetch({ ...limits, allowLoopback: false, resolve: async () => addresses });
const refused = (code: SafeFetchErrorCode): unknown =>
  expect.objectContaining({
    name: 'SafeFetchError',
    code,
    fix: expect.stringMatching(/^[A-Z].*[.]$/) as string,
  });

describe('fetching a page that a stranger named', () => {
  it('gives its text, the hash of its bytes, and where the redirects ended', async () => {
    await expect(local(`${base}/moved`)).resolves.toEqual({
      finalUrl: `${base}/page#part`,
      status: 200,
      contentType: 'text/html',
      text: '<p>Hello</p>',
      sha256: createHash('sha256').update('<p>Hello</p>').digest('hex'),
    });
    await expect(local(`${base}/just-fits`)).resolves.toMatchObject({ status: 200 });
  });

  it.each([
    ['/latin', 'ä“'],
    ['/utf8', 'ä\ufffd'],
    ['/exotic', 'abc'],
  ])('reads %s as far as it can be read', async (path, text) => {
    await expect(local(base + path)).resolves.toMatchObject({ text });
  });

  it('tells nothing of who asks, nor of where it was before', async () => {
    await local(`${base}/setcookie`);
    expect(asked.map((one) => Object.keys(one.headers).sort())).toEqual(
      Array(2).fill(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']),
    );
    expect(asked[1]?.headers).toMatchObject({ 'user-agent': 'countersign', 'accept-encoding': 'identity' });
  });

  it.each<[string, SafeFetchErrorCode]>([
    ['/loop', 'TOO_MANY_REDIRECTS'],
    ['/metadata', 'ADDRESS_REFUSED'],
    ['/file', 'ADDRESS_REFUSED'],
    ['/broken-redirect', 'ADDRESS_REFUSED'],
    ['/credentials', 'ADDRESS_REFUSED'],
    ['/redirect-nowhere', 'BAD_STATUS'],
    ['/nothing', 'BAD_STATUS'],
    ['/endless', 'TOO_LARGE'],
    ['/announced', 'TOO_LARGE'],
    ['/drip', 'TIMEOUT'],
    ['/silent', 'TIMEOUT'],
    ['/bomb', 'NOT_TEXT'],
    ['/program', 'NOT_TEXT'],
    ['/untyped', 'NOT_TEXT'],
    ['/long-header', 'UNREACHABLE'],
    ['/cut', 'UNREACHABLE'],
  ])('ends %s with %s', async (path, code) => {
    await expect(local(base + path)).rejects.toEqual(refused(code));
  });

  it('asks no more often than redirects are allowed, and hangs up on a body without an end', async () => {
    await expect(local(`${base}/loop`)).rejects.toEqual(refused('TOO_MANY_REDIRECTS'));
    expect(asked).toHaveLength(4);
    endlessBytes = 0;
    await expect(local(`${base}/endless`)).rejects.toEqual(refused('TOO_LARGE'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const sent = endlessBytes;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(endlessBytes).toBe(sent);
  });
});

describe('an address that is refused', () => {
  it.each([
    ...['http', 'https'].flatMap((scheme) =>
      ['127.0.0.1', '0x7f000001', '2130706433', '127.1', '0177.0.0.1', '[::1]', '[::ffff:127.0.0.1]'].map(
        (host) => `${scheme}://${host}/`,
      ),
    ),
    ...['https://0/', 'https://①②⑦.0.0.1/', 'https://[64:ff9b::7f00:1]/', 'https://[fe80::1]/'],
    ...['https://93.184.216.34/', 'https://[2606:2800:220:1::1]/', 'https://169.254.169.254/'],
    ...['https://user@public.example/', 'https://:secret@public.example/', 'http://public.example/'],
    ...['ftp://public.example/', 'file:///etc/passwd', 'javascript:alert(1)', 'data:text/html,x', 'x', ''],
    `https://public.example/${'x'.repeat(2_048)}`,
    `https://${'a.'.repeat(150)}example/`,
  ])('is %s', async (url) => {
    let looks = 0;
    const fetchPage = openSafeFetch({
      ...limits,
      allowLoopback: false,
      resolve: async () => {
        looks += 1;
        return ['127.0.0.1'];
      },
    });
    await expect(fetchPage(url)).rejects.toEqual(refused('ADDRESS_REFUSED'));
    expect(asked).toEqual([]);
    // Only where the scheme is the one thing wrong may a name server have been asked.
    expect(looks).toBe(0);
  });

  it('is one with an address inside, be it the last of many', async () => {
    await expect(resolvedTo('127.0.0.1')('https://a.example/')).rejects.toEqual(refused('ADDRESS_REFUSED'));
    const many = [...Array<string>(9).fill('93.184.216.34'), '10.0.0.1'];
    await expect(resolvedTo(...many)('https://a.example/')).rejects.toEqual(refused('ADDRESS_REFUSED'));
    await expect(resolvedTo('nonsense')('https://a.example/')).rejects.toEqual(refused('ADDRESS_REFUSED'));
  });

  it('is one with a port of its own', async () => {
    const fetchPage = resolvedTo('93.184.216.34');
    await expect(fetchPage('https://a.example:8443/')).rejects.toEqual(refused('ADDRESS_REFUSED'));
    await expect(fetchPage('https://a.example:80/')).rejects.toEqual(refused('ADDRESS_REFUSED'));
  });

  it('is any but loopback by http, number or port where loopback is allowed', async () => {
    const fetchPage = openSafeFetch({
      ...limits,
      allowLoopback: true,
      resolve: async () => ['93.184.216.34'],
    });
    for (const url of [
      'http://a.example/',
      'https://a.example:8443/',
      'http://10.0.0.1/',
      'https://8.8.8.8/',
    ]) {
      await expect(fetchPage(url)).rejects.toEqual(refused('ADDRESS_REFUSED'));
    }
    const mixed = openSafeFetch({
      ...limits,
      allowLoopback: true,
      resolve: async () => ['127.0.0.1', '10.0.0.1'],
    });
    await expect(mixed(`http://a.example:${port}/page`)).rejects.toEqual(refused('ADDRESS_REFUSED'));
    expect(asked).toEqual([]);
  });

  it('is said in full, unless somebody made it endless', async () => {
    await expect(strict('http://a.example/')).rejects.toThrow(
      'http://a.example/ isn’t fetched: only https is fetched.',
    );
    await expect(strict('x'.repeat(100_000))).rejects.toThrow(/^x{200}… isn’t fetched/);
  });
});

describe('what DNS says', () => {
  /** The answers one after the other, the last again and again. */
  const answering = (...answers: (readonly string[])[]) => {
    const hosts: string[] = [];
    const fetchPage = openSafeFetch({
      ...limits,
      allowLoopback: true,
      resolve: async (host) => {
        hosts.push(host);
        return answers[Math.min(hosts.length, answers.length) - 1] ?? [];
      },
    });
    return { fetchPage, hosts };
  };

  it('is asked once, and the connection goes there, whatever it would say next', async () => {
    const { fetchPage, hosts } = answering(['127.0.0.1'], ['10.0.0.1']);
    await expect(fetchPage(`http://rebinding.example:${port}/page`)).resolves.toMatchObject({ status: 200 });
    expect(hosts).toEqual(['rebinding.example']);
    expect(asked.map((one) => one.headers['host'])).toEqual([`rebinding.example:${port}`]);
  });

  it('is asked and looked at again for each redirect', async () => {
    const { fetchPage, hosts } = answering(['127.0.0.1'], ['10.0.0.1']);
    await expect(fetchPage(`http://rebinding.example:${port}/moved`)).rejects.toEqual(
      refused('ADDRESS_REFUSED'),
    );
    expect(hosts).toHaveLength(2);
    expect(asked.map((one) => one.path)).toEqual(['/moved']);
  });

  it('never changes the name that TLS asks for', async () => {
    const greeted = new Promise<Buffer>((resolve) => {
      const listener = createSocketServer((socket) => {
        socket
          .on('error', () => undefined)
          .once('data', (bytes) => {
            resolve(bytes);
            socket.destroy();
            listener.close();
          });
      });
      listener.listen(0, '127.0.0.1', () => {
        const address = `https://pinned.example:${(listener.address() as AddressInfo).port}/`;
        void expect(answering(['127.0.0.1']).fetchPage(address)).rejects.toEqual(refused('UNREACHABLE'));
      });
    });
    expect((await greeted).includes('pinned.example')).toBe(true);
  });

  it('may be nothing, an error, or never come', async () => {
    await expect(resolvedTo()('https://a.example/')).rejects.toEqual(refused('NOT_RESOLVED'));
    const failing = openSafeFetch({
      allowLoopback: false,
      resolve: () => Promise.reject(new Error('SERVFAIL')),
    });
    await expect(failing('https://a.example/')).rejects.toEqual(refused('NOT_RESOLVED'));
    const never = openSafeFetch({
      allowLoopback: false,
      timeoutMilliseconds: 50,
      resolve: () => new Promise(() => undefined),
    });
    await expect(never('https://a.example/')).rejects.toEqual(refused('TIMEOUT'));
  });
});
