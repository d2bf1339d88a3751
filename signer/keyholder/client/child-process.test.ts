/** A built process starts a built keyholder, which reads no more of code than its own files and the native package. */
import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildProcess } from '../../../scripts/processes/build.ts';
import { projectRoot } from '../../../scripts/processes/built.ts';
import { processes } from '../../../scripts/processes/list.ts';

let folder = '';
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'built-keyholder-')));
  const dist = join(folder, 'dist');
  const module = JSON.stringify(join(projectRoot, 'signer/keyholder/client/child-process.ts'));
  const entry = join(folder, 'starter.ts');
  await writeFile(
    entry,
    `import { startLogChild } from ${module};
     const child = startLogChild({ env: 'PIN' }, {});
     console.log(JSON.stringify(child.spawnargs));
     child.on('message', (message: { code: string }) => console.log(message.code));
     child.send({});`,
  );
  await buildProcess('starter', { entry, what: 'starts a keyholder' }, dist);
  await buildProcess('log-keyholder', processes['log-keyholder'], dist);
  await writeFile(join(dist, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const start = (): Promise<{ readonly out: string; readonly err: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [join(folder, 'dist', 'starter.js')], (_error, out, err) =>
      resolve({ out, err }),
    );
  });

it('reports a missing native package', async () => {
  const { err } = await start();
  expect(err).toContain('the package pkcs11js isn’t in a node_modules at or above');
});

it('runs even if node_modules is a link', async () => {
  await symlink(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  const { out, err } = await start();
  expect(err).toBe('');
  // It has loaded all its code and refuses what is no request.
  expect(out.trimEnd().split('\n').at(-1)).toBe('PROTOCOL');
  const readable = [...out.matchAll(/--allow-fs-read=([^"]+)"/g)].map(([, path = '']) => path);
  const dist = join(folder, 'dist');
  const own = ['log-keyholder.js', 'log-keyholder.js.map', 'package.json'].map((file) => join(dist, file));
  expect(readable).toEqual(expect.arrayContaining(own));
  const others = readable.filter((path) => !own.includes(path));
  expect(others.filter((path) => !path.endsWith('/node_modules/pkcs11js/'))).toEqual([]);
});
