import { describe, expect, it } from 'vitest';
import { cpuTimeOf } from '../../../dev/test/cpu-time.ts';
import { CodedError, describeError, isError, printError } from './index.ts';
import type { ErrorContext } from './index.ts';

class ShelfError extends CodedError<'EMPTY' | 'FULL'> {
  static override readonly errorName = 'ShelfError';
}
const saying = (message: string, context?: ErrorContext): string =>
  printError(new ShelfError('EMPTY', message, context === undefined ? {} : { context })).split(
    '\n    at ',
  )[0] ?? '';

describe('an error of this project', () => {
  it('has code, context and cause, and the name that its class says', () => {
    const cause = new Error('below');
    const error = new ShelfError('FULL', 'no room', { cause, context: { shelf: 3 } });
    expect(error).toMatchObject({
      name: 'ShelfError',
      code: 'FULL',
      context: { shelf: 3 },
      message: 'no room',
    });
    expect(error.cause).toBe(cause);
    expect(isError(error, ShelfError)).toBe(true);
    expect(new ShelfError('EMPTY', 'x')).not.toHaveProperty('cause');
  });
});

describe('what a log says of an error', () => {
  it('is class, code, message, context, where, and each cause', () => {
    const socket = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const error = new ShelfError('EMPTY', 'nothing', {
      cause: new Error('no answer', { cause: socket }),
      context: { shelf: 3 },
    });
    const lines = printError(error).split('\n');
    expect(lines[0]).toBe('ShelfError EMPTY: nothing {"shelf":3}');
    expect(lines[1]).toMatch(/^ {4}at .*error\.test\.ts/);
    expect(lines.filter((line) => line.includes('caused by'))).toEqual([
      '  caused by Error: no answer',
      '    caused by Error ECONNREFUSED: connect ECONNREFUSED',
    ]);
  });

  it.each([
    ['a string', 'down', { type: 'string', message: 'down' }],
    ['nothing', undefined, { type: 'undefined', message: 'undefined' }],
    ['null', null, { type: 'object', message: 'null' }],
    ['an object', { pin: '1234' }, { type: 'object', message: '[object Object]' }],
    ['a list', ['a', { pin: '1234' }], { type: 'object', message: '["a",{"pin":"[hidden]"}]' }],
    ['bytes', new Uint8Array(9), { type: 'object', message: '[object Uint8Array]' }],
    ['an object without a prototype', Object.create(null), { type: 'object', message: '(can’t be shown)' }],
  ])('is something, whatever was thrown: %s', (_, thrown, expected) => {
    expect(describeError(thrown)).toEqual(expected);
  });

  it('names what failed together', () => {
    expect(printError(new AggregateError([new Error('one'), new Error('two')], 'both'))).toMatch(
      /^AggregateError: both\n[^]*among them Error: one\n[^]*among them Error: two/,
    );
  });

  it('is bounded, though the error is not', () => {
    const loop: Error & { cause?: unknown } = new Error('x'.repeat(1_000_000));
    loop.cause = loop;
    expect(printError(loop).length).toBeLessThan(40_000);
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`k${at}`, 'y'.repeat(9999)]));
    expect(saying('m', { wide, list: Array.from({ length: 1000 }, () => 1) }).length).toBeLessThan(10_000);
    const deep: ErrorContext = { a: { b: { c: { d: { e: 1 } } } } };
    expect(saying('m', deep)).toBe('ShelfError EMPTY: m {"a":{"b":{"c":"…"}}}');
  });

  it('is soon said, however much a list holds that was thrown', () => {
    const branching = Array.from({ length: 6 }).reduce<unknown>(
      (inner) => Array<unknown>(20).fill(inner),
      'x',
    );
    const lists = [Array(3_000_000).fill('x'), branching, new Uint8Array(30_000_000)];
    expect(cpuTimeOf(() => lists.map(describeError))).toBeLessThan(1000);
    for (const list of lists) expect(JSON.stringify(describeError(list)).length).toBeLessThan(10_000);
  });

  it('is one entry: nothing in a message begins a line or speaks to a terminal', () => {
    expect(saying('a\nrequest 7: fine\r\u001b[2J\u2028b')).toBe(
      'ShelfError EMPTY: a\n  request 7: fine\\u000d\\u001b[2J\\u2028b',
    );
  });

  it('is one entry, whatever its name and code say', () => {
    const error = Object.assign(new Error('x'), { name: 'A\nrequest 7: fine', code: 'B\nrequest 8: fine' });
    expect(printError(error).split('\n')[0]).toBe('A request 7: fine B request 8: fine: x');
  });

  it('is said though something of it can’t be read', () => {
    const thrower = () => {
      throw new Error('never');
    };
    for (const name of ['name', 'message', 'code', 'context', 'cause', 'stack', 'errors']) {
      const error = Object.defineProperty(new Error('down'), name, { get: thrower });
      expect(printError(error)).toContain(name === 'message' ? 'Error: ' : ': down');
    }
    const { proxy, revoke } = Proxy.revocable(new Error('x'), {});
    revoke();
    expect(printError(new Error('outer', { cause: proxy }))).toMatch(/^Error: outer\n[^]*can’t be shown/);
    const context = Object.defineProperty({ shelf: 3 }, 'other', { enumerable: true, get: thrower });
    expect(saying('m', context)).toBe('ShelfError EMPTY: m {"shelf":3,"other":"undefined"}');
    expect(saying('m', new Proxy({}, { ownKeys: thrower }))).toBe('ShelfError EMPTY: m');
    expect(printError(new AggregateError([proxy, new Error('one')], 'both'))).toContain('Error: one');
  });

  it('is bounded, however its context branches', () => {
    const branch = (inner: ErrorContext[string]): ErrorContext =>
      Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`k${at}`, inner]));
    expect(saying('m', branch(branch(branch('y'.repeat(9999))))).length).toBeLessThan(50_000);
  });

  it.each([
    ['connect postgresql://signer:hun@ter22@db:5432/x', 'connect postgresql://[hidden]@db:5432/x'],
    ['https://h/?access_token=hunter22&x', 'https://h/?access_token=[hidden]&x'],
    ['PGPASSWORD=hunter22 psql', 'PGPASSWORD=[hidden] psql'],
    ['{"client_secret":"hun\'te\\"r22","slot":1}', '{"client_secret":"[hidden]","slot":1}'],
    ['{"pin":123456,"slot":1}', '{"pin":[hidden],"slot":1}'],
    ['userPin: hunter22 at line 3', 'userPin: [hidden] at line 3'],
    ['connect postgresql://signer:hunter22@db:5432/x', 'connect postgresql://[hidden]@db:5432/x'],
    ['sent Authorization: Bearer abcdefgh12345678', 'sent Authorization: Bearer [hidden]'],
    ['sent Authorization: Basic bm9yYTpodW50ZXIy', 'sent Authorization: Basic [hidden]'],
    ['token csn_0123456789abcdefghij refused', 'token csn_[hidden] refused'],
    ['ghs_16C7e42F292c6912E7710c838347Ae178B4a', 'ghs_[hidden]'],
    ['pkcs11:token=t;pin-value=123456&x', 'pkcs11:token=[hidden];pin-value=[hidden]&x'],
    ['{"pin":"123456","slot":1}', '{"pin":"[hidden]","slot":1}'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- in k.pem', '[hidden] in k.pem'],
  ])('holds nothing that opens something: %s', (message, shown) => {
    expect(saying(message)).toBe(`ShelfError EMPTY: ${shown}`);
    const outer = new Error('outer', { cause: new Error(message) });
    expect(printError(outer)).toContain(`caused by Error: ${shown}`);
  });

  it('keeps words that only sound like it', () => {
    const words =
      'basic constraints are missing; the bearer certificate has no pin: see https://example.org/a@b';
    expect(saying(words)).toBe(`ShelfError EMPTY: ${words}`);
  });

  it('hides what stands under a name that says so, at any depth', () => {
    expect(saying('m', { userPin: '1234', at: { apiTokens: ['abc'], pinned: true } })).toBe(
      'ShelfError EMPTY: m {"userPin":"[hidden]","at":{"apiTokens":"[hidden]","pinned":true}}',
    );
  });
});
