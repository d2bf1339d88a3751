/** HTTP around the routes: signing in, pages, ETags, mishaps, and a look at each answer by GitHub's own description. */
import { Buffer } from 'node:buffer';
import type { KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ZodError, type z } from 'zod';
import { refuseAppJwt, type Tokens } from './auth.ts';
import type { Faults } from './faults.ts';
import { sha1 } from './objects.ts';
import type { Describes } from './openapi.ts';
import { Refusal, type Answer, type Route } from './route.ts';
import { checkRoutes } from './routes-checks.ts';
import { commentRoutes } from './routes-comments.ts';
import { gitRoutes } from './routes-git.ts';
import { pullRoutes } from './routes-pulls.ts';
import { spoil } from './spoil.ts';
import type { State } from './state.ts';
import type { Wire } from './wire.ts';

export interface LoggedRequest {
  readonly method: string;
  /** Decoded, with the query. */
  readonly path: string;
  readonly status: number;
  readonly conditional: boolean;
}

export interface ServerParts {
  readonly state: State;
  readonly wire: () => Wire;
  readonly tokens: Tokens;
  readonly appKey: KeyObject;
  readonly faults: Faults;
  readonly describes: Describes | null;
  readonly log: LoggedRequest[];
  /** Answers that GitHub's description doesn't allow, and templates of those it does. */
  readonly misfits: string[];
  readonly described: Set<string>;
}

const routes: readonly Route[] = [...gitRoutes, ...pullRoutes, ...commentRoutes, ...checkRoutes];
const bodyBytesMax = 8 * 1024 * 1024;
const tokenPath = '/app/installations/{installation_id}/access_tokens';

export function createFakeServer(parts: ServerParts): Server {
  return createServer((request, response) => {
    serve(parts, request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
}

interface Given {
  readonly method: string;
  readonly url: URL;
  readonly body: unknown;
  readonly authorization: string;
}

async function serve(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? 'GET';
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const given: Given = {
    method,
    url,
    body: await readJson(request),
    authorization: request.headers.authorization ?? '',
  };
  const path = `${decodeURIComponent(url.pathname)}${url.search}`;
  const mishap = parts.faults.take(method, path);
  const etagAsked = request.headers['if-none-match'];
  const note = (status: number): void => {
    parts.log.push({ method, path, status, conditional: etagAsked !== undefined });
  };
  if (mishap?.kind === 'silent') return;
  if (mishap?.kind === 'meanwhile') mishap.act();
  if (mishap?.kind === 'status') {
    if (mishap.applied === true) answer(parts, given);
    note(mishap.status);
    send(response, mishap.status, { message: mishap.message ?? 'Server Error' }, mishap.headers ?? {});
    return;
  }
  const { status, body, link } = answer(parts, given);
  const etag = `W/"${sha1(JSON.stringify([body ?? null, link]))}"`;
  const headers: Record<string, string> = { 'x-ratelimit-remaining': '4999' };
  if (method === 'GET' && status === 200) headers['etag'] = etag;
  if (link !== '') headers['link'] = link;
  if (headers['etag'] !== undefined && etagAsked === etag) {
    note(304);
    response.writeHead(304, headers).end();
    return;
  }
  note(status);
  if (mishap === null || mishap.kind === 'meanwhile') send(response, status, body, headers);
  else spoil(response, mishap, status, body, headers);
}

function answer(
  parts: ServerParts,
  given: Given,
): { readonly status: number; readonly body: unknown; readonly link: string } {
  try {
    const [template, done] = run(parts, given);
    const { status, body, link } = paginate(given.url, done);
    const problem = parts.describes?.(given.method, template, status, body);
    if (typeof problem === 'string') parts.misfits.push(problem);
    if (problem === null) parts.described.add(`${given.method} ${template}`);
    return { status, body, link };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, body: { message: error.message, status: String(error.status) }, link: '' };
  }
}

function run(parts: ServerParts, { method, url, body, authorization }: Given): readonly [string, Answer] {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const credential = authorization.replace(/^(?:bearer|token) /i, '');
  const { facts } = parts.state;
  if (method === 'POST' && match(tokenPath, url.pathname) !== null) {
    const refused = refuseAppJwt(credential, facts.appId, parts.appKey, nowSeconds);
    if (refused !== null) throw new Refusal(401, refused);
    if (match(tokenPath, url.pathname)?.['installation_id'] !== String(facts.installationId)) {
      throw new Refusal(404, 'Not Found');
    }
    const { token, expiresAt } = parts.tokens.make(nowSeconds);
    const given = { token, expires_at: expiresAt, permissions: {}, repository_selection: 'selected' };
    return [tokenPath, { status: 201, body: given }];
  }
  if (!parts.tokens.holds(credential, nowSeconds)) throw new Refusal(401, 'Bad credentials');
  for (const route of routes) {
    const path = route.method === method ? match(route.template, url.pathname) : null;
    if (path === null) continue;
    if (path['owner'] !== facts.owner || path['repo'] !== facts.name) throw new Refusal(404, 'Not Found');
    const parse = <S extends z.ZodType>(schema: S): z.output<S> => {
      try {
        return schema.parse(body);
      } catch (error) {
        if (error instanceof ZodError)
          throw new Refusal(422, `Validation Failed: ${error.message.slice(0, 300)}`);
        throw error;
      }
    };
    const call = { state: parts.state, wire: parts.wire(), path, query: url.searchParams, body: parse };
    return [route.template, route.run(call)];
  }
  throw new Refusal(404, 'Not Found');
}

/** `/a/{b}` and `/a/x%2Fy` → {b: 'x/y'}; null where they differ. */
function match(template: string, pathname: string): Record<string, string> | null {
  const names = template.split('/');
  const steps = pathname.split('/');
  if (names.length !== steps.length) return null;
  const values: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const step = decodeURIComponent(steps[index] ?? '');
    if (name.startsWith('{')) values[name.slice(1, -1)] = step;
    else if (name !== step) return null;
  }
  return values;
}

function paginate(url: URL, done: Answer): { status: number; body: unknown; link: string } {
  if (done.items === undefined) return { status: done.status, body: done.body, link: '' };
  const perPage = Math.min(100, Number(url.searchParams.get('per_page') ?? 30));
  const page = Number(url.searchParams.get('page') ?? 1);
  const items = done.items.slice((page - 1) * perPage, page * perPage);
  const next = new URL(url);
  next.searchParams.set('page', String(page + 1));
  const link = page * perPage < done.items.length ? `<${next.href}>; rel="next"` : '';
  const body = done.within === undefined ? items : { total_count: done.items.length, [done.within]: items };
  return { status: done.status, body, link };
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) throw new RangeError('the request is larger than 8 MiB');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? null : JSON.parse(text);
}
