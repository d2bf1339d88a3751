import { generateKeyPairSync } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTokenService } from '../../../dev/github/index.ts';
import type { TokenService } from '../../../dev/github/index.ts';
import { fetchKeys } from './fetch-keys.ts';
import { keyTimes, openBuildKeys } from './keys.ts';

const issuer = 'https://token.example';
let service: TokenService;
let time: number;
beforeEach(async () => {
  service = await startTokenService();
  time = Date.parse('2026-11-29T12:00:00Z');
});
afterEach(() => service.stop());

const open = () => openBuildKeys({ now: () => new Date(time) });
const kidNow = (): string => {
  const header = Buffer.from(service.sign({}).split('.')[0] ?? '', 'base64url').toString();
  return (JSON.parse(header) as { kid: string }).kid;
};
const find = (keys: ReturnType<typeof open>, kid = kidNow()) =>
  keys.find(issuer, service.keysUrl, { alg: 'RS256', kid });
const jwkOf = (modulusLength: number): JsonWebKey =>
  generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'jwk' });
const unavailable = { code: 'BUILD_KEYS_UNAVAILABLE' };
const unknown = { code: 'BUILD_TOKEN_KEY_UNKNOWN' };

describe('keys of an issuer', () => {
  it('are asked for once, by however many at once, and again after ten minutes', async () => {
    const keys = open();
    await Promise.all([find(keys), find(keys), find(keys)]);
    expect(service.looks()).toBe(1);
    time += keyTimes.freshMilliseconds;
    await find(keys);
    expect(service.looks()).toBe(1);
    time += 1;
    await find(keys);
    expect(service.looks()).toBe(2);
    expect(keys.states()).toEqual([{ issuer, fetchedAt: new Date(time), failure: null }]);
  });

  it('that aren’t known are looked for at most every 30 seconds, whatever tokens come in', async () => {
    const keys = open();
    await find(keys);
    for (const kid of ['a', 'b', 'c']) await expect(find(keys, kid)).rejects.toMatchObject(unknown);
    expect(service.looks()).toBe(1);
    time += keyTimes.cooldownMilliseconds;
    for (const kid of ['a', 'b', 'c']) await expect(find(keys, kid)).rejects.toMatchObject(unknown);
    expect(service.looks()).toBe(2);
  });

  it('that the issuer withdrew count for ten minutes at most', async () => {
    const keys = open();
    const old = kidNow();
    await find(keys);
    service.rotate();
    service.withdraw();
    await expect(find(keys, old)).resolves.toBeDefined();
    time += keyTimes.freshMilliseconds + 1;
    await expect(find(keys, old)).rejects.toMatchObject(unknown);
    await expect(find(keys)).resolves.toBeDefined();
  });

  it('go on for a day while the issuer fails, and then count no longer', async () => {
    const keys = open();
    await find(keys);
    const fetchedAt = new Date(time);
    service.misbehave(500);
    time += keyTimes.staleMilliseconds;
    await expect(find(keys)).resolves.toBeDefined();
    expect(keys.states()).toEqual([{ issuer, fetchedAt, failure: 'it answered with status 500' }]);
    // Of a key that came meanwhile nobody can say anything: that isn't the token's fault.
    await expect(find(keys, 'newer')).rejects.toMatchObject(unavailable);
    time += 1;
    await expect(find(keys)).rejects.toMatchObject(unavailable);
    service.misbehave(null);
    time += keyTimes.cooldownMilliseconds;
    await expect(find(keys)).resolves.toBeDefined();
  });

  it('are asked for again once a clock that ran ahead is right', async () => {
    const keys = open();
    const right = time;
    time += 2 * keyTimes.staleMilliseconds;
    await find(keys);
    time = right;
    service.rotate();
    await expect(find(keys)).resolves.toBeDefined();
    expect(keys.states()).toMatchObject([{ fetchedAt: new Date(right) }]);
    // A second less, as clocks are set all the time, asks nobody.
    time -= 1_000;
    await find(keys);
    expect(service.looks()).toBe(2);
  });

  it('aren’t asked for in a loop while there are none', async () => {
    const keys = open();
    service.misbehave(503);
    for (let count = 0; count < 5; count += 1) await expect(find(keys)).rejects.toMatchObject(unavailable);
    expect(service.looks()).toBe(1);
  });
});

describe('an issuer that answers with something else', () => {
  it.each([
    ['html', 'text/html'],
    ['huge', 'more than 262144 bytes'],
    ['redirect', 'status 302'],
    ['not-json', 'JSON'],
    ['no-keys', 'no key'],
    [404, 'status 404'],
  ] as const)('gives no keys, and says so: %s', async (mishap, reason) => {
    service.misbehave(mishap);
    await expect(fetchKeys(service.keysUrl)).rejects.toThrow(reason);
    await expect(find(open())).rejects.toMatchObject(unavailable);
  });

  it.each<readonly [string, (jwk: JsonWebKey) => JsonWebKey]>([
    ['of 1024 bits', () => jwkOf(1024)],
    ['with an exponent by which anybody could sign', (jwk) => ({ ...jwk, e: 'AQ' })],
    ['with a modulus that is none', (jwk) => ({ ...jwk, n: '!'.repeat(342) })],
    ['for encryption', (jwk) => ({ ...jwk, use: 'enc' })],
  ])('or with a key %s has no key', async (_, change) => {
    const good = { ...jwkOf(2048), kid: 'a' };
    const at = (...keys: readonly unknown[]): string =>
      `data:application/json,${encodeURIComponent(JSON.stringify({ keys }))}`;
    const bad = { ...change(good), kid: 'a' };
    await expect(fetchKeys(at(bad))).rejects.toThrow('no key');
    expect((await fetchKeys(at(bad, good))).keys).toMatchObject([{ n: good.n }]);
  });

  it.each(['silent', 'drip'] as const)(
    'or never comes to an end, is left after five seconds: %s',
    async (mishap) => {
      const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
        expect(milliseconds).toBe(5_000);
        const controller = new AbortController();
        setTimeout(() => controller.abort(new Error('timed out')), 200);
        return controller.signal;
      });
      service.misbehave(mishap);
      await expect(fetchKeys(service.keysUrl)).rejects.toThrow();
      timeout.mockRestore();
    },
  );
});
