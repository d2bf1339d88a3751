import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { parseRequestId, type CommitSha } from '#core/ids/index.ts';
import { createTimestampAuthority } from '#core/pki/cms/timestamp.fixture.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { saveState } from '../requests/index.ts';
import { keepTimestamps } from './kept-timestamps.ts';
import type { TimestampSource } from './timestamp-source.ts';

describe('timestamps of a request that is being signed', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  let folder: string;
  let asked = 0;
  let authority: ReturnType<typeof createTimestampAuthority>;
  const source: TimestampSource = {
    over(signature) {
      asked += 1;
      return Promise.resolve({
        token: authority.stamp(signature),
        time: new Date(),
        url: 'http://tsa.example',
      });
    },
  };
  beforeAll(async () => {
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
    folder = await mkdtemp(join(tmpdir(), 'countersign-kept-'));
    authority = createTimestampAuthority(folder);
  });
  afterAll(async () => {
    await database.close();
    await urls.release();
    await rm(folder, { recursive: true });
  });
  const signature = Uint8Array.of(1, 2, 3);
  const kept = (id: string, roots = [authority.signer.root]) =>
    keepTimestamps(source, database, parseRequestId(id), roots);

  it('are the same ones after an interruption, each request having its own', async () => {
    const [id, other] = [randomUUID(), randomUUID()];
    const first = await kept(id).over(signature);
    asked = 0;
    const again = await kept(id).over(signature);
    expect([asked, again.url]).toEqual([0, 'http://tsa.example']);
    expect(Buffer.compare(again.token, first.token)).toBe(0);
    await kept(id).over(Uint8Array.of(4));
    await kept(other).over(signature);
    expect(asked).toBe(2);
  });

  it('are asked for anew where the authority is no longer trusted', async () => {
    const id = randomUUID();
    await kept(id).over(signature);
    asked = 0;
    const { root } = createTimestampAuthority(join(folder, 'another')).signer;
    await kept(id, [root]).over(signature);
    expect(asked).toBe(1);
  });

  it('are forgotten once the request is decided', async () => {
    const id = parseRequestId(randomUUID());
    await kept(id).over(signature);
    const count = async () =>
      (await database.query('SELECT 1 FROM signer.timestamp_token WHERE request_id = $1', [id])).length;
    const state = {
      pass: 1,
      policyCommit: null as CommitSha | null,
      sourceCommit: null,
      summary: '',
      retryAt: null,
      retries: 0,
      decisionsCounted: 0,
    };
    const save = (status: 'signing' | 'completed') =>
      database.transaction((transaction) =>
        saveState(transaction, id, { ...state, status, step: 'release' }, new Date()),
      );
    await save('signing');
    expect(await count()).toBe(1);
    await save('completed');
    expect(await count()).toBe(0);
  });
});
