import { describe, expect, it } from 'vitest';
import { newWork, withRequest } from '../http/index.ts';
import { levelOf, openLog } from './log.ts';
import { printByLog } from './print-by-log.ts';

function openLines() {
  const lines: Record<string, unknown>[] = [];
  const log = openLog({ write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  return { lines, log };
}

const request = {
  id: '0123456789abcdef',
  outcome: null,
  outage: false,
  action: 'none',
  work: newWork(),
} as const;

describe('the portal’s log', () => {
  it('says which request a line belongs to, and nothing where there is none', () => {
    const { lines, log } = openLines();
    log.info('before');
    withRequest({ ...request }, () => log.error({ err: new Error('no') }, 'GET /requests failed'));
    expect(lines.map((line) => [line['httpRequestId'], line['msg']])).toEqual([
      [undefined, 'before'],
      ['0123456789abcdef', 'GET /requests failed'],
    ]);
    expect(lines[1]).toMatchObject({ name: 'portal', err: { type: 'Error', message: 'no' } });
  });

  it('is written from the level on that is asked for, and never turned off by a slip', () => {
    expect([undefined, 'warn', 'silent', 'WARN', ''].map(levelOf)).toEqual([
      ...['info', 'warn', 'silent', 'info', 'info'],
    ]);
  });

  it('hides what an error’s context says of secrets', () => {
    const { lines, log } = openLines();
    log.error({ err: Object.assign(new Error('no'), { context: { apiToken: 'cst_1', file: 'a' } }) }, 'no');
    expect(JSON.stringify(lines)).not.toContain('cst_1');
    expect(lines[0]).toMatchObject({ err: { context: { file: 'a' } } });
  });

  it.each<readonly [string, (log: ReturnType<typeof openLog>, printer: Console) => void]>([
    [
      'the sentence of a line',
      (log) => log.error({ err: new Error('no') }, 'GET https://u:hunter22@h failed'),
    ],
    ['an error without a sentence', (log) => log.error({ err: new Error('postgres://u:hunter22@db') })],
    ['an error alone', (log) => log.error(new Error('postgres://u:hunter22@db'))],
    ['a member', (log) => log.warn({ reason: 'https://u:hunter22@h', apiToken: 'hunter22' }, 'no')],
    ['printed text', (_, printer) => printer.warn('at https://u:hunter22@h')],
    ['a printed error', (_, printer) => printer.error(new Error('postgres://u:hunter22@db'))],
    [
      'a second printed error',
      (_, printer) => printer.error(new Error('a'), new Error('postgres://u:hunter22@db')),
    ],
    [
      'a printed object',
      (_, printer) => printer.log({ password: 'hunter22', cookie: 'a=hunter22', t: 'Bearer hunter22x' }),
    ],
    [
      'a token of a build',
      (_, printer) => printer.error('token', `eyJhbGciOiJ9.eyJhunter22.${'s'.repeat(40)}`),
    ],
    ['a token of GitLab’s', (_, printer) => printer.error('glcbt-64_hunter22 refused')],
  ])('hides what opens something: %s', (_what, write) => {
    const { lines, log } = openLines();
    const printer = { ...console };
    printByLog(printer, log);
    write(log, printer);
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).toContain('[hidden]');
    expect(JSON.stringify(lines)).not.toContain('hunter22');
  });

  it('writes no controls of terminals and no text that runs the other way, and whatever is printed', () => {
    const { lines, log } = openLines();
    const printer = { ...console };
    printByLog(printer, log);
    printer.log('a\u009B31mred\u0085next\u2028x\u202Ey\r');
    const throws = (): never => {
      throw new Error('not for you');
    };
    printer.log({ [Symbol.for('nodejs.util.inspect.custom')]: throws });
    printer.log(new Proxy({}, { getPrototypeOf: throws }));
    expect(lines.map((line) => line['msg'])).toEqual([
      String.raw`ared\u0085next\u2028x\u202ey`,
      '(can’t be shown)',
      '{}',
    ]);
  });

  it('takes what others print: one line each, without colours, errors with their causes', () => {
    const { lines, log } = openLines();
    const printer = { ...console };
    printByLog(printer, log);
    printer.log('\u001B[1m  ready\nat %s', 'once');
    printer.error('⨯', new Error('broken', { cause: new Error('deeper') }));
    printer.warn('x'.repeat(10_000));
    printer.error(new Error('alone'));
    expect(lines.map((line) => line['level'])).toEqual([30, 50, 40, 50]);
    expect(lines[0]).toMatchObject({ msg: 'ready\nat once' });
    expect(lines[1]).toMatchObject({ msg: '⨯', err: { message: 'broken', cause: { message: 'deeper' } } });
    expect(String(lines[2]?.['msg'])).toHaveLength(8_002);
    expect(lines[3]).toMatchObject({ msg: 'alone', err: { message: 'alone' } });
  });
});
