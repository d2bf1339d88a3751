import { describe, expect, it } from 'vitest';
import type { KeyHolder } from '../../keyholder/index.ts';
import type { KeyRing } from '../../rulings/trust/index.ts';
import { withCurrentKeys } from './with-current-keys.ts';

function open(onRegistry: readonly string[] | Error) {
  const done: string[] = [];
  let known: readonly string[] = ['old'];
  const keys = {
    refresh() {
      done.push('read');
      if (onRegistry instanceof Error) return Promise.reject(onRegistry);
      const isNew = onRegistry.join() !== known.join();
      known = onRegistry;
      return Promise.resolve(isNew);
    },
  } as unknown as KeyRing;
  const keyHolder = { restart: () => Promise.resolve(void done.push('restarted')) } as unknown as KeyHolder;
  const judge = (name: string) => () => ({ ok: known.includes(name), known });
  return { done, judged: (name: string) => withCurrentKeys({ keys, keyHolder }, judge(name)) };
}

describe('a request under a certificate', () => {
  it('that was issued a moment ago is not refused: the registry is read again, and the key holder has it before', async () => {
    const { judged, done } = open(['old', 'new']);
    expect(await judged('new')).toMatchObject({ ok: true });
    expect(done).toEqual(['read', 'restarted']);
  });

  it('that is known costs no look at the registry', async () => {
    const { judged, done } = open(['old', 'new']);
    expect(await judged('old')).toMatchObject({ ok: true });
    expect(done).toEqual([]);
  });

  it('that nobody issued is refused, and nothing is started again', async () => {
    const { judged, done } = open(['old']);
    expect(await judged('new')).toMatchObject({ ok: false });
    expect(done).toEqual(['read']);
    const unreadable = open(new Error('EIO'));
    expect(await unreadable.judged('new')).toMatchObject({ ok: false });
  });
});
