import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../../dev/test/index.ts';
import { openDatabase, type Database } from '../platform/db/index.ts';
import { forget, recently } from './recently.ts';

let urls: Awaited<ReturnType<typeof testDatabase>>;
let db: Database;
beforeAll(async () => {
  urls = await testDatabase();
  db = openDatabase({ url: urls.portal });
});
afterAll(async () => {
  await db.$disconnect();
  await urls.release();
});

describe('recently', () => {
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
  const asking = () => {
    let asked = 0;
    return { ask: () => Promise.resolve((asked += 1)), count: () => asked };
  };
  /** One portal of several on the same database. */
  let policies = {};
  const github = (seconds = 0, owner = policies) =>
    ({ policies: owner, db, kind: 'github', now: at(seconds) }) as const;
  beforeEach(() => {
    policies = {};
  });

  it('asks a rate-limited host once for many readers, and again after a few seconds', async () => {
    const { ask } = asking();
    const look = (seconds: number) => recently(github(seconds), 'list', ask);
    expect(await Promise.all([look(0), look(1), look(14)])).toEqual([1, 1, 1]);
    expect(await look(16)).toBe(2);
  });

  it('asks a local host every time', async () => {
    const { ask } = asking();
    const look = () => recently({ ...github(), kind: 'local' }, 'list', ask);
    expect([await look(), await look()]).toEqual([1, 2]);
  });

  it('asks again after a change, at whichever portal it was made', async () => {
    const { ask } = asking();
    const look = () => recently(github(), 'list', ask);
    expect(await look()).toBe(1);
    await forget({ policies, db });
    expect([await look(), await look()]).toEqual([2, 2]);
    await forget({ policies: {}, db });
    expect([await look(), await look()]).toEqual([3, 3]);
  });

  it('keeps no answer that a change at another portal overtook', async () => {
    let end: (value: string) => void = () => undefined;
    let isAsked: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    const slow = recently(github(), 'list', () => {
      isAsked();
      return new Promise<string>((resolve) => (end = resolve));
    });
    await asked;
    await forget({ policies: {}, db });
    end('old');
    expect(await slow).toBe('old');
    expect(await recently(github(), 'list', () => Promise.resolve('new'))).toBe('new');
  });

  it('caches no failure, and keeps portals and questions apart', async () => {
    await expect(recently(github(), 'a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await recently(github(), 'a', () => Promise.resolve('up'))).toBe('up');
    expect(await recently(github(), 'b', () => Promise.resolve('other'))).toBe('other');
    expect(await recently(github(0, {}), 'a', () => Promise.resolve('else'))).toBe('else');
  });
});
