import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { patience } from '../../../../dev/test/patience.ts';
import { parseProjectSlug, parseSha256Hex } from '#core/ids/index.ts';
import { createToken } from '../../../../lib/api-tokens/index.ts';
import { openFoundation } from '../../../../lib/policy-changes/open-foundation.fixture.ts';
import { folderOf } from '../../../../lib/host/configuration/index.ts';
import { openPortal, type OpenPortal } from '../../../../lib/platform/portal/index.ts';
import { removeUnusedUploads } from '../../../../lib/uploads/index.ts';
import { serveUploads } from './serve-uploads.fixture.ts';

const project = 'esbuild-demo';
const sizeBytesMax = 400_000;
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const digestOf = (bytes: Uint8Array) => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;

let on: Awaited<ReturnType<typeof openFoundation>>;
let here: Awaited<ReturnType<typeof serveUploads>>;
/** Another portal of the same foundation. */
let second: OpenPortal;
let there: Awaited<ReturnType<typeof serveUploads>>;
let token: string;
let colleague: string;
let stranger: string;
let clock = 0;
beforeAll(async () => {
  on = await openFoundation({
    config: { upload: { sizeBytesMax } },
    now: () => new Date(Date.now() + clock),
  });
  second = openPortal(on.portal.config, on.portal.now);
  here = await serveUploads(on.portal);
  there = await serveUploads(second);
  const maintainer = await on.as('demo-maintainer');
  const tokenOf = async (slug: string): Promise<string> => {
    const asked = {
      project: parseProjectSlug(slug),
      name: randomUUID(),
      policies: [],
      days: 90,
      id: randomUUID(),
    };
    return (await createToken({ ctx: maintainer, input: asked })).token;
  };
  [token, colleague, stranger] = [await tokenOf(project), await tokenOf(project), await tokenOf('zip-demo')];
});
afterEach(async () => {
  clock = 0;
  await on.portal.db.upload.deleteMany({});
  for (const { id } of await on.portal.db.partialUpload.findMany({}))
    await on.portal.store.partial.remove(id);
  await on.portal.db.partialUpload.deleteMany({});
});
afterAll(async () => {
  await here.close();
  await there.close();
  await second.close();
  await on.release();
});

interface Upload {
  readonly id: string;
  readonly offset: number;
  readonly complete: boolean;
}
interface Problem {
  readonly code: string;
  readonly 'expected-offset'?: number;
}
const auth = (as = token) => ({ authorization: `Bearer ${as}` });
const begin = async (bytes: Uint8Array, more: { as?: string; project?: string; at?: typeof here } = {}) => {
  const answer = await fetch(`${(more.at ?? here).url}/api/v1/uploads`, {
    method: 'POST',
    headers: { ...auth(more.as), 'content-type': 'application/json' },
    body: JSON.stringify({ project: more.project ?? project, sha256: hashOf(bytes), size: bytes.byteLength }),
  });
  const upload = (await answer.json()) as Upload & Problem;
  return { status: answer.status, upload, location: answer.headers.get('location') };
};
const partHeaders = (offset: number, as = token) => ({
  ...auth(as),
  'content-type': 'application/partial-upload',
  'upload-offset': String(offset),
});
const patch = async (
  id: string,
  offset: number,
  bytes: Uint8Array | ReadableStream,
  more: { as?: string; at?: typeof here; headers?: Record<string, string> } = {},
) => {
  const answer = await fetch(`${(more.at ?? here).url}/api/v1/uploads/${id}`, {
    method: 'PATCH',
    headers: { ...partHeaders(offset, more.as), ...more.headers },
    body: bytes,
    duplex: 'half',
  } as RequestInit);
  const text = await answer.text();
  const problem = text === '' ? null : (JSON.parse(text) as Problem);
  return { status: answer.status, offset: answer.headers.get('upload-offset'), problem };
};
const head = async (id: string, more: { as?: string; at?: typeof here } = {}) => {
  const { status, headers } = await fetch(`${(more.at ?? here).url}/api/v1/uploads/${id}`, {
    method: 'HEAD',
    headers: auth(more.as),
  });
  const [offset, complete] = [headers.get('upload-offset'), headers.get('upload-complete')];
  return { status, offset: Number(offset), complete, headers };
};
const stored = async (bytes: Uint8Array): Promise<Buffer | null> => {
  const found = await on.portal.store.open(parseSha256Hex(hashOf(bytes)));
  return found === null ? null : buffer(found.stream());
};
const partial = (): readonly string[] => {
  const folder = join(folderOf(on.portal.config.artifactStore) ?? '', 'partial');
  return readdirSync(folder);
};

