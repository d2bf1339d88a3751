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

test('there are actions to look at', () => {
  expect(actions.length).toBeGreaterThan(30);
});

// What fails in one that doesn't would be called the sender's mistake (lib/platform/http/current-request.ts).
test.each(actions)('the action $name says that it has begun', ({ source }) => {
  expect(source).toMatch(/\b(?:submitForm|tryForm|limitActions|beginAction)\(/);
});
