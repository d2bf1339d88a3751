import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { releaseManifest } from './manifest.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const parsed = (name: string) => JSON.parse(read(name)) as Record<string, unknown>;

/** What is for a checkout: it makes a release, tries one, measures, or is for who works on the project. */
const ofCheckout =
  /^(?:demo|dev|test|package|generate|build:(?:docs|processes)|check:packages|(?:bench|fuzz|soak):.*|deploy:check|containers:check|crash-loop|pki:check|pack:command|build-system)$/;

it('a release has every command that a guide has operators run by npm, under the same name', () => {
  const { manifest } = releaseManifest(parsed('package.json'), parsed('package-lock.json'), '1.2.3');
  const scripts = manifest['scripts'] as Readonly<Record<string, string>>;
  const folder = join(root, 'docs', 'guides');
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  );
  const called = pages.flatMap((page) =>
    [...read(join('docs', 'guides', page)).matchAll(/npm run (?:--silent )?([a-z][a-z:-]*)/g)].map(
      ([, name = '']) => name,
    ),
  );
  const operators = [...new Set(called)].filter((name) => !ofCheckout.test(name));
  expect(operators).toEqual(
    expect.arrayContaining(['reconcile', 'revocations:rebuild', 'store:migrate', 'db:migrate']),
  );
  expect(operators.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  expect(scripts['store:migrate']).toBe('node --enable-source-maps dist/store-migrate.js');
});