describe('an upload whose connection is cut', () => {
  it('goes on where it was cut, at any byte, at any portal, and is the file', async () => {
    const cuts = fc.array(
      fc.record({ more: fc.integer({ min: 0, max: 150_000 }), elsewhere: fc.boolean() }),
      {
        maxLength: 4,
      },
    );
    const property = fc.asyncProperty(fc.integer({ min: 1, max: 300_000 }), cuts, async (size, all) => {
      await on.portal.db.upload.deleteMany({});
      const bytes = randomBytes(size);
      const { upload } = await begin(bytes);
      let offset = 0;
      for (const { more, elsewhere } of all) {
        const end = Math.min(size, offset + more);
        const headers = { ...partHeaders(offset), 'content-length': String(size - offset) };
        if (end === size) break;
        await here.cut(upload.id, headers, bytes.subarray(offset, end));
        const asked = await head(upload.id, { at: elsewhere ? there : here });
        expect([asked.status, asked.complete]).toEqual([200, '?0']);
        // The call may have begun after the question, and then what arrived is more by now; never less.
        expect(asked.offset).toBeGreaterThanOrEqual(offset);
        expect(asked.offset).toBeLessThanOrEqual(end);
        offset = asked.offset;
      }
      await vi.waitFor(async () => {
        const { offset: from } = await head(upload.id);
        expect(from).toBeGreaterThanOrEqual(offset);
        const { status } = await patch(upload.id, from, bytes.subarray(from), { at: there });
        expect(status).toBe(204);
      }, patience);
      expect(await head(upload.id)).toMatchObject({ offset: size, complete: '?1' });
      expect(await stored(bytes)).toEqual(bytes);
    });
    await fc.assert(property, { numRuns: 12 });
    expect(partial()).toEqual([]);
  });

  it('keeps what was read before', async () => {
    const bytes = randomBytes(100_000);
    const { upload } = await begin(bytes);
    const file = join(folderOf(on.portal.config.artifactStore) ?? '', 'partial', upload.id);
    const chunk = Buffer.concat([
      Buffer.from('2710\r\n'),
      bytes.subarray(60_000, 70_000),
      Buffer.from('\r\n'),
    ]);
    // In chunks there is no length that could tell.
    for (const [from, to, encoding, sent] of [
      [0, 60_000, { 'content-length': '100000' }, bytes.subarray(0, 60_000)],
      [60_000, 70_000, { 'transfer-encoding': 'chunked' }, chunk],
    ] as const) {
      const call = here.begin(upload.id, { ...partHeaders(from), ...encoding }, sent);
      await vi.waitFor(() => expect(statSync(file).size).toBe(to), patience);
      call.cut();
      expect((await head(upload.id)).offset).toBe(to);
    }
    expect((await patch(upload.id, 70_000, bytes.subarray(70_000))).status).toBe(204);
    expect(await stored(bytes)).toEqual(bytes);
  });
});

describe('bytes that aren’t the next ones', () => {
  it('are refused with where it goes on: repeated, out of order, and after the end', async () => {
    const bytes = randomBytes(3000);
    const { upload, location, status } = await begin(bytes);
    expect([status, location]).toEqual([201, `${on.portal.config.publicUrl}/api/v1/uploads/${upload.id}`]);
    expect(await patch(upload.id, 0, bytes.subarray(0, 1000))).toMatchObject({ status: 204, offset: '1000' });
    for (const [from, to] of [
      [0, 1000],
      [2000, 3000],
    ] as const) {
      expect(await patch(upload.id, from, bytes.subarray(from, to))).toMatchObject({
        status: 409,
        offset: '1000',
        problem: { code: 'UPLOAD_OFFSET_MISMATCH', 'expected-offset': 1000, 'provided-offset': from },
      });
    }
    expect((await patch(upload.id, 1000, bytes.subarray(1000))).status).toBe(204);
    // The answer was lost: asked again, the upload says that it is whole.
    expect(await patch(upload.id, 1000, bytes.subarray(1000))).toMatchObject({ status: 409, offset: '3000' });
    expect(await patch(upload.id, 3000, Buffer.alloc(0))).toMatchObject({ status: 204, offset: '3000' });
  });

  it('are refused where they are too many, unread or read', async () => {
    const bytes = randomBytes(1000);
    const { upload } = await begin(bytes);
    const long = randomBytes(2000);
    const tooLong = { status: 413, problem: { code: 'UPLOAD_TOO_LONG' } };
    expect(await patch(upload.id, 0, long)).toMatchObject(tooLong);
    expect(await patch(upload.id, 0, new Blob([long]).stream())).toMatchObject(tooLong);
    expect((await head(upload.id)).offset).toBe(0);
    expect((await patch(upload.id, 0, bytes)).status).toBe(204);
  });

  it('end the upload where the file is another one, and give its room back', async () => {
    const bytes = randomBytes(sizeBytesMax);
    for (let count = 0; count < 5; count += 1) {
      const { upload } = await begin(bytes);
      const answer = await patch(upload.id, 0, randomBytes(sizeBytesMax));
      expect(answer).toMatchObject({ status: 422, problem: { code: 'ARTIFACT_DIGEST_MISMATCH' } });
      expect((await head(upload.id)).status).toBe(404);
    }
    expect([await stored(bytes), partial(), await on.portal.db.upload.count()]).toEqual([null, [], 0]);
  });

  it('are told by a digest of the call, and not kept', async () => {
    const bytes = randomBytes(2000);
    const { upload } = await begin(bytes);
    const half = bytes.subarray(0, 1000);
    const headers = { 'content-digest': digestOf(half) };
    expect(await patch(upload.id, 0, randomBytes(1000), { headers })).toMatchObject({
      status: 422,
      problem: { code: 'CONTENT_DIGEST_MISMATCH' },
    });
    expect((await head(upload.id)).offset).toBe(0);
    const none = { 'content-digest': 'sha-256=:x:' };
    expect(await patch(upload.id, 0, half, { headers: none })).toMatchObject({ status: 400 });
    expect(await patch(upload.id, 0, half, { headers })).toMatchObject({ status: 204, offset: '1000' });
    const rest = bytes.subarray(1000);
    const mixed = { 'content-digest': `sha-512=:eA==:, ${digestOf(rest)}` };
    expect((await patch(upload.id, 1000, rest, { headers: mixed })).status).toBe(204);
    expect(await stored(bytes)).toEqual(bytes);
  });
});

