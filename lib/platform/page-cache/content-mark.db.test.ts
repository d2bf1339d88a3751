import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { openDatabase } from '../db/index.ts';
import { openContentMark } from './index.ts';

let urls: Awaited<ReturnType<typeof testDatabase>>;
let owner: pg.Client;
let databases: readonly ReturnType<typeof openDatabase>[];
let keysDir: string;
beforeAll(async () => {
  urls = await testDatabase();
  databases = [openDatabase({ url: urls.portal }), openDatabase({ url: urls.portal })];
  owner = new pg.Client({ connectionString: urls.owner });
  await owner.connect();
  keysDir = mkdtempSync(join(tmpdir(), 'countersign-mark-'));
});
afterAll(async () => {
  await owner.end();
  await Promise.all(databases.map((db) => db.$disconnect()));
  await urls.release();
  rmSync(keysDir, { recursive: true });
});

it('is the same at two portals until something happens, and then another at both', async () => {
  let time = 0;
  const marks = databases.map((db) =>
    openContentMark(
      { keysDir },
      () => db,
      () => time,
    ),
  );
  const look = async (): Promise<string | null> => {
    time += 1000;
    const [one, other] = await Promise.all(marks.map((mark) => mark()));
    expect(one).toBe(other);
    return one ?? null;
  };
  const seen = [await look()];
  expect(await look()).toBe(seen[0]);
  const happens = async (work: () => unknown): Promise<void> => {
    await work();
    const mark = await look();
    expect(seen).not.toContain(mark);
    expect(await look()).toBe(mark);
    seen.push(mark);
  };
  const zeros = '0'.repeat(64);
  await happens(() =>
    owner.query(
      `INSERT INTO signer.journal (seq, at, request_id, kind, body, previous_hash, entry_hash) VALUES (1, now(), NULL, 'x', '{}', $1, $1)`,
      [zeros],
    ),
  );
  await happens(() =>
    owner.query(
      `INSERT INTO signer.accepted_snapshot (commit, parent, signers, accepted_at) VALUES ($1, NULL, '{}', now())`,
      ['c'.repeat(40)],
    ),
  );
  await happens(() =>
    owner.query(`INSERT INTO portal.policy_version (seq, commit, state) VALUES (1, 'c', 'waiting')`),
  );
  await happens(() => owner.query(`UPDATE portal.policy_version SET state = 'complete'`));
  await happens(() => writeFileSync(join(keysDir, 'registry.json'), '{}'));
  await happens(() => writeFileSync(join(keysDir, 'registry.json'), '{ }'));
});

it('is nothing before there is a database, and is asked for anew after a failure', async () => {
  const [db] = databases;
  const opened: (typeof db | null)[] = [null];
  let time = 0;
  const mark = openContentMark(
    { keysDir },
    () => opened.at(-1) ?? null,
    () => time,
  );
  expect(await mark()).toBeNull();
  time += 1000;
  const gone = openDatabase({ url: urls.portal.replace(/:\d+\//, ':1/') });
  opened.push(gone);
  await expect(mark()).rejects.toThrow();
  opened.push(db);
  expect(await mark()).toMatch(/^\S/);
  await gone.$disconnect();
});
