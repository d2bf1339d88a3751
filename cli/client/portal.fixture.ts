/** A portal of one process that keeps to the API’s contract for uploads, requests and downloads, and whose line can be cut. */
import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface Upload {
  readonly id: string;
  readonly caller: string;
  readonly project: string;
  readonly sha256: string;
  readonly size: number;
  bytes: Buffer;
}

interface Request {
  readonly id: string;
  readonly submission: Readonly<Record<string, unknown>>;
  status: string;
  revision: number;
  release: Buffer | null;
  /** How it ended, where the status doesn't say. */
  outcome?: string;
}

export type Asked = readonly [method: string | undefined, path: string | undefined];

export class FakePortal {
  url = '';
  readonly stored = new Map<string, Buffer>();
  readonly requests = new Map<string, Request>();
  readonly uploads: Upload[] = [];
  readonly asked: Asked[] = [];
  readonly headers: http.IncomingHttpHeaders[] = [];
  /** Bytes of files that came in. */
  received = 0;
  /** The next connections end once an upload has that many bytes. */
  uploadCuts: number[] = [];
  /** The next connections end once a download has sent up to that byte. */
  downloadCuts: number[] = [];
  /** Answers before anything else is done. → true: it has answered. */
  before: (request: http.IncomingMessage, response: http.ServerResponse) => boolean = () => false;
  /** As a portal before there were uploads in parts, or before it could hold a look. */
  lacks = new Set<'uploads' | 'waiting' | 'ranges'>();
  /** The name that releases have. */
  name = 'signed.zip';
  onLook: (request: Request) => void = () => undefined;
  readonly #server = http.createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<FakePortal> {
    const portal = new FakePortal();
    await new Promise<void>((resolve) => portal.#server.listen(0, '127.0.0.1', resolve));
    portal.url = `http://127.0.0.1:${(portal.#server.address() as AddressInfo).port}`;
    return portal;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  release(id: string, bytes: Buffer): void {
    this.set(id, 'completed');
    const request = this.requests.get(id);
    if (request !== undefined) request.release = bytes;
  }

  set(id: string, status: string): void {
    const request = this.requests.get(id) ?? { id, submission: {}, status, revision: 0, release: null };
    this.requests.set(id, request);
    request.status = status;
    request.revision += 1;
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    this.asked.push([request.method, request.url]);
    this.headers.push(request.headers);
    if (this.before(request, response)) return;
    const path = (request.url ?? '').replace(/\?.*$/, '');
    const [, , , kind = '', id = '', what = ''] = path.split('/');
    if (kind === 'uploads' && this.lacks.has('uploads')) problem(response, 404, 'NOT_FOUND');
    else if (kind === 'uploads') await this.#uploads(request, response, id);
    else if (kind === 'artifacts') await this.#whole(request, response, id);
    else if (kind === 'requests' && id === '' && request.method === 'POST')
      await this.#submit(request, response);
    else if (kind === 'requests' && id === '') this.#list(response);
    else if (kind === 'requests' && what === 'artifact') this.#download(request, response, id);
    else if (kind === 'requests' && request.method === 'POST')
      await this.#act(request, response, { id, what });
    else if (kind === 'requests') await this.#look(request, response, id);
    else problem(response, 404, 'NOT_FOUND');
  }

  async #uploads(request: http.IncomingMessage, response: http.ServerResponse, id: string): Promise<void> {
    const caller = request.headers.authorization ?? '';
    if (request.method === 'POST') {
      const wanted = JSON.parse(await textOf(request)) as Pick<Upload, 'project' | 'sha256' | 'size'>;
      const known = this.uploads.find((one) => one.caller === caller && one.sha256 === wanted.sha256);
      const upload = known ?? { id: randomUUID(), caller, ...wanted, bytes: Buffer.alloc(0) };
      if (known === undefined) this.uploads.push(upload);
      const complete = this.stored.has(wanted.sha256);
      json(response, known === undefined && !complete ? 201 : 200, {
        ...wanted,
        id: upload.id,
        offset: complete ? wanted.size : upload.bytes.length,
        complete,
        expiresAt: '2030-01-01T00:00:00.000Z',
      });
      return;
    }
    const upload = this.uploads.find((one) => one.id === id && one.caller === caller);
    if (upload === undefined) {
      problem(response, 404, 'UNKNOWN_UPLOAD');
      return;
    }
    if (request.method === 'PATCH' && !(await this.#append(request, response, upload))) return;
    response.setHeader('upload-offset', String(upload.bytes.length));
    response.setHeader('upload-complete', this.stored.has(upload.sha256) ? '?1' : '?0');
    response.writeHead(204).end();
  }

  /** → false: it has answered, or the line is cut. */
  async #append(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    upload: Upload,
  ): Promise<boolean> {
    if (Number(request.headers['upload-offset']) !== upload.bytes.length) {
      problem(response, 409, 'UPLOAD_OFFSET_MISMATCH', { 'expected-offset': upload.bytes.length });
      return false;
    }
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        const [cut = Infinity] = this.uploadCuts;
        const kept = chunk.subarray(0, Math.max(0, cut - upload.bytes.length));
        upload.bytes = Buffer.concat([upload.bytes, kept]);
        this.received += kept.length;
        if (upload.bytes.length < cut) continue;
        this.uploadCuts.shift();
        request.socket.destroy();
        return false;
      }
    } catch {
      return false; // the sender went away; what came stays
    }
    if (upload.bytes.length < upload.size) return true;
    this.uploads.splice(this.uploads.indexOf(upload), 1);
    if (sha256Of(upload.bytes) !== upload.sha256) {
      problem(response, 422, 'ARTIFACT_DIGEST_MISMATCH');
      return false;
    }
    this.stored.set(upload.sha256, upload.bytes);
    return true;
  }

  async #whole(request: http.IncomingMessage, response: http.ServerResponse, sha256: string): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    this.stored.set(sha256, Buffer.concat(chunks));
    json(response, 201, { sha256 });
  }

  async #submit(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const text = await textOf(request);
    const submission = JSON.parse(text) as { readonly artifact: { readonly sha256: string } };
    if (!this.stored.has(submission.artifact.sha256)) {
      problem(response, 422, 'ARTIFACT_NOT_UPLOADED');
      return;
    }
    const known = [...this.requests.values()].find((one) => JSON.stringify(one.submission) === text);
    const id = known?.id ?? randomUUID();
    if (known === undefined)
      this.requests.set(id, { id, submission, status: 'received', revision: 0, release: null });
    json(response, known === undefined ? 201 : 200, {
      id,
      url: `${this.url}/requests/${id}`,
      created: known === undefined,
    });
  }

  async #act(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    { id, what }: { readonly id: string; readonly what: string },
  ): Promise<void> {
    const body = JSON.parse(await textOf(request)) as Readonly<Record<string, unknown>>;
    const there = this.requests.get(id);
    if (there === undefined) {
      problem(response, 404, 'UNKNOWN_REQUEST');
      return;
    }
    if (what === 'cancel' && there.status === 'completed') {
      problem(response, 409, 'TOO_LATE');
      return;
    }
    if (what === 'cancel') {
      this.set(id, 'denied');
      there.outcome = 'cancelled';
      json(response, 202, { id, cancellation: body });
      return;
    }
    const again = randomUUID();
    this.requests.set(again, { id: again, submission: body, status: 'received', revision: 0, release: null });
    json(response, 201, { id: again, url: `${this.url}/requests/${again}`, created: true });
  }

  #list(response: http.ServerResponse): void {
    const requests = [...this.requests.values()].map(({ id, status }) => ({
      id,
      status,
      project: 'a',
      policy: 'b',
    }));
    json(response, 200, { requests, next: null });
  }

  async #look(request: http.IncomingMessage, response: http.ServerResponse, id: string): Promise<void> {
    const there = this.requests.get(id);
    if (there === undefined) {
      problem(response, 404, 'UNKNOWN_REQUEST');
      return;
    }
    const tag = (): string => `"${there.revision}"`;
    const seen = request.headers['if-none-match'];
    const isHeld = seen !== undefined && request.headers.prefer !== undefined && !this.lacks.has('waiting');
    if (isHeld) {
      response.setHeader('preference-applied', request.headers.prefer ?? '');
      // Held a little, as a portal would for longer.
      for (let held = 0; held < 40 && seen === tag(); held += 1)
        await new Promise((go) => setTimeout(go, 10));
    }
    this.onLook(there);
    response.setHeader('etag', tag());
    if (seen === tag()) response.writeHead(304).end();
    else json(response, 200, viewOf(there, this.name));
  }

  #download(request: http.IncomingMessage, response: http.ServerResponse, id: string): void {
    const bytes = this.requests.get(id)?.release ?? null;
    if (bytes === null) {
      problem(response, 404, 'NOT_RELEASED');
      return;
    }
    const etag = `"${sha256Of(bytes)}"`;
    const [, first] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
    const isPart = first !== undefined && request.headers['if-range'] === etag && !this.lacks.has('ranges');
    const from = isPart ? Number(first) : 0;
    response.writeHead(isPart ? 206 : 200, {
      etag,
      'content-length': String(bytes.length - from),
      ...(isPart ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    const [cut = Infinity] = this.downloadCuts;
    if (cut >= bytes.length) return void response.end(bytes.subarray(from));
    this.downloadCuts.shift();
    response.write(bytes.subarray(from, Math.max(from, cut)), () => response.socket?.destroy());
  }
}

const viewOf = ({ id, status, outcome, release }: Request, name: string): unknown => ({
  id,
  status,
  ...(outcome === undefined ? {} : { outcome }),
  summary: status === 'denied' ? 'Refused.' : null,
  artifact: { name: 'release.zip' },
  trace: { passes: [] },
  release: release === null ? null : { name, sha256: sha256Of(release), sizeBytes: release.length },
});

function json(response: http.ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

export function problem(
  response: http.ServerResponse,
  status: number,
  code: string,
  members: Readonly<Record<string, unknown>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ title: 'No', code, detail: 'What was found.', fix: 'Do this.', ...members }));
}

async function textOf(request: http.IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) text += chunk;
  return text;
}