describe('two calls', () => {
  it('that begin the same are one upload, at two portals at once, too', async () => {
    const bytes = randomBytes(500);
    const all = await Promise.all([begin(bytes), begin(bytes, { at: there }), begin(bytes)]);
    expect(new Set(all.map(({ upload }) => upload.id)).size).toBe(1);
    const [{ upload }] = all;
    await patch(upload.id, 0, bytes.subarray(0, 200));
    expect(await begin(bytes)).toMatchObject({ status: 200, upload: { id: upload.id, offset: 200 } });
    expect((await begin(bytes, { as: colleague })).upload.id).not.toBe(upload.id);
  });

  it('that write at once: one does', async () => {
    const bytes = randomBytes(200_000);
    const { upload } = await begin(bytes);
    const both = await Promise.all([patch(upload.id, 0, bytes), patch(upload.id, 0, bytes, { at: there })]);
    const statuses = both.map(({ status }) => status);
    expect(statuses).toContain(204);
    // The other one is refused, or comes when it is whole and says so.
    expect(statuses.filter((status) => status === 204 || status === 409)).toHaveLength(2);
    expect(await stored(bytes)).toEqual(bytes);
  });

  it('of which one asks where it stands: the other, which sends nothing more, ends and keeps what arrived', async () => {
    const bytes = randomBytes(1000);
    const { upload } = await begin(bytes);
    const headers = { ...partHeaders(0), 'content-length': '1000' };
    const hanging = here.begin(upload.id, headers, bytes.subarray(0, 400));
    await vi.waitFor(async () => {
      const row = await on.portal.db.partialUpload.findUniqueOrThrow({ where: { id: upload.id } });
      expect(row.writer).not.toBeNull();
    }, patience);
    expect(await patch(upload.id, 0, bytes)).toMatchObject({ status: 409, problem: { code: 'UPLOAD_BUSY' } });
    await vi.waitFor(async () => expect((await head(upload.id, { at: there })).offset).toBe(400), patience);
    expect(await hanging.answer).toMatch(/^HTTP\/1\.1 409 [^]*UPLOAD_BUSY/);
    expect((await patch(upload.id, 400, bytes.subarray(400))).status).toBe(204);
  });

  it('of which one’s portal died: the other goes on once the lease is over', async () => {
    const bytes = randomBytes(1000);
    const { upload } = await begin(bytes);
    await patch(upload.id, 0, bytes.subarray(0, 300));
    const lease = (seconds: number) =>
      on.portal.db.partialUpload.update({
        where: { id: upload.id },
        data: { writer: randomUUID(), writerUntil: new Date(Date.now() + seconds * 1000) },
      });
    await lease(15);
    expect((await patch(upload.id, 300, bytes.subarray(300))).status).toBe(409);
    await lease(-1);
    expect((await head(upload.id)).offset).toBe(300);
    expect((await patch(upload.id, 300, bytes.subarray(300))).status).toBe(204);
  });

  it('of which one’s portal died while the database’s clock was ahead: the other goes on', async () => {
    const bytes = randomBytes(1000);
    for (const ask of [true, false]) {
      const { upload } = await begin(bytes.subarray(0, ask ? 1000 : 999));
      await patch(upload.id, 0, bytes.subarray(0, 300));
      const writer = { writer: randomUUID(), writerUntil: new Date(Date.now() + 365 * 24 * 3_600_000) };
      await on.portal.db.partialUpload.update({ where: { id: upload.id }, data: writer });
      if (ask) {
        expect((await head(upload.id)).offset).toBe(300);
        const row = await on.portal.db.partialUpload.findUniqueOrThrow({ where: { id: upload.id } });
        expect(row.writer).toBeNull();
      } else expect((await patch(upload.id, 300, bytes.subarray(300, 999))).status).toBe(204);
    }
  });
});

