/** A bucket whose server lies, breaks off, refuses or never ends: nothing is taken for an object that isn't, and everything ends. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../index.ts';
import { hashOf, putOf, readAll } from '../contract.fixture.ts';
import { openObjectBucket } from './open-bucket.ts';
import type { Pace } from './pace.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const pace: Pace = {
  attemptsMax: 3,
  pauseMilliseconds: 1,
  pauseMillisecondsMax: 2,
  answerMilliseconds: 300,
  bytesPerSecondMin: 1024 * 1024,
};

const bytes = Buffer.alloc(100_000, 'bytes');
const sha256 = hashOf(bytes);
/** More than one part. */
const largeBytes = 6 * 1024 * 1024;
const facts = { 'content-length': String(bytes.length), 'last-modified': new Date(0).toUTCString() };
const errorOf = (code: string): string => `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;

describe('a hostile S3 server', () => {
  let server: Server;
  let handler: Handler;
  let asked: string[];
  let store: ObjectStore;
  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      request.resume();
      response.on('error', () => undefined);
      handler(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const place = {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'here',
      bucket: 'bucket',
      prefix: '',
      addressing: 'path',
    } as const;
    const keys = () =>
      Promise.resolve({ accessKeyId: 'id', secretAccessKey: 'very-secret', sessionToken: null });
    store = openObjectBucket({ place, keys, pace });
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** HEAD is answered as it should be, so that what comes after is reached. */
  const reading = (get: Handler): void => {
    handler = (request, response) => {
      if (request.method === 'HEAD') response.writeHead(200, facts).end();
      else get(request, response);
    };
  };
  const answering = (status: number, body: string, headers: Record<string, string> = {}): void => {
    handler = (_request, response) => {
      response.writeHead(status, headers).end(body);
    };
  };

  it('that gives other bytes of the right length isn’t believed, and the last ones aren’t passed on', async () => {
    reading((_request, response) => {
      response.writeHead(200, facts).end(Buffer.alloc(bytes.length, 'other'));
    });
    const found = await store.open(sha256);
    let passed = 0;
    const read = (async () => {
      for await (const piece of found?.bytes() ?? []) passed += piece.byteLength;
    })();
    await expect(read).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
    expect(passed).toBeLessThan(bytes.length);
  });

  it.each<[string, Handler]>([
    [
      'fewer',
      (_request, response) => response.writeHead(200, { ...facts, 'content-length': '5' }).end('short'),
    ],
    ['no announced length', (_request, response) => response.writeHead(200).end(bytes)],
    [
      'compressed bytes',
      (_request, response) => response.writeHead(200, { ...facts, 'content-encoding': 'gzip' }).end(bytes),
    ],
    [
      'a page of HTML',
      (_request, response) => response.writeHead(200, { 'content-length': '6' }).end('<html>'),
    ],
    [
      'a redirect',
      (_request, response) => response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
    ],
    ['nothing, for ever', () => undefined],
    [
      'bytes without end',
      (_request, response) => {
        response.writeHead(200, { 'transfer-encoding': 'chunked' });
        const more = (): void => {
          while (!response.destroyed && response.write(bytes));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      },
    ],
    [
      'a byte now and then',
      (_request, response) => {
        response.writeHead(200, facts);
        const timer = setInterval(() => response.write('x'), 50);
        response.on('close', () => {
          clearInterval(timer);
        });
      },
    ],
  ])('that answers a read with %s fails it, in time', async (_name, get) => {
    reading(get);
    await expect(readAll(store, sha256)).rejects.toMatchObject({
      code: expect.stringMatching(/^(OBJECT_CHANGED|STORE_UNAVAILABLE)$/) as string,
    });
  });

  it('that cuts the connection is asked for the rest, and the whole is compared', async () => {
    reading((request, response) => {
      const [, from] = /^bytes=(\d+)-/.exec(request.headers.range ?? '') ?? [];
      const at = Number(from ?? 0);
      const rest = bytes.subarray(at);
      const headers = { 'content-length': String(rest.length) };
      const part = { ...headers, 'content-range': `bytes ${at}-${bytes.length - 1}/${bytes.length}` };
      response.writeHead(from === undefined ? 200 : 206, from === undefined ? headers : part);
      if (at > 0) response.end(rest);
      else response.write(rest.subarray(0, 70_000), () => response.socket?.destroySoon());
    });
    expect(await readAll(store, sha256)).toEqual(bytes);
    expect(asked.filter((one) => one.startsWith('GET')).length).toBe(2);
  });

  it('that cuts the connection after each byte is given up', async () => {
    reading((request, response) => {
      const [, from] = /^bytes=(\d+)-/.exec(request.headers.range ?? '') ?? [];
      const at = Number(from ?? 0);
      const part = { 'content-range': `bytes ${at}-${bytes.length - 1}/${bytes.length}` };
      response.writeHead(from === undefined ? 200 : 206, {
        'content-length': String(bytes.length - at),
        ...(from === undefined ? {} : part),
      });
      response.write(bytes.subarray(at, at + 1), () => response.socket?.destroySoon());
    });
    await expect(readAll(store, sha256)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(asked.filter((one) => one.startsWith('GET')).length).toBe(3);
  });

  it.each([
    [403, 'AccessDenied', 'STORE_UNAVAILABLE', 1, /403 \(AccessDenied\).*Allow these keys/],
    [404, 'NoSuchBucket', 'STORE_MISSING', 1, /Create the bucket/],
    [500, 'InternalError', 'STORE_UNAVAILABLE', 3, /500 \(InternalError\).*several times/],
    [503, 'SlowDown', 'STORE_UNAVAILABLE', 3, /503 \(SlowDown\).*several times/],
    [507, 'InsufficientStorage', 'STORE_FULL', 1, /Add space/],
    [501, 'NotImplemented', 'STORE_UNAVAILABLE', 1, /501/],
    [301, 'PermanentRedirect', 'STORE_UNAVAILABLE', 1, /Redirects aren’t followed/],
    [403, 'RequestTimeTooSkewed', 'STORE_UNAVAILABLE', 1, /clock/],
  ])(
    'that refuses a list with %i %s fails it as %s, asked %i time(s)',
    async (status, code, ours, times, message) => {
      answering(status, errorOf(code), { location: 'http://127.0.0.1:9/' });
      const refused = await store
        .list('ab')
        [Symbol.asyncIterator]()
        .next()
        .catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: ours, message: expect.stringMatching(message) as string });
      expect(String(refused)).not.toContain('very-secret');
      expect(asked.length).toBe(times);
    },
  );

  it('that is overloaded for a moment is asked again', async () => {
    let refusals = 2;
    handler = (request, response) => {
      if (refusals > 0) {
        refusals -= 1;
        response.writeHead(503).end(errorOf('SlowDown'));
      } else if (request.method === 'HEAD') response.writeHead(200, facts).end();
      else response.writeHead(200, { etag: '"x"' }).end();
    };
    expect(await store.put(putOf(bytes))).toMatchObject({ sha256 });
  });

  it.each([
    ['HTML', '<!doctype html><html><p>Welcome</html>'],
    ['another document', errorOf('Nothing')],
    ['no end and no way on', '<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>'],
    ['a size that is none', listOf('<Size>-1</Size>', `ab/${'0'.repeat(62)}`)],
    ['names that weren’t asked for', listOf('<Size>1</Size>', `cd/${'0'.repeat(62)}`)],
    ['more than an answer may have', `<ListBucketResult>${' '.repeat(5_000_000)}</ListBucketResult>`],
    ['an entity', '<!DOCTYPE a [<!ENTITY b "c">]><ListBucketResult>&b;</ListBucketResult>'],
  ])('that answers a list with %s fails it', async (_name, body) => {
    answering(200, body);
    await expect(store.list('ab')[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  });

  it('that lists the same names again and again is given up', async () => {
    answering(200, listOf('<Size>1</Size>', `ab/${'0'.repeat(62)}`, true));
    const read = (async () => {
      for await (const one of store.list('ab')) await Promise.resolve(one);
    })();
    await expect(read).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(asked.length).toBe(2);
  });

  it.each<[string, string, number]>([
    ['says so in a 200', errorOf('InternalError'), largeBytes],
    ['answers HTML', '<html></html>', largeBytes],
    ['has another size then', '<CompleteMultipartUploadResult/>', largeBytes - 1],
  ])(
    'that doesn’t join the parts of an upload and %s fails the put, and the upload is aborted',
    async (_name, body, size) => {
      handler = (request, response) => {
        if (request.method === 'HEAD')
          response.writeHead(200, { ...facts, 'content-length': String(size) }).end();
        else if (request.url?.endsWith('uploads=') === true)
          response
            .writeHead(200)
            .end('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>');
        else if (request.method === 'POST') response.writeHead(200).end(body);
        else response.writeHead(200, { etag: '"x"' }).end();
      };
      const put = store.put(putOf(Buffer.alloc(largeBytes), { sizeBytesMax: largeBytes }));
      await expect(put).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(asked.at(-1)).toMatch(/^DELETE .*uploadId=u/);
    },
  );

  it('that answers compressed, although it was asked not to, isn’t read', async () => {
    handler = (_request, response) => {
      const page = gzipSync(listOf('<Size>1</Size>', `ab/${'0'.repeat(62)}`));
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(page);
    };
    await expect(store.list('ab')[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  });

  it('that can’t be reached at all is said to be', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(store.stat(sha256)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(/ECONNREFUSED/) as string,
    });
    // For what ends each test.
    server.listen(0);
  });
});

function listOf(size: string, key: string, isTruncated = false): string {
  const more = isTruncated ? '<NextContinuationToken>t</NextContinuationToken>' : '';
  const entry = `<Contents><Key>${key}</Key>${size}<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>`;
  return `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${more}${entry}</ListBucketResult>`;
}
