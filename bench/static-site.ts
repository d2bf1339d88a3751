/** The yardstick: a Next.js of the same version with one static page and nothing else, built and started here. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const modules = join(import.meta.dirname, '..', 'node_modules');
const next = join(modules, 'next', 'dist', 'bin', 'next');
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' } as const;

export async function startStaticSite(
  folder: string,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  mkdirSync(join(folder, 'app'), { recursive: true });
  symlinkSync(modules, join(folder, 'node_modules'));
  const text = 'A page of about the length of ours, with nothing to look up. '.repeat(120);
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  writeFileSync(
    join(folder, 'next.config.mjs'),
    'export default { typescript: { ignoreBuildErrors: true }, turbopack: { root: import.meta.dirname } };\n',
  );
  writeFileSync(
    join(folder, 'app', 'layout.jsx'),
    'export default ({ children }) => <html lang="en"><body>{children}</body></html>;\n',
  );
  writeFileSync(join(folder, 'app', 'page.jsx'), `export default () => <main><p>${text}</p></main>;\n`);
  execFileSync(process.execPath, [next, 'build', '--webpack'], { cwd: folder, env, stdio: 'pipe' });
  const port = await freePort();
  const child = spawn(process.execPath, [next, 'start', '--hostname', '127.0.0.1', '--port', String(port)], {
    cwd: folder,
    env,
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries++) {
    if (
      await fetch(url).then(
        (answer) => answer.ok,
        () => false,
      )
    ) {
      return {
        url,
        async stop() {
          child.kill('SIGTERM');
          await new Promise((resolve) => child.once('exit', resolve));
        },
      };
    }
    await wait(100);
  }
  child.kill('SIGKILL');
  throw new Error('the static site did not start');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
