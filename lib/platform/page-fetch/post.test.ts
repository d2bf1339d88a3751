import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPoster } from './index.ts';

const patience = { timeoutMilliseconds: 120_000 };
const local = openPoster({ allowLoopback: true, ...patience });
const refused = (code: string) => expect.objectContaining({ name: 'PageFetchError', code }) as unknown;

interface Got {
  readonly request: IncomingMessage;
  readonly body: string;
}

let server: Server;
let base: string;
let got: Got[] = [];

const answers: Readonly<Record<string, RequestListener>> = {
  '/taken': (_request, response) => response.writeHead(204).end(),
  '/gone': (_request, response) => response.writeHead(410).end('never again'),
  '/moved': (_request, response) => response.writeHead(307, { location: '/taken' }).end(),
  '/later': (_request, response) => response.writeHead(429, { 'retry-after': '120' }).end(),
  '/html': (_request, response) =>
    response.setHeader('content-type', 'text/html').end('<script>alert(1)</script>'),
  '/endless': (_request, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  },
  '/headers': (_request, response) => response.setHeader('x-long', 'x'.repeat(40_000)).end(),
  '/hangs-up': (request) => request.socket.destroy(),
  '/never': () => undefined,
  '/drip': (_request, response) => {
    response.write('so far');
    response.on('close', () => undefined);
  },
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ request, body: Buffer.concat(chunks).toString() });
      answers[request.url ?? '']?.(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  got = [];
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const to = (path: string, poster = local) =>
  poster.post({ url: `${base}${path}`, headers: { 'x-own': 'yes' }, body: 'héllo' });

describe('a post to an address that a user entered', () => {
  it('sends body and headers, and answers with any status', async () => {
    await expect(to('/taken')).resolves.toMatchObject({ status: 204, text: '' });
    expect(got[0]?.body).toBe('héllo');
    expect(got[0]?.request.headers).toMatchObject({ 'x-own': 'yes', 'content-length': '6' });
    await expect(to('/gone')).resolves.toMatchObject({ status: 410, text: 'never again' });
    await expect(to('/later')).resolves.toMatchObject({ status: 429, headers: { 'retry-after': '120' } });
    await expect(to('/html')).resolves.toMatchObject({ status: 200, text: '<script>alert(1)</script>' });
  });

  it('follows no redirect', async () => {
    await expect(to('/moved')).resolves.toMatchObject({ status: 307 });
    expect(got.map(({ request }) => request.url)).toEqual(['/moved']);
  });

  it('reads no more than 64 KiB of an answer without end', async () => {
    const { status, text } = await to('/endless');
    expect([status, text.length]).toEqual([200, 64 * 1024]);
  });

  it('ends at the time limit, with the status if that has come', async () => {
    const hurried = openPoster({ allowLoopback: true, timeoutMilliseconds: 600 });
    await expect(to('/never', hurried)).rejects.toEqual(refused('TIMEOUT'));
    await expect(to('/drip', hurried)).resolves.toMatchObject({ status: 200, text: 'so far' });
  });

  it.each(['/headers', '/hangs-up'])('ends %s as not reachable', async (path) => {
    await expect(to(path)).rejects.toEqual(refused('UNREACHABLE'));
  });

  it.each([
    ...['http://a.example/', 'ftp://a.example/', 'file:///etc/passwd', 'https://me:secret@a.example/'],
    ...[
      'https://127.0.0.1/',
      'https://127.1/',
      'https://2130706433/',
      'https://0x7f000001/',
      'https://[::1]/',
    ],
    ...[
      'https://[::ffff:10.0.0.1]/',
      'https://[64:ff9b::a00:1]/',
      'https://93.184.216.34/',
      'https://169.254.169.254/',
      'nothing',
    ],
  ])('never goes to %s', async (url) => {
    const strict = openPoster({ allowLoopback: false, resolve: async () => ['93.184.216.34'], ...patience });
    await expect(strict.check(url)).rejects.toEqual(refused('ADDRESS_REFUSED'));
    await expect(strict.post({ url, headers: {}, body: '' })).rejects.toEqual(refused('ADDRESS_REFUSED'));
  });

  it.each([
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '168.63.129.16'],
    ...['100.64.0.1', '0.0.0.0', '224.0.0.1', '::1', 'fe80::1', 'fc00::1', '::ffff:10.0.0.1'],
    ...['::ffff:8.8.8.8', '64:ff9b::a00:1', '64:ff9b:1::1', '2002:a00:1::'],
  ])('never goes to a name that leads to %s, alone or beside a public address', async (address) => {
    for (const addresses of [[address], ['93.184.216.34', address]]) {
      const strict = openPoster({ allowLoopback: false, resolve: async () => addresses, ...patience });
      await expect(strict.check('https://a.example/')).rejects.toEqual(refused('ADDRESS_REFUSED'));
    }
  });

  it('uses port 443, and others where the configuration names them', async () => {
    const resolve = async () => ['93.184.216.34'];
    const strict = openPoster({ allowLoopback: false, resolve, ...patience });
    await expect(strict.check('https://a.example:8443/')).rejects.toEqual(refused('ADDRESS_REFUSED'));
    await expect(strict.check('https://a.example:443/')).resolves.toBeUndefined();
    const wider = openPoster({ allowLoopback: false, ports: [443, 8443], resolve, ...patience });
    await expect(wider.check('https://a.example:8443/')).resolves.toBeUndefined();
    await expect(wider.check('https://a.example:22/')).rejects.toEqual(refused('ADDRESS_REFUSED'));
  });

  it('resolves a name once and connects to exactly that address, whatever DNS would answer next', async () => {
    let looks = 0;
    const poster = openPoster({
      allowLoopback: true,
      ...patience,
      resolve: async () => {
        looks += 1;
        return looks === 1 ? ['127.0.0.1'] : ['10.0.0.1'];
      },
    });
    const { port } = new URL(base);
    const url = `http://rebinding.example:${port}/taken`;
    await expect(poster.post({ url, headers: {}, body: '' })).resolves.toMatchObject({ status: 204 });
    expect(looks).toBe(1);
    expect(got[0]?.request.headers.host).toBe(`rebinding.example:${port}`);
    await expect(poster.post({ url, headers: {}, body: '' })).rejects.toEqual(refused('ADDRESS_REFUSED'));
  });

  it('doesn’t wait for a name server for ever', async () => {
    const never = openPoster({
      allowLoopback: false,
      timeoutMilliseconds: 50,
      resolve: () => new Promise(() => undefined),
    });
    await expect(never.check('https://a.example/')).rejects.toEqual(refused('TIMEOUT'));
  });
});