describe('an upload', () => {
  it('is nobody else’s: of the same project, of another, and of nobody', async () => {
    const bytes = randomBytes(100);
    const { upload } = await begin(bytes);
    for (const as of [colleague, stranger]) {
      expect((await head(upload.id, { as })).status).toBe(404);
      expect(await patch(upload.id, 0, bytes, { as })).toMatchObject({
        status: 404,
        problem: { code: 'UNKNOWN_UPLOAD' },
      });
    }
    expect((await head(upload.id, { as: `${token}x` })).status).toBe(401);
    expect((await begin(bytes, { as: stranger })).status).toBe(403);
    expect((await begin(bytes, { project: 'zip-demo' })).upload.code).toBe('NOT_ALLOWED');
  });

  it('of what is stored already is complete, and the file stays for this project, too', async () => {
    const bytes = randomBytes(100);
    const other = await begin(bytes, { as: stranger, project: 'zip-demo' });
    await patch(other.upload.id, 0, bytes, { as: stranger });
    const { status, upload } = await begin(bytes);
    expect([status, upload.offset, upload.complete]).toEqual([200, 100, true]);
    expect(await on.portal.db.upload.findMany({ where: { owner: project } })).toMatchObject([
      { isStored: true },
    ]);
    // Removed as unused meanwhile: it is wanted again.
    await on.portal.store.remove(parseSha256Hex(hashOf(bytes)));
    expect(await begin(bytes)).toMatchObject({ status: 201, upload: { offset: 0, complete: false } });
  });

  it('takes its room as it begins, and gives it back once its caller gives it up', async () => {
    const all = [];
    for (let count = 0; count < 4; count += 1) all.push(await begin(randomBytes(sizeBytesMax)));
    expect((await begin(randomBytes(10))).upload.code).toBe('UPLOAD_QUOTA_EXCEEDED');
    expect((await begin(randomBytes(sizeBytesMax + 1))).upload.code).toBe('ARTIFACT_TOO_LARGE');
    const id = all[0]?.upload.id ?? '';
    await patch(id, 0, randomBytes(10));
    const remove = () => fetch(`${here.url}/api/v1/uploads/${id}`, { method: 'DELETE', headers: auth() });
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 404]);
    expect(partial()).not.toContain(id);
    expect((await begin(randomBytes(10))).status).toBe(201);
  });

  it('that nobody finishes within a day goes, with its bytes and its room; what is written stays', async () => {
    const [left, written] = [randomBytes(1000), randomBytes(900)];
    const { upload } = await begin(left);
    await patch(upload.id, 0, left.subarray(0, 500));
    const other = await begin(written);
    await patch(other.upload.id, 0, written.subarray(0, 500));
    clock = 23.9 * 3_600_000;
    await removeUnusedUploads(on.portal);
    expect((await head(upload.id)).offset).toBe(500);
    clock = 24.1 * 3_600_000;
    expect((await head(upload.id)).status).toBe(410);
    const until = new Date(Date.now() + clock + 60_000);
    await on.portal.db.partialUpload.update({
      where: { id: other.upload.id },
      data: { writer: randomUUID(), writerUntil: until },
    });
    expect((await removeUnusedUploads(on.portal)).problems).toEqual([]);
    expect((await head(upload.id)).status).toBe(404);
    expect(partial()).toContain(other.upload.id);
    expect(partial()).not.toContain(upload.id);
    expect(await on.portal.db.upload.count({ where: { id: upload.id } })).toBe(0);
  });

  it('whose bytes are gone says so, and begins anew', async () => {
    const bytes = randomBytes(1000);
    const { upload } = await begin(bytes);
    await patch(upload.id, 0, bytes.subarray(0, 500));
    await on.portal.store.partial.remove(upload.id);
    expect((await patch(upload.id, 500, bytes.subarray(500))).problem?.code).toBe('UNKNOWN_UPLOAD');
    expect((await begin(bytes)).status).toBe(201);
  });
});
