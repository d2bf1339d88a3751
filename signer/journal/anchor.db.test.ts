import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { openDatabase, type Database } from '../database/index.ts';
import { append, keepAnchor } from './index.ts';

describe('journal anchor', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let work: Awaited<ReturnType<typeof testFolder>>;
  let database: Database;
  beforeAll(async () => {
    urls = await testDatabase();
    work = await testFolder('anchor');
    database = openDatabase(urls.signer, () => undefined);
  });
  afterAll(async () => {
    await database.close();
    await urls.release();
    await work.release();
  });

  const file = () => join(work.folder, 'anchor.json');
  const add = () =>
    database.transaction((one) => append(one, new Date(), { requestId: null, kind: 'test', body: {} }));

  it('follows the journal, and shows when it was cut or written anew', async () => {
    expect(await keepAnchor(database, file())).toEqual({ kept: true, seq: '0' });
    await add();
    expect(await keepAnchor(database, file())).toEqual({ kept: true, seq: '1' });
    await add();
    expect(await keepAnchor(database, file())).toEqual({ kept: true, seq: '2' });
    const remembered = await readFile(file(), 'utf8');

    await writeFile(
      file(),
      remembered.replace(/"hash":"."/, '"hash":"0"').replace(/[0-9a-f]{63}"}/, `${'0'.repeat(63)}"}`),
    );
    expect(await keepAnchor(database, file())).toMatchObject({ kept: false, seq: '2' });

    await writeFile(file(), remembered.replace('"seq":"2"', '"seq":"7"'));
    expect(await keepAnchor(database, file())).toMatchObject({ kept: false, seq: '7' });
  });
});
