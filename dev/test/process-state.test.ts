import { expect, it, vi } from 'vitest';
import { rememberProcessState } from './process-state.ts';

const cases: readonly (readonly [string, () => void, () => void])[] = [
  ['fake timers', () => void vi.useFakeTimers({ toFake: ['setImmediate'] }), () => void vi.useRealTimers()],
  ['COUNTERSIGN_LEFT', () => void vi.stubEnv('COUNTERSIGN_LEFT', '1'), () => void vi.unstubAllEnvs()],
  ['PATH', () => void vi.stubEnv('PATH', undefined), () => void vi.unstubAllEnvs()],
  ['globalThis.fetch', () => void vi.stubGlobal('fetch', () => null), () => void vi.unstubAllGlobals()],
  ['Array.prototype.some', () => void vi.spyOn(Array.prototype, 'some'), () => void vi.restoreAllMocks()],
  ['Date.now', () => void vi.spyOn(Date, 'now'), () => void vi.restoreAllMocks()],
  ['exit code', () => void (process.exitCode = 1), () => void (process.exitCode = undefined)],
];

it.each(cases)('%s is named while it is other than it was', (name, change, undo) => {
  const changed = rememberProcessState();
  try {
    change();
    expect(changed()).toContain(name);
  } finally {
    undo();
  }
  expect(changed()).toEqual([]);
});
