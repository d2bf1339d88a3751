import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { endOnSignals } from './end-on-signals.ts';

function open() {
  const signals = new EventEmitter();
  const exits: number[] = [];
  const said: string[] = [];
  let drains = 0;
  let milliseconds = 0;
  let end: () => void = () => undefined;
  endOnSignals(signals, {
    drain: () => {
      drains += 1;
      return new Promise<void>((resolve) => (end = resolve));
    },
    exit: (status) => exits.push(status),
    say: (message, signal) => said.push(`${signal}: ${message}`),
    now: () => milliseconds,
  });
  return {
    send: (signal: 'SIGTERM' | 'SIGINT', after = 0) => {
      milliseconds += after;
      signals.emit(signal);
    },
    drained: async () => {
      end();
      await new Promise((resolve) => setImmediate(resolve));
    },
    exits,
    said,
    drains: () => drains,
  };
}

it('the first signal drains once, and the process ends when that is done', async () => {
  const portal = open();
  portal.send('SIGTERM');
  portal.send('SIGTERM', 5000);
  expect([portal.drains(), portal.exits]).toEqual([1, []]);
  await portal.drained();
  expect(portal.exits).toEqual([0]);
});

it('Ctrl-C, which a terminal and npm pass on both, drains and doesn’t cut off; a second one does, and says so', () => {
  const portal = open();
  portal.send('SIGINT');
  portal.send('SIGINT', 20);
  expect([portal.drains(), portal.exits]).toEqual([1, []]);
  portal.send('SIGINT', 2000);
  expect(portal.exits).toEqual([130]);
  expect(portal.said.at(-1)).toBe('SIGINT: the portal ends at once: what it had not ended is cut off');
});

it('SIGINT ends a drain that SIGTERM began, at once', () => {
  const portal = open();
  portal.send('SIGTERM');
  portal.send('SIGINT', 1000);
  expect([portal.drains(), portal.exits]).toEqual([1, [130]]);
});
