import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const project = join(import.meta.dirname, '..');
const actions = globSync('app/**/*.ts', { cwd: project })
  .map((file) => ({ file, text: readFileSync(join(project, file), 'utf8') }))
  .filter(({ text }) => text.startsWith("'use server'"))
  .flatMap(({ file, text }) =>
    text
      .split(/^export (?=const|async function)/m)
      .slice(1)
      .map((source) => ({
        name: `${file} ${/^(?:const|async function) (\w+)/.exec(source)?.[1] ?? ''}`,
        source,
      })),
  );

test('the test finds actions', () => {
  expect(actions.length).toBeGreaterThan(30);
});

// What fails in one that doesn't would be called the sender's mistake (lib/platform/http/current-request.ts).
test.each(actions)('the action $name says that it has begun', ({ source }) => {
  expect(source).toMatch(/\b(?:submitForm|tryForm|limitActions|beginAction)\(/);
});

// Under `no-referrer` a browser sends `Origin: null` with a form (Fetch, "append a request `Origin` header"), which is refused as another site's.
test('no page overrides the referrer policy: the common one, same-origin, lets forms say where they come from', () => {
  const pages = globSync('app/**/*.tsx', { cwd: project });
  expect(pages.length).toBeGreaterThan(100);
  expect(
    pages.filter((file) => /referrer: |no-referrer/.test(readFileSync(join(project, file), 'utf8'))),
  ).toEqual([]);
});
