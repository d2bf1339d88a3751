import { describe, expect, it } from 'vitest';
import { forget, recently } from './recently.ts';

describe('recently', () => {
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
  const asking = () => {
    let asked = 0;
    return { ask: () => Promise.resolve((asked += 1)), count: () => asked };
  };

  it('asks a rate-limited host once for many readers, and again after a few seconds', async () => {
    const owner = {};
    const { ask } = asking();
    const look = (seconds: number) => recently({ owner, kind: 'github', now: at(seconds) }, 'list', ask);
    expect(await Promise.all([look(0), look(1), look(14)])).toEqual([1, 1, 1]);
    expect(await look(16)).toBe(2);
  });

  it('asks a local host every time', async () => {
    const owner = {};
    const { ask } = asking();
    const look = () => recently({ owner, kind: 'local', now: at(0) }, 'list', ask);
    expect([await look(), await look()]).toEqual([1, 2]);
  });

  it('asks again after a change', async () => {
    const owner = {};
    const { ask } = asking();
    const look = () => recently({ owner, kind: 'github', now: at(0) }, 'list', ask);
    expect(await look()).toBe(1);
    forget(owner);
    expect(await look()).toBe(2);
  });

  it('caches no failure, and keeps portals and questions apart', async () => {
    const owner = {};
    const about = { owner, kind: 'github', now: at(0) } as const;
    await expect(recently(about, 'a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await recently(about, 'a', () => Promise.resolve('up'))).toBe('up');
    expect(await recently(about, 'b', () => Promise.resolve('other'))).toBe('other');
    expect(await recently({ ...about, owner: {} }, 'a', () => Promise.resolve('else'))).toBe('else');
  });
});
