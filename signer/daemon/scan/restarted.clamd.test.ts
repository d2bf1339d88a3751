/** A real clamd that is ended while it reads what was sent before its step, and started again. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import { prepareStackPaths, removeServiceFolder, startClamd } from '../../../dev/stack/index.ts';
import { testFolder } from '../../../dev/test/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import { openScanner } from './proven-scanner.ts';
import { scanAhead } from './scan-ahead.ts';
import { scanAll } from './scan-all.ts';

const mebibyte = 1024 ** 2;
let work: Awaited<ReturnType<typeof testFolder>>;
beforeAll(async () => {
  work = await testFolder('restarted');
});
afterAll(() => work.release());

/** One address for a clamd that comes and goes; `onSent` learns how much was sent over one connection. */
async function relay() {
  const state = { port: 0, onSent: (_bytes: number): void => undefined };
  const server = createServer((socket) => {
    const onward = connect(state.port, '127.0.0.1');
    let sent = 0;
    const end = (): void => {
      socket.destroy();
      onward.destroy();
    };
    for (const one of [socket, onward]) one.on('error', end).on('close', end);
    socket.on('data', (chunk: Buffer) => state.onSent((sent += chunk.length)));
    socket.pipe(onward).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { state, address: { host: '127.0.0.1', port }, close: () => server.close() };
}

it('a scan that was begun early is waited for, given up, and made again by the clamd that comes back', async () => {
  const paths = prepareStackPaths(join(work.folder, 'clamd'));
  const start = () => startClamd(paths, { signatures: 'test' });
  const { state, address, close } = await relay();
  let clamd = await start();
  try {
    state.port = clamd.port;
    const content = Buffer.alloc(8 * mebibyte, 'released');
    const file = join(work.folder, 'artifact');
    await writeFile(file, content);
    const sha256 = parseSha256Hex(createHash('sha256').update(content).digest('hex'));
    const target = { path: [], file, sha256, sizeBytes: content.length, covered: false, opaque: false };
    // No canary is as large.
    const scanner = openScanner({ ...address, timeoutSeconds: 20, streamSizeBytesMax: 4 * mebibyte });
    const whole = { ...(await scanner.prove()), streamSizeBytesMax: 16 * mebibyte };
    const large = { ...scanner, prove: () => Promise.resolve(whole) };

    const gone = Promise.withResolvers<unknown>();
    state.onSent = (bytes) => {
      if (bytes > 5 * mebibyte) gone.resolve(clamd.stop());
    };
    const ahead = scanAhead(large, target);
    await await gone.promise;
    // The step begins by asking clamd, which is away: the request waits.
    await expect(scanner.prove()).rejects.toBeInstanceOf(Unavailable);

    clamd = await start();
    state.port = clamd.port;
    state.onSent = () => undefined;
    const again = await scanner.prove();
    expect(again.provenAt.getTime()).toBeGreaterThan(whole.provenAt.getTime());
    const verdicts = await scanAll(scanner, { ...again, streamSizeBytesMax: 16 * mebibyte }, [target], ahead);
    expect(verdicts.get(sha256)).toEqual({ verdict: 'clean' });
  } finally {
    close();
    await clamd.stop();
    removeServiceFolder(paths.clamav);
  }
});
