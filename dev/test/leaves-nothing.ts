/** Unit tests share workers: what is the whole process's, a file hands on to the next as it found it. */
import { afterAll, beforeAll, expect } from 'vitest';
// Gives Next.js its AsyncLocalStorage before anything else of it, whichever file is the first to load some.
import 'next/dist/server/node-environment-baseline.js';
import { rememberProcessState } from './process-state.ts';

// By now the file and what it imports are loaded.
let changed: () => readonly string[];
beforeAll(() => {
  changed = rememberProcessState();
});

// The hook that was there first runs last, after those of the file itself.
afterAll(() => {
  expect(changed(), 'what this file leaves to the next').toEqual([]);
});
