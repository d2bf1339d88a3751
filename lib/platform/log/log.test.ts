import { describe, expect, it } from 'vitest';
import { withRequest } from '../http/index.ts';
import { levelOf, openLog } from './log.ts';
import { printByLog } from './print-by-log.ts';

function openLines() {
  const lines: Record<string, unknown>[] = [];
  const log = openLog({ write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  return { lines, log };
}

const request = { id: '0123456789abcdef', outcome: null, outage: false, action: 'none' } as const;

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
