/** HTTP around the routes: tokens, pages, ETags, limits and mishaps. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Faults } from '../github-fake/faults.ts';
import { spoil } from '../github-fake/spoil.ts';
import { routes } from './routes.ts';
import { bodyOf, writeFile } from './write-file.ts';
import type { Answered } from './routes.ts';
import type { CodeHostState } from './state.ts';
import { CodeHostWire, sha1 } from './wire.ts';

export interface LoggedRequest {
  readonly path: string;
  readonly status: number;
  readonly account: number | null;
}

export interface CodeHostParts {
  readonly state: CodeHostState;
  readonly faults: Faults;
  readonly log: LoggedRequest[];
}

const logMax = 10_000;

export function createCodeHostServer(parts: CodeHostParts): Server {
  const looks = new Map<string, number>();
  return createServer((request, response) => {
    serve(parts, looks, request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
}

async function serve(
  parts: CodeHostParts,
  looks: Map<string, number>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
  const path = `${decodeURIComponent(url.pathname)}${url.search}`;
  if (url.pathname === '/healthz') {
    send(response, 200, { status: 'ok' });
    return;
  }
  const who = signedIn(request.headers.authorization ?? '');
  const mishap = parts.faults.take(request.method ?? 'GET', path);
  if (mishap?.kind === 'silent') return;
  if (mishap?.kind === 'meanwhile') mishap.act();
  if (parts.log.length >= logMax) parts.log.length = 0;
  if (mishap?.kind === 'status') {
    parts.log.push({ path, status: mishap.status, account: null });
    send(response, mishap.status, { message: mishap.message ?? 'Server Error' }, mishap.headers ?? {});
    return;
  }
  if (who === 'unknown') {
    send(response, 401, { message: 'Bad credentials' });
    return;
  }
  const answered =
    request.method === 'GET'
      ? run(parts, looks, url, who, request.headers.accept ?? '')
      : request.method === 'PUT'
        ? writeFile(parts.state, url.pathname, who, await bodyOf(request))
        : missing;
  const { status, body, headers } = paginate(url, answered);
  if (status === 200) headers['etag'] = `W/"${sha1(JSON.stringify([body ?? null, headers['link'] ?? '']))}"`;
  const same = headers['etag'] !== undefined && request.headers['if-none-match'] === headers['etag'];
  parts.log.push({ path, status: same ? 304 : status, account: who });
  if (same) {
    response.writeHead(304, headers).end();
    return;
  }
  if (mishap === null || mishap.kind === 'meanwhile') send(response, status, body, headers);
  else spoil(response, mishap, status, body, headers);
}

const missing: Answered = { status: 404, body: { message: 'Not Found' } };

/** `dev-user-<number>`: that account. `dev-portal`: the portal's own, of no account. Nothing: nobody, who may read. */
function signedIn(authorization: string): number | null | 'unknown' {
  if (authorization === '') return null;
  const token = authorization.replace(/^(?:bearer|token) /i, '');
  if (token === 'dev-portal') return null;
  const id = /^dev-user-(\d{1,12})$/.exec(token)?.[1];
  return id === undefined ? 'unknown' : Number(id);
}

function run(
  parts: CodeHostParts,
  looks: Map<string, number>,
  url: URL,
  account: number | null,
  accept: string,
): Answered {
  for (const route of routes) {
    const path = match(route.template, url.pathname);
    if (path === null) continue;
    const before = looks.get(url.pathname) ?? 0;
    looks.set(url.pathname, before + 1);
    return route.run({
      state: parts.state,
      wire: new CodeHostWire(parts.state, url.origin),
      path,
      account,
      accept,
      query: url.searchParams,
      looks: before,
    });
  }
  return missing;
}

/** `/a/{b}` and `/a/x` → {b: 'x'}; `{*rest}` takes all that follows. */
function match(template: string, pathname: string): Record<string, string> | null {
  const names = template.split('/');
  const steps = pathname.split('/').map(decodeURIComponent);
  const values: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    if (name.startsWith('{*')) {
      values[name.slice(2, -1)] = steps.slice(index).join('/');
      return steps.length >= index ? values : null;
    }
    const step = steps[index];
    if (step === undefined) return null;
    if (name.startsWith('{')) values[name.slice(1, -1)] = step;
    else if (name !== step) return null;
  }
  return steps.length === names.length ? values : null;
}

function paginate(
  url: URL,
  done: Answered,
): { status: number; body: unknown; headers: Record<string, string> } {
  const headers: Record<string, string> = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4999' };
  if (done.location !== undefined) headers['location'] = new URL(done.location, url.origin).href;
  if (done.items === undefined) return { status: done.status, body: done.body, headers };
  const perPage = Math.min(100, Number(url.searchParams.get('per_page') ?? 30));
  const page = Number(url.searchParams.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(done.items.length / perPage));
  const at = (number: number): string => {
    const other = new URL(url);
    other.searchParams.set('page', String(number));
    return other.href;
  };
  if (page < last) headers['link'] = `<${at(page + 1)}>; rel="next", <${at(last)}>; rel="last"`;
  return { status: done.status, body: done.items.slice((page - 1) * perPage, page * perPage), headers };
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}
