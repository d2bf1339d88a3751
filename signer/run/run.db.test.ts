import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../dev/test/index.ts';
import { parseRequestId, type RequestId } from '../../lib/core/ids/index.ts';
import { Unavailable, type Component } from '../availability/index.ts';
import { openDatabase, type Database } from '../database/index.ts';
import { readState } from '../requests/index.ts';
import { Run } from './index.ts';

const retry = { attemptsMax: 500, delaySeconds: 5, delaySecondsMax: 600 };

describe('a run whose step meets something that is down', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  beforeAll(async () => {
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
  });
  afterAll(async () => {
    await database.close();
    await urls.release();
  });

  /** One pass after so many that ended the same way → how it ended. */
  async function meets(component: Component, attempt: number, id: RequestId): Promise<unknown> {
    const run = new Run({
      database,
      requestId: id,
      pass: attempt + 1,
      attempt,
      retry,
      fence: () => Promise.resolve(),
      now: () => new Date(),
    });
    return run
      .step('scan', 'checking', () => Promise.reject(new Unavailable(component, 'it is down', 'start it')))
      .catch((error: unknown) => error);
  }

  const newId = (): RequestId => parseRequestId(randomUUID());

  it('counts the tries where a restart finds them, and tries again', async () => {
    const id = newId();
    expect(await meets('scanner', 41, id)).toMatchObject({ code: 'RETRY' });
    expect(await readState(database, id)).toEqual({ status: 'checking', pass: 42, retries: 42 });
  });

  it('gives up only after the last try, and says what to do then', async () => {
    const id = newId();
    expect(await meets('scanner', 498, id)).toMatchObject({ code: 'RETRY' });
    expect(await meets('scanner', 499, id)).toMatchObject({
      code: 'FAILED',
      summary: expect.stringMatching(/after 500 attempts.*submit again/) as string,
    });
    expect(await readState(database, id)).toMatchObject({ status: 'failed' });
  });

  it('gives an artifact that stops the inspector every time only a few', async () => {
    expect(await meets('inspector', 8, newId())).toMatchObject({ code: 'RETRY' });
    expect(await meets('inspector', 9, newId())).toMatchObject({ code: 'FAILED' });
  });
});
