import { describe, expect, it } from 'vitest';
import { Unavailable } from '../availability/index.ts';
import { openLog } from './index.ts';

describe('the signer’s log', () => {
  it('contains an error’s code, context and cause, and no secrets', () => {
    const lines: string[] = [];
    const log = openLog('signer', { write: (line) => void lines.push(line) });
    const cause = Object.assign(new Error('connect to postgresql://signer:hunter22@db/x failed'), {
      code: 'ECONNREFUSED',
      client: { password: 'hunter22' },
    });
    log.error({ err: new Unavailable('database', 'the database can’t be used', 'Start it', cause) }, 'sweep');
    log.fatal({ err: cause }, cause.message);
    log.warn({ mirror: 'https://signer:hunter22@mirror' }, 'no');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      name: 'signer',
      level: 50,
      msg: 'sweep',
      err: {
        type: 'Unavailable',
        code: 'DATABASE_UNAVAILABLE',
        message: 'the database can’t be used',
        context: { component: 'database', fix: 'Start it' },
        cause: { code: 'ECONNREFUSED', message: 'connect to postgresql://[hidden]@db/x failed' },
      },
    });
    expect(lines.join('')).not.toContain('hunter22');
  });
});
