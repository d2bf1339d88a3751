import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClientError } from './error.ts';
import type { Patience } from './patience.ts';
import { FakePortal, problem, sha256Of } from './portal.fixture.ts';
import { uploadResumable } from './upload.ts';

let portal: FakePortal;
let folder = '';
let pauses: number[] = [];
const patience: Patience = {
  seconds: 60,
  random: () => 0.5,
  sleep: async (milliseconds) => void pauses.push(milliseconds),
};

beforeEach(async () => {
  portal = await FakePortal.start();
  folder = await mkdtemp(path.join(os.tmpdir(), 'upload-'));
  pauses = [];
});
afterEach(async () => {
  portal.stop();
  await rm(folder, { recursive: true, force: true });
});

async function fileOf(bytes: Buffer): Promise<string> {
  const file = path.join(folder, 'program.exe');
  await writeFile(file, bytes);
  return file;
}

const me = () => ({ url: portal.url, token: 'csn_x' });
const methods = (): readonly (string | undefined)[] => portal.asked.map(([method]) => method);

describe('an upload', () => {
  it('sends each byte once, wherever the line is cut and however often', async () => {
    const bytes = randomBytes(300_000);
    const file = await fileOf(bytes);
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: bytes.length }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        portal.stored.clear();
        portal.received = 0;
        portal.uploadCuts = at.toSorted((a, b) => a - b);
        const { sha256, sizeBytes } = await uploadResumable(me(), { project: 'a', file, patience });
        expect(portal.stored.get(sha256)?.equals(bytes)).toBe(true);
        expect([portal.received, sizeBytes]).toEqual([bytes.length, bytes.length]);
      }),
      { numRuns: 25 },
    );
  });

  it('goes on in another process where it was interrupted', async () => {
    const bytes = randomBytes(4_000_000);
    const file = await fileOf(bytes);
    const stop = new AbortController();
    const onProgress = ({ phase, bytes: sent }: { phase: string; bytes: number }): void => {
      if (phase === 'upload' && sent > 2_000_000) stop.abort();
    };
    const stopped = uploadResumable(me(), { project: 'a', file, patience, signal: stop.signal, onProgress });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    await expect.poll(() => portal.uploads[0]?.bytes.length ?? 0).toBeGreaterThan(0);
    const reported: number[] = [];
    await uploadResumable(me(), {
      project: 'a',
      file,
      patience,
      onProgress: (step) => step.phase === 'upload' && reported.push(step.bytes),
    });
    expect(reported[0]).toBeGreaterThan(0);
    expect(portal.received).toBe(bytes.length);
    expect(portal.stored.get(sha256Of(bytes))?.equals(bytes)).toBe(true);
  });

  it('is finished where all of it arrived, and the portal was cut off before it had the file', async () => {
    const bytes = randomBytes(1000);
    const file = await fileOf(bytes);
    portal.uploadCuts = [bytes.length];
    await uploadResumable(me(), { project: 'a', file, patience });
    expect(portal.stored.get(sha256Of(bytes))?.equals(bytes)).toBe(true);
    portal.stored.clear();
    portal.uploadCuts = [bytes.length];
    const once = { ...patience, seconds: 0 };
    const cut = uploadResumable(me(), { project: 'a', file, patience: once });
    await expect(cut).rejects.toMatchObject({ code: 'UNREACHABLE' });
    // Another process.
    await uploadResumable(me(), { project: 'a', file, patience: once });
    expect(portal.stored.get(sha256Of(bytes))?.equals(bytes)).toBe(true);
    expect(portal.received).toBe(2 * bytes.length);
  });

  it('of what is stored already sends nothing', async () => {
    const bytes = randomBytes(100);
    portal.stored.set(sha256Of(bytes), bytes);
    await uploadResumable(me(), { project: 'a', file: await fileOf(bytes), patience });
    expect(methods()).toEqual(['POST']);
  });

  it('sends an empty file', async () => {
    const { sha256 } = await uploadResumable(me(), {
      project: 'a',
      file: await fileOf(Buffer.alloc(0)),
      patience,
    });
    expect(portal.stored.get(sha256)?.length).toBe(0);
  });

  it('takes the offset that a refusal names', async () => {
    const bytes = randomBytes(1000);
    let moved = false;
    portal.before = ({ method }) => {
      const [upload] = portal.uploads;
      if (method !== 'PATCH' || moved || upload === undefined) return false;
      moved = true;
      upload.bytes = bytes.subarray(0, 400);
      return false;
    };
    const { sha256 } = await uploadResumable(me(), { project: 'a', file: await fileOf(bytes), patience });
    expect(portal.stored.get(sha256)?.equals(bytes)).toBe(true);
    expect(pauses).toEqual([]);
  });

  it('begins anew where the portal has forgotten it, and not without end', async () => {
    const file = await fileOf(randomBytes(1000));
    let forgotten = 0;
    portal.before = ({ method }) => {
      if (method === 'PATCH' && forgotten < 1) {
        portal.uploads.splice(0);
        forgotten += 1;
      }
      return false;
    };
    const { sha256 } = await uploadResumable(me(), { project: 'a', file, patience });
    expect(portal.stored.has(sha256)).toBe(true);
    portal.stored.clear();
    forgotten = -100;
    await expect(uploadResumable(me(), { project: 'a', file, patience })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });

  it('is sent whole to a portal that takes no parts', async () => {
    portal.lacks.add('uploads');
    const bytes = randomBytes(1000);
    const { sha256 } = await uploadResumable(me(), { project: 'a', file: await fileOf(bytes), patience });
    expect(portal.stored.get(sha256)?.equals(bytes)).toBe(true);
    expect(methods()).toEqual(['POST', 'PUT']);
  });

  it('goes in smaller pieces where a proxy takes less at once', async () => {
    const bytes = randomBytes(5 * 1024 * 1024);
    portal.before = ({ method, headers }, response) => {
      if (method !== 'PATCH' || Number(headers['content-length']) <= 1024 * 1024) return false;
      response.writeHead(413, { 'content-type': 'text/html' }).end('<h1>413</h1>');
      return true;
    };
    const { sha256 } = await uploadResumable(me(), { project: 'a', file: await fileOf(bytes), patience });
    expect(portal.stored.get(sha256)?.equals(bytes)).toBe(true);
  });

  it('is not tried again where the portal refuses it', async () => {
    const file = await fileOf(randomBytes(1000));
    for (const [status, code] of [
      [401, 'NOT_SIGNED_IN'],
      [403, 'REFUSED'],
      [422, 'REFUSED'],
      [507, 'UNAVAILABLE'],
    ] as const) {
      portal.asked.splice(0);
      portal.before = ({ method }, response) => {
        if (method === 'PATCH') problem(response, status, 'SOME_CODE');
        return method === 'PATCH';
      };
      const failed = await uploadResumable(me(), { project: 'a', file, patience }).catch(
        (error: unknown) => error,
      );
      expect(failed).toBeInstanceOf(ClientError);
      expect(failed).toMatchObject({ code, problem: { status, code: 'SOME_CODE', fix: 'Do this.' } });
      expect(methods()).toEqual(['POST', 'PATCH']);
    }
  });

  it('believes no portal that has more bytes than the file', async () => {
    const file = await fileOf(randomBytes(10));
    portal.before = (_, response) => {
      response.end(JSON.stringify({ id: 'x', offset: 11, complete: false }));
      return true;
    };
    await expect(uploadResumable(me(), { project: 'a', file, patience })).rejects.toMatchObject({
      code: 'NOT_A_PORTAL',
    });
  });

  it('believes no portal that takes bytes and has none of them', async () => {
    const file = await fileOf(randomBytes(10));
    portal.before = ({ method }, response) => {
      if (method === 'PATCH') response.writeHead(204, { 'upload-offset': '0' }).end();
      return method === 'PATCH';
    };
    await expect(uploadResumable(me(), { project: 'a', file, patience })).rejects.toMatchObject({
      code: 'NOT_A_PORTAL',
      message: expect.stringContaining('has no more than before') as unknown,
    });
  });

  it('goes on where the portal says that the call ended early', async () => {
    const bytes = randomBytes(1000);
    let ended = false;
    portal.before = ({ method }, response) => {
      const [upload] = portal.uploads;
      if (method !== 'PATCH' || ended || upload === undefined) return false;
      ended = true;
      upload.bytes = bytes.subarray(0, 300);
      problem(response, 400, 'UPLOAD_INTERRUPTED');
      return true;
    };
    const { sha256 } = await uploadResumable(me(), { project: 'a', file: await fileOf(bytes), patience });
    expect(portal.stored.get(sha256)?.equals(bytes)).toBe(true);
    expect(methods()).toEqual(['POST', 'PATCH', 'HEAD', 'PATCH']);
  });

  it('sends its pieces to the end without a break where nothing is cut', async () => {
    await uploadResumable(me(), { project: 'a', file: await fileOf(randomBytes(1000)), patience });
    expect(methods()).toEqual(['POST', 'PATCH']);
    expect(portal.headers[1]).toMatchObject({
      'content-type': 'application/partial-upload',
      'upload-offset': '0',
    });
  });
});

describe('a portal that is busy', () => {
  const busy = (times: number, retryAfter: string | null): void => {
    let left = times;
    portal.before = (_, response) => {
      if (left === 0) return false;
      left -= 1;
      if (retryAfter !== null) response.setHeader('retry-after', retryAfter);
      problem(response, 429, 'TOO_MANY_UPLOADS');
      return true;
    };
  };

  it('is asked again after as long as it says, and with growing pauses where it says nothing', async () => {
    const file = await fileOf(randomBytes(10));
    busy(1, '7');
    await uploadResumable(me(), { project: 'a', file, patience });
    expect(pauses).toEqual([7125]);
    pauses = [];
    portal.stored.clear();
    busy(3, null);
    await uploadResumable(me(), { project: 'a', file, patience });
    expect(pauses).toEqual([375, 750, 1500]);
  });

  it('is given up at once where it asks for more time than there is', async () => {
    busy(1, '3600');
    const file = await fileOf(randomBytes(10));
    await expect(uploadResumable(me(), { project: 'a', file, patience })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryAfterSeconds: 3600,
      message: '429 TOO_MANY_UPLOADS: What was found. Do this. Try again in 3600 s.',
    });
    expect(pauses).toEqual([]);
  });
});
