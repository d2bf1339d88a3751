import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeyRing, type KeyRing } from '../../rulings/trust/index.ts';
import { withCurrentKeys } from './with-current-keys.ts';

let folder: string;
let registry: string;
let restarts: number;
let restarted: () => Promise<void>;
let keys: KeyRing;
let old: ReturnType<KeyRing['current']>;
const text = (spaces: number): string => JSON.stringify({ version: 1, keys: [] }, null, spaces);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-'));
  registry = join(folder, 'registry.json');
  await writeFile(registry, text(0));
  restarts = 0;
  restarted = () => Promise.resolve();
  keys = await openKeyRing(registry, () => {
    restarts += 1;
    return restarted();
  });
  old = keys.current();
});
afterEach(() => rm(folder, { recursive: true }));

/** By the keys of the registry as it was changed. */
const asNew = (ring = keys) => withCurrentKeys({ keys: ring }, () => ({ ok: ring.current() !== old }));

describe('a request under a certificate', () => {
  it('that was issued a moment ago is not refused: the registry is read again, and the key holder has it before', async () => {
    await writeFile(registry, text(1));
    let judgedBefore = false;
    restarted = () => {
      judgedBefore = keys.current() !== old;
      return Promise.resolve();
    };
    expect(await asNew()).toEqual({ ok: true });
    expect({ restarts, judgedBefore }).toEqual({ restarts: 1, judgedBefore: false });
  });

  it('that is known costs no look at the registry', async () => {
    await writeFile(registry, '{');
    expect(await withCurrentKeys({ keys }, () => ({ ok: true }))).toEqual({ ok: true });
  });

  it('that nobody issued is refused, and nothing is started again, however many ask', async () => {
    const judged = await Promise.all(Array.from({ length: 50 }, () => asNew()));
    expect(judged.some(({ ok }) => ok)).toBe(false);
    expect(restarts).toBe(0);
  });

  it('is judged by the keys that another’s look has found meanwhile', async () => {
    await writeFile(registry, text(1));
    const late: KeyRing = { ...keys, refresh: async () => (await keys.refresh()) && keys.refresh() };
    expect(await asNew(late)).toEqual({ ok: true });
  });

  it('one of many at once is not refused, and the key holder is started once', async () => {
    await writeFile(registry, text(1));
    const judged = await Promise.all(Array.from({ length: 50 }, () => asNew()));
    expect(judged.every(({ ok }) => ok)).toBe(true);
    expect(restarts).toBe(1);
  });

  it('waits where the registry can’t be read, or the key holder doesn’t start, and goes on when they do', async () => {
    await writeFile(registry, '{"version": 1, "ke');
    await expect(asNew()).rejects.toMatchObject({ code: 'KEYHOLDER_UNAVAILABLE' });
    await writeFile(registry, text(1));
    restarted = () => Promise.reject(new Error('the token is gone'));
    await expect(asNew()).rejects.toMatchObject({ code: 'KEYHOLDER_UNAVAILABLE' });
    expect(keys.current()).toBe(old);
    restarted = () => Promise.resolve();
    expect(await asNew()).toEqual({ ok: true });
    expect(restarts).toBe(2);
  });
});
