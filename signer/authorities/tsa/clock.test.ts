import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askTime } from './ask-time.ts';
import { watchClock, type WatchedClock } from './clock.ts';
import { parseTimeServer, tsaConfigSchema } from './config.ts';
import { startTimeServer, type TestTimeServer } from './time-server.fixture.ts';

let servers: readonly TestTimeServer[] = [];
let clock: WatchedClock | undefined;
let shift = 0;
let passed = 0;
/** More than any answer takes on a busy machine, so that none is late. */
const patience = 120_000;

beforeEach(async () => {
  servers = await Promise.all([startTimeServer(), startTimeServer(), startTimeServer()]);
  [shift, passed] = [0, 0];
});
afterEach(async () => {
  clock?.close();
  await Promise.all(servers.map((server) => server.close()));
});

const hour = 3_600_000;
async function watch(): Promise<WatchedClock> {
  clock = await watchClock({
    servers,
    agreeing: 2,
    toleranceMilliseconds: 20_000,
    timeoutMilliseconds: patience,
    intervalMilliseconds: hour,
    now: () => Date.now() + passed + shift,
    steady: () => performance.now() + passed,
  });
  return clock;
}
const set = (...ahead: readonly number[]): void =>
  servers.forEach((server, index) => (server.ahead = ahead[index] ?? 0));

describe('asking a time server', () => {
  it('measures how far it is ahead', async () => {
    set(5000);
    const [server] = servers;
    const began = performance.now();
    const { offset, uncertainty } = await askTime(server ?? { host: '', port: 0 }, patience);
    // Both clocks are read in whole milliseconds.
    expect(Math.abs(offset - 5000)).toBeLessThanOrEqual(uncertainty + 2);
    expect(uncertainty).toBeLessThanOrEqual((performance.now() - began) / 2);
  });

  it.each([
    ['is silent', () => null, /no answer within 100 ms/],
    ['repeats another nonce', (answer: Buffer) => (answer.fill(7, 24, 32), answer), /no answer/],
    ['sends too little', (answer: Buffer) => answer.subarray(0, 47), /no answer/],
    ['isn’t synchronised', (answer: Buffer) => ((answer[0] = 0xe4), answer), /isn’t synchronised/],
    ['sends a kiss of death', (answer: Buffer) => ((answer[1] = 0), answer), /isn’t synchronised/],
    ['is a client', (answer: Buffer) => ((answer[0] = 0x23), answer), /isn’t a server/],
    [
      'answers transmit time precedes its receive time',
      (answer: Buffer) => (answer.writeUInt32BE(answer.readUInt32BE(32) + 10, 32), answer),
      /transmit time precedes its receive time/,
    ],
  ])('gives up one that %s', async (_, tamper, expected) => {
    const [server] = servers;
    if (server === undefined) throw new Error('no server');
    server.tamper = tamper;
    const silent = expected.source.startsWith('no answer');
    await expect(askTime(server, silent ? 100 : patience)).rejects.toMatchObject({
      code: 'TIME_SERVER',
      message: expect.stringMatching(expected) as string,
    });
  });

  it('reads addresses as the configuration writes them', () => {
    expect(parseTimeServer('time.example.org')).toEqual({ host: 'time.example.org', port: 123 });
    expect(parseTimeServer('127.0.0.1:1123')).toEqual({ host: '127.0.0.1', port: 1123 });
    expect(parseTimeServer('[::1]:1123')).toEqual({ host: '::1', port: 1123 });
    const clockOf = (servers: string[]) => ({ version: 1, clock: { servers } });
    expect(tsaConfigSchema.safeParse(clockOf(['one.example'])).error?.message).toContain(
      'as many as must agree',
    );
  });
});

describe('a watched clock', () => {
  it('is right if most servers agree with it', async () => {
    expect((await watch()).problem()).toBeNull();
    set(0, 0, 80_000);
    await clock?.compare();
    expect(clock?.problem()).toBeNull();
  });

  it('is wrong if most servers say so, until they agree again', async () => {
    set(80_000, 80_000, 0);
    const watched = await watch();
    expect(watched.problem()).toMatch(/^the clock is [678]\d\.\d{3} s behind the time servers/);
    set(-80_000, -80_000, -80_000);
    await watched.compare();
    expect(watched.problem()).toMatch(/ahead of the time servers/);
    set(0, 0, 0);
    await watched.compare();
    expect(watched.problem()).toBeNull();
  });

  it('is wrong from the moment it jumps', async () => {
    const watched = await watch();
    shift = -60_000;
    expect(watched.problem()).toMatch(/jumped by -(?:59|60)\.\d/);
  });

  it('is only checked for jumps if no server is configured', async () => {
    const asked = servers;
    servers = [];
    const watched = await watch();
    expect(watched.problem()).toBeNull();
    shift = 70_000;
    expect(watched.problem()).toMatch(/jumped by (?:69|70)\.\d/);
    await watched.compare();
    expect(watched.problem()).toBeNull();
    servers = asked;
  });

  it('isn’t trusted if too few servers answered at first, or for a long time', async () => {
    const unsynchronised = (answer: Buffer) => ((answer[0] = 0xe4), answer);
    for (const server of servers.slice(1)) server.tamper = unsynchronised;
    const watched = await watch();
    expect(watched.problem()).toMatch(/1 of 2 time servers answered/);
    for (const server of servers) server.tamper = (answer) => answer;
    await watched.compare();
    expect(watched.problem()).toBeNull();
    for (const server of servers) server.tamper = unsynchronised;
    passed = 2.9 * hour;
    await watched.compare();
    expect(watched.problem()).toBeNull();
    passed = 3.1 * hour;
    await watched.compare();
    expect(watched.problem()).toMatch(/no comparison with time servers for/);
  });
});
