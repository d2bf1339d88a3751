import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildTimestampRequest, parseTimestampResponse } from '#core/pki/tsp/index.ts';
import { requestTimestamp, TimestampError } from '../../daemon/timestamping/index.ts';
import { startTestAuthority } from './authority.fixture.ts';
import { startTimeServer, type TestTimeServer } from './time-server.fixture.ts';
import { patience } from '../../../dev/test/patience.ts';

const run = promisify(execFile);
const policyOid = '1.3.6.1.4.1.32473.1.2';
let timeServers: TestTimeServer[] = [];
let authority: Awaited<ReturnType<typeof startTestAuthority>>;
let folder: string;

beforeAll(async () => {
  timeServers = await Promise.all([startTimeServer(), startTimeServer()]);
  authority = await startTestAuthority({
    servers: timeServers.map(({ host, port }) => `${host}:${port}`),
    // A comparison is good for three intervals, and an answer for twice the tolerance, however busy the machine is.
    intervalSeconds: 2,
    toleranceMilliseconds: 10_000,
  });
  folder = authority.folder;
});

afterAll(async () => {
  await authority.close();
  await Promise.all(timeServers.map((timeServer) => timeServer.close()));
});

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
const obtain = (
  text: string,
  urls = [authority.url],
  trustedRoots = [authority.certificate('foundation-root')],
) => requestTimestamp({ urls, digest: digestOf(text), trustedRoots, timeoutMs: 120_000 });

function post(body: Uint8Array, type = 'application/timestamp-query'): Promise<Response> {
  return fetch(authority.url, {
    method: 'POST',
    headers: { 'content-type': type },
    body: Uint8Array.from(body),
  });
}

async function refusal(body: Uint8Array): Promise<string> {
  const response = await post(body);
  expect(response.status).toBe(200);
  try {
    parseTimestampResponse(new Uint8Array(await response.arrayBuffer()));
    return 'granted';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

describe('the timestamp authority', () => {
  it('issues tokens that openssl verifies', async () => {
    writeFileSync(join(folder, 'data'), 'signed');
    const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
    await openssl('ts', '-query', '-data', 'data', '-sha384', '-cert', '-out', 'request.tsq');
    const answer = await post(readFileSync(join(folder, 'request.tsq')));
    writeFileSync(join(folder, 'answer.tsr'), new Uint8Array(await answer.arrayBuffer()));
    const root = ['-CAfile', join('keys', 'foundation-root.pem')];
    const verdict = await openssl('ts', '-verify', '-in', 'answer.tsr', '-queryfile', 'request.tsq', ...root);
    expect(verdict.stdout).toContain('Verification: OK');
  });

  it('gives every token its own serial number under load', async () => {
    const tokens = await Promise.all(Array.from({ length: 40 }, (_, index) => obtain(`file ${index}`)));
    expect(new Set(tokens.map((token) => token.serial)).size).toBe(40);
    expect(tokens.every((token) => token.policyOid === policyOid && token.accuracySeconds === 1)).toBe(true);
  });

  it('refuses with RFC 3161’s failure codes', async () => {
    const imprint = { hash: 'sha256', digest: digestOf('x') } as const;
    const query = { imprint, policyOid: null, nonce: 1n, certReq: true };
    expect(await refusal(buildTimestampRequest({ ...query, policyOid }))).toBe('granted');
    expect(await refusal(buildTimestampRequest({ ...query, policyOid: '1.2.3' }))).toContain(
      'unacceptedPolicy',
    );
    expect(await refusal(randomBytes(50))).toContain('badDataFormat');
    const sha1 = Buffer.concat([
      Buffer.from('30260201013021300906052b0e03021a05000414', 'hex'),
      Buffer.alloc(20),
    ]);
    expect(await refusal(sha1)).toContain('badAlg');
  });

  it.each([
    ['another content type', () => post(digestOf('x'), 'text/plain'), 415],
    ['a query over 4 KiB', () => post(Buffer.alloc(5000)), 413],
    ['another method', () => fetch(authority.url), 405],
    ['another path', () => fetch(`${authority.url}elsewhere`), 404],
  ])('refuses %s', async (_, ask, status) => {
    expect((await ask()).status).toBe(status);
  });

  it('issues no timestamps while its clock is wrong, reports it, and continues once it is right', async () => {
    const health = async () => (await fetch(`${authority.url}healthz`)).text();
    for (const timeServer of timeServers) timeServer.ahead = 60_000;
    try {
      await vi.waitFor(async () => expect(await health()).toContain('behind the time servers'), patience);
      expect((await fetch(`${authority.url}healthz`)).status).toBe(503);
      await expect(obtain('meanwhile')).rejects.toThrow('timeNotAvailable');
    } finally {
      for (const timeServer of timeServers) timeServer.ahead = 0;
    }
    await vi.waitFor(async () => expect((await fetch(`${authority.url}healthz`)).status).toBe(200), patience);
    expect((await obtain('afterwards')).url).toBe(authority.url);
  });

  it('is unhealthy and rejects while its token is gone, and answers again once it is back', async () => {
    const tokens = join(folder, 'softhsm', 'tokens');
    expect((await fetch(`${authority.url}healthz`)).status).toBe(200);
    renameSync(tokens, `${tokens}-away`);
    try {
      expect((await fetch(`${authority.url}healthz`)).status).toBe(503);
      await expect(obtain('meanwhile')).rejects.toThrow('systemFailure');
      expect(authority.failures).not.toHaveLength(0);
    } finally {
      renameSync(`${tokens}-away`, tokens);
    }
    expect((await obtain('afterwards')).url).toBe(authority.url);
  });
});

describe('asking for timestamps', () => {
  it('falls back to the next authority when one is down', async () => {
    const token = await obtain('fallback', ['http://127.0.0.1:1/', authority.url]);
    expect(token.url).toBe(authority.url);
    expect(Math.abs(token.time.getTime() - Date.now())).toBeLessThan(120_000);
  });

  it('asks the next authority in parallel to a slow one, and uses the first good answer', async () => {
    let wasBrokenOff = false;
    const slow = createServer((_, response) => response.once('close', () => (wasBrokenOff = true)));
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const slowUrl = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/`;
    try {
      const trustedRoots = [authority.certificate('foundation-root')];
      const input = { digest: digestOf('hedged'), trustedRoots, timeoutMs: 120_000 };
      const token = await requestTimestamp({ ...input, urls: [slowUrl, authority.url], hedgeMs: 50 });
      expect(token.url).toBe(authority.url);
      await vi.waitFor(() => expect(wasBrokenOff).toBe(true), patience);
    } finally {
      slow.closeAllConnections();
      slow.close();
    }
  });

  it('names what each authority answered when none gave a timestamp', async () => {
    const urls = ['http://127.0.0.1:1/', `${authority.url}elsewhere`];
    const error: unknown = await obtain('nothing', urls).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(TimestampError);
    expect((error as TimestampError).attempts.map((attempt) => attempt.url)).toEqual(urls);
    expect((error as TimestampError).message).toContain('answered 404');
  });

  it('accepts no token of an authority it doesn’t trust', async () => {
    await expect(obtain('untrusted', [authority.url], [])).rejects.toThrow('no path');
  });
});
