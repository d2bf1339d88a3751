/**
 * Two portals are restarted one after the other while people read, upload and download: nothing fails. Counted without a second try:
 * neither the address before them nor who asks sends anything again.
 */
import { createHash, randomBytes } from 'node:crypto';
import { request as askHttp } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { startLoad } from './load.ts';
import { theSignedOne } from './report.ts';
import { demoToken, project, startTwoPortals } from './two-portals.ts';

const mebibyte = 1024 ** 2;
/** Bytes of an upload, and into how many pieces they are sent, with a pause after each: longer than a drain's own delay. */
const upload = { bytes: 4 * mebibyte, pieces: 24, pauseMilliseconds: 250 };
const rounds = 2;

/** Sends a file slowly, in one call. */
function uploadSlowly(url: string): Promise<void> {
  const bytes = randomBytes(upload.bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return new Promise((resolve, reject) => {
    const sending = askHttp(`${url}/api/v1/artifacts/${sha256}`, {
      method: 'PUT',
      agent: false,
      headers: {
        authorization: `Bearer ${demoToken()}`,
        'content-type': 'application/octet-stream',
        'content-length': String(bytes.length),
      },
    });
    sending.on('error', reject);
    sending.on('response', (answer) => {
      answer.resume();
      answer.on('error', reject);
      answer.on('end', () =>
        answer.statusCode === 201 ? resolve() : reject(new Error(`answered ${answer.statusCode ?? 0}`)),
      );
    });
    const piece = Math.ceil(bytes.length / upload.pieces);
    const send = async (): Promise<void> => {
      for (let start = 0; start < bytes.length; start += piece) {
        sending.write(bytes.subarray(start, start + piece));
        await sleep(upload.pauseMilliseconds);
      }
      sending.end();
    };
    send().catch(reject);
  });
}

/** Reads a release slowly, in one call, and compares its digest. */
async function downloadSlowly(url: string, id: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  await new Promise<void>((resolve, reject) => {
    const asking = askHttp(`${url}/api/v1/requests/${id}/artifact`, { agent: false }, (answer) => {
      answer.on('error', reject);
      const read = async (): Promise<void> => {
        for await (const chunk of answer) {
          hash.update(chunk as Buffer);
          await sleep(60);
        }
        if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode ?? 0}`);
      };
      read().then(resolve, reject);
    });
    asking.on('error', reject);
    asking.end();
  });
  const digest = hash.digest('hex');
  if (digest !== sha256) throw new Error(`the bytes hash to ${digest}`);
}

/** A file in parts, each a call of its own. */
async function uploadInParts(url: string): Promise<void> {
  const bytes = randomBytes(512 * 1024);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const auth = { authorization: `Bearer ${demoToken()}` };
  const begun = await fetch(`${url}/api/v1/uploads`, {
    method: 'POST',
    headers: { ...auth, 'content-type': 'application/json' },
    body: JSON.stringify({ project, sha256, size: bytes.length }),
  });
  if (begun.status !== 201) throw new Error(`beginning was answered ${begun.status}`);
  const { id } = (await begun.json()) as { readonly id: string };
  const part = bytes.length / 4;
  for (let offset = 0; offset < bytes.length; offset += part) {
    const answer = await fetch(`${url}/api/v1/uploads/${id}`, {
      method: 'PATCH',
      headers: {
        ...auth,
        'content-type': 'application/partial-upload',
        'upload-offset': String(offset),
        'upload-complete': offset + part === bytes.length ? '?1' : '?0',
      },
      body: bytes.subarray(offset, offset + part),
    });
    await answer.text();
    if (answer.status !== 204) throw new Error(`a part was answered ${answer.status}`);
    await sleep(200);
  }
}

async function read(url: string, path: string): Promise<void> {
  const answer = await fetch(`${url}${path}`, { redirect: 'manual' });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}`);
  if (path.startsWith('/search') && !text.endsWith('</html>')) throw new Error(`${path} ends early`);
}

test('restarting one portal after the other under load fails no request', async () => {
  // Four starts of a portal, on a machine with many times the work it can do.
  test.setTimeout(1_800_000);
  await using two = await startTwoPortals(
    { shutdown: { delaySeconds: 2, answersSeconds: 10, transfersSeconds: 50 } },
    { looksAtReadiness: true },
  );
  const { url } = two.address;
  const signed = theSignedOne();
  const view = (await (await fetch(`${url}/api/v1/requests/${signed.id}`)).json()) as {
    readonly release: { readonly sha256: string };
  };
  await using load = startLoad({
    // Of each kind so many at a time, each beginning anew as it ends.
    upload: { atOnce: 2, run: () => uploadSlowly(url) },
    parts: { atOnce: 1, run: () => uploadInParts(url) },
    download: { atOnce: 2, run: () => downloadSlowly(url, signed.id, view.release.sha256) },
    page: {
      atOnce: 2,
      run: async (turn) => {
        const paths = ['/', '/projects', `/requests/${signed.id}`, `/search?q=restart-${turn}`];
        await read(url, paths[turn % paths.length] ?? '/');
        await sleep(50);
      },
    },
    api: {
      atOnce: 1,
      run: async () => {
        await read(url, '/api/v1/requests?limit=5');
        await sleep(50);
      },
    },
  });
  await sleep(3000);
  const inFlight: number[] = [];
  for (let round = 0; round < rounds; round += 1)
    for (const portal of two.portals) {
      inFlight.push(load.running('upload') + load.running('download'));
      expect(await portal.restart(), portal.log()).toBe(0);
      // A balancer has to see that it is back before the other one goes.
      await expect.poll(async () => (await fetch(`${portal.url}/readyz`)).status).toBe(200);
      await sleep(1000);
    }
  await load.end();
  const { ended, failed } = load;
  test.info().annotations.push({ type: 'counted', description: JSON.stringify({ ended, failed, inFlight }) });
  console.log(
    `counted: ${JSON.stringify(ended)}, failed ${failed.length}; transfers at each SIGTERM: ${inFlight.join(' ')}`,
  );
  expect(failed).toEqual([]);
  for (const [kind, count] of Object.entries(ended)) expect(count, kind).toBeGreaterThan(rounds);
  // Each portal had transfers of its own as it was told to end; else this would show nothing.
  for (const count of inFlight) expect(count).toBeGreaterThanOrEqual(3);
});
