/**
 * `npm run soak:upload`: the command line uploads to the built portal over a slow line, for longer than the five minutes after
 * which Node.js ends every request by itself; another sender stalls, and gets the error.
 *   npm run soak:upload [-- --server-only]   without a build: the server that listens and the store, without Next.js between them
 *   SOAK_SECONDS=330 (of the long upload)
 */
import { randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, request } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashFile, uploadResumable } from '../cli/client/index.ts';
import { createToken } from '../cli/tokens.ts';
import { demoProject } from '../dev/demo/scenario.ts';
import { startFoundation, startPortalOf } from '../dev/foundation/index.ts';
import { removeServiceFolder, startStack } from '../dev/stack/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import { bodyLimitsOf, enforcePace, isUpload, serverTimings } from '../lib/platform/body-pace/index.ts';
import { openReceived } from '../lib/platform/storage/index.ts';
import { readOptions } from '../signer/ground/command-line/index.ts';

const usage = `usage: npm run soak:upload -- [--server-only]
  --server-only   without a build: the server that listens and the store, without Next.js between them
  SOAK_SECONDS    in the environment: how long the upload takes (330)`;
const { values } = readOptions(usage, {
  options: { 'server-only': { type: 'boolean', default: false } },
});
const seconds = Number(process.env['SOAK_SECONDS'] ?? '330');
const bytesPerSecond = 128 * 1024;

/** A line that lets so many bytes a second through, towards the portal. */
async function slowLine(portal: URL): Promise<{ readonly url: string; close(): void }> {
  const pass = async (from: Socket, to: Socket): Promise<void> => {
    for await (const chunk of from) {
      to.write(chunk as Buffer);
      await sleep(((chunk as Buffer).length / bytesPerSecond) * 1000);
    }
    to.end();
  };
  const server = createServer((client) => {
    const far = connect(Number(portal.port), portal.hostname);
    far.pipe(client);
    for (const socket of [client, far])
      socket.on('error', () => [client, far].forEach((end) => end.destroy()));
    void pass(client, far).catch(() => far.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}

/** A sender that stops after a few bytes → the answer, and when it came. */
async function stall(portal: string, token: string, digest: string): Promise<string> {
  const start = performance.now();
  const sending = request(`${portal}/api/v1/artifacts/${digest}`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/octet-stream',
      'content-length': 1_000_000,
    },
  });
  const answer = new Promise<string>((resolve, reject) => {
    sending.once('error', reject);
    sending.once('response', (response) => {
      const after = `${((performance.now() - start) / 1000).toFixed(0)} s`;
      text(response).then((body) => resolve(`${response.statusCode} after ${after}: ${body.trim()}`), reject);
    });
  });
  sending.write(Buffer.alloc(1000));
  return answer;
}

async function soak(portal: string, token: string, state: string): Promise<void> {
  const file = join(state, 'large');
  await writeFile(file, randomFillSync(Buffer.alloc(bytesPerSecond * seconds)));
  const hashed = await hashFile(file);
  const { sha256, sizeBytes } = hashed;
  const line = await slowLine(new URL(portal));
  const start = performance.now();
  const stalled = stall(portal, token, sha256);
  stalled.catch(() => undefined);
  await uploadResumable({ url: line.url, token }, { project: demoProject, file, hashed });
  console.log(`uploaded: ${sizeBytes} bytes in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  console.log(`stalled: ${await stalled}`);
  line.close();
}

/** As server.ts and the route put it together. */
async function serveAlone(folder: string): Promise<{ readonly url: string; close(): void }> {
  const store = openReceived(folder);
  const answer = enforcePace(
    async (incoming, response) => {
      const expectedSha256 = parseSha256Hex(incoming.url?.split('/').at(-1));
      const sizeBytesExpected = Number(incoming.headers['content-length']);
      try {
        await store.put({ stream: incoming, expectedSha256, sizeBytesMax: 1024 ** 3, sizeBytesExpected });
        response.writeHead(201).end();
      } catch (error) {
        response.writeHead(400).end(String(error));
      }
    },
    { ...bodyLimitsOf(undefined), isUpload, networkOf: () => null },
  );
  const server = createHttpServer(serverTimings(), (incoming, response) => void answer(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}

async function onPortal(state: string): Promise<void> {
  const stack = await startStack({ state, signatures: 'test' });
  try {
    const foundation = await startFoundation(stack);
    const portal = await startPortalOf(foundation);
    const key = foundation.policies.people.get('demo-maintainer');
    if (key === undefined) throw new Error('the foundation has no demo-maintainer');
    const { token } = await createToken({
      portal: { url: portal.url, token: null },
      project: demoProject,
      keyFile: key.privateKeyFile,
      name: 'soak',
      policies: [],
      days: 1,
    });
    await soak(portal.url, token, state);
  } finally {
    await stack.stop();
    removeServiceFolder(stack.paths.postgres);
  }
}

const state = mkdtempSync(join(tmpdir(), 'countersign-soak-'));
try {
  if (values['server-only']) {
    const server = await serveAlone(join(state, 'store'));
    await soak(server.url, 'none', state);
    server.close();
  } else await onPortal(state);
} finally {
  rmSync(state, { recursive: true, force: true });
}
