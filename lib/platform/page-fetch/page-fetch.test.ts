import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPageFetch } from './index.ts';
import { isPublicAddress } from './public-address.ts';

let server: Server;
let base: string;
let asked: string[] = [];
const pages: Readonly<Record<string, RequestListener>> = {
  '/page': (_request, response) => response.setHeader('content-type', 'text/html').end('<p>Hello</p>'),
  '/latin': (_request, response) =>
    response.setHeader('content-type', 'text/html; charset=iso-8859-1').end(Buffer.from([0xe4])),
  '/moved': (_request, response) => response.writeHead(302, { location: '/page' }).end(),
  '/loop': (_request, response) => response.writeHead(302, { location: '/loop' }).end(),
  '/metadata': (_request, response) =>
    response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
  '/endless': (_request, response) => {
    response.setHeader('content-type', 'text/html');
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  },
  '/drip': (_request, response) => {
    response.setHeader('content-type', 'text/html');
    const timer = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(timer));
  },
  '/bomb': (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' })
      .end(gzipSync(Buffer.alloc(8 * 1024 * 1024))),
  '/program': (_request, response) =>
    response.setHeader('content-type', 'application/x-msdownload').end('MZ'),
  '/headers': (_request, response) => response.setHeader('x-long', 'x'.repeat(40_000)).end(),
};

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.headers.host ?? ''}${request.url ?? ''}`);
    const page = pages[request.url ?? ''];
    if (page === undefined) response.writeHead(404).end();
    else page(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const patience = { timeoutMilliseconds: 120_000 };
const local = openPageFetch({ allowLoopback: true, ...patience, bytesMax: 200_000 });
const strict = openPageFetch({ allowLoopback: false, ...patience });
const refused = (code: string) => expect.objectContaining({ name: 'PageFetchError', code }) as unknown;

describe('fetching a page whose address a user entered', () => {
  it('returns its text, its hash, and the address after redirects', async () => {
    await expect(local(`${base}/moved`)).resolves.toMatchObject({
      url: `${base}/page`,
      text: '<p>Hello</p>',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    await expect(local(`${base}/latin`)).resolves.toMatchObject({ text: 'ä' });
  });

  it.each([
    ['/loop', 'TOO_MANY_REDIRECTS'],
    ['/metadata', 'ADDRESS_REFUSED'],
    ['/endless', 'TOO_LARGE'],
    ['/bomb', 'NOT_TEXT'],
    ['/program', 'NOT_TEXT'],
    ['/headers', 'UNREACHABLE'],
    ['/nothing', 'BAD_STATUS'],
  ])('ends %s with %s', async (path, code) => {
    await expect(local(`${base}${path}`)).rejects.toEqual(refused(code));
  });

  it('aborts an endless page at the time limit', async () => {
    const hurried = openPageFetch({ allowLoopback: true, timeoutMilliseconds: 600 });
    await expect(hurried(`${base}/drip`)).rejects.toEqual(refused('TIMEOUT'));
  });

  it.each([
    'http://example.org/',
    'ftp://example.org/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user@127.0.0.1/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://93.184.216.34/',
    'not an address',
  ])('refuses %s', async (url) => {
    asked = [];
    await expect(strict(url)).rejects.toEqual(refused('ADDRESS_REFUSED'));
    expect(asked).toEqual([]);
  });

  it('refuses a name if any of its addresses is internal, and other ports and plain http outside', async () => {
    const to = (...addresses: string[]) =>
      openPageFetch({ allowLoopback: false, resolve: async () => addresses, ...patience });
    await expect(to('127.0.0.1')('https://a.example/')).rejects.toEqual(refused('ADDRESS_REFUSED'));
    await expect(to('93.184.216.34', '10.0.0.1')('https://a.example/')).rejects.toEqual(
      refused('ADDRESS_REFUSED'),
    );
    await expect(to('93.184.216.34')('https://a.example:8443/')).rejects.toEqual(refused('ADDRESS_REFUSED'));
    await expect(to('93.184.216.34')('http://a.example/')).rejects.toEqual(refused('ADDRESS_REFUSED'));
    await expect(to()('https://a.example/')).rejects.toEqual(refused('NOT_RESOLVED'));
  });

  it('resolves the name once and connects to exactly that address, whatever DNS would answer next', async () => {
    let looks = 0;
    const port = new URL(base).port;
    const fetchPage = openPageFetch({
      allowLoopback: true,
      ...patience,
      resolve: async () => {
        looks += 1;
        return looks === 1 ? ['127.0.0.1'] : ['10.0.0.1'];
      },
    });
    asked = [];
    await expect(fetchPage(`http://rebinding.example:${port}/page`)).resolves.toMatchObject({
      text: '<p>Hello</p>',
    });
    expect(looks).toBe(1);
    expect(asked).toEqual([`rebinding.example:${port}/page`]);
  });

  it('doesn’t wait for a name server for ever', async () => {
    const never = openPageFetch({
      allowLoopback: false,
      timeoutMilliseconds: 50,
      resolve: () => new Promise(() => undefined),
    });
    await expect(never('https://a.example/')).rejects.toEqual(refused('TIMEOUT'));
  });
});

describe('a public address', () => {
  it.each(['93.184.216.34', '8.8.8.8', '2606:2800:220:1::1'])('is %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
  it.each([
    ...[
      '0.0.0.0',
      '10.1.2.3',
      '100.64.0.1',
      '127.0.0.1',
      '168.63.129.16',
      '169.254.169.254',
      '172.31.0.1',
      '192.168.1.1',
    ],
    ...[
      '192.0.2.1',
      '198.18.0.1',
      '203.0.113.9',
      '224.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      'fe80::1',
      'fc00::1',
    ],
    ...[
      'fe80::1%lo',
      '::ffff:8.8.8.8',
      '64:ff9b::808:808',
      '2002:7f00:1::',
      '2001:db8::1',
      '2001:0:7f00::',
      'x',
      '',
    ],
  ])('is never %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
