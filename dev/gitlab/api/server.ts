/** HTTP around the routes: tokens, pages, ETags, mishaps, and a look at each answer by what GitLab documents of it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Faults } from '../../github/faults.ts';
import { sha1 } from '../../github/objects.ts';
import { spoil } from '../../github/spoil.ts';
import { Refused, routes, type Role } from './routes.ts';
import { shapes } from './shapes.ts';
import type { Project } from './state.ts';

export interface LoggedRequest {
  readonly path: string;
  readonly status: number;
}

export interface ApiParts {
  readonly projects: ReadonlyMap<number, Project>;
  readonly faults: Faults;
  readonly log: LoggedRequest[];
  /** Answers that aren't as documented. */
  readonly misfits: string[];
}

/** Tokens of signers, by the role that they have in every project. */
export const signerTokens: Readonly<Record<string, Role>> = {
  'glpat-guest': 'guest',
  'glpat-reporter': 'reporter',
  'glpat-maintainer': 'maintainer',
};
const root = /^\/api\/v4\/projects\/(\d+)(\/.*)?$/;

export const createApiServer = (parts: ApiParts) =>
  createServer((request, response) => serve(parts, request, response));

interface Given {
  readonly status: number;
  readonly body: unknown;
  /** Of a list: where it goes on, and how much there is. */
  readonly page?: Readonly<Record<string, string>>;
}

function serve(parts: ApiParts, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
  const path = `${url.pathname}${url.search}`;
  const mishap = parts.faults.take(request.method ?? 'GET', path);
  if (mishap?.kind === 'silent') return;
  if (mishap?.kind === 'meanwhile') mishap.act();
  if (mishap?.kind === 'status') {
    parts.log.push({ path, status: mishap.status });
    const { status, headers = {}, message = '' } = mishap;
    // As the limit of a whole instance is told: a line of text.
    if (status === 429)
      response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end('Retry later\n');
    else send(response, status, { message }, headers);
    return;
  }
  const { status, body, page } = answer(parts, request, url);
  const etag = `W/"${sha1(JSON.stringify(body))}"`;
  const headers: Record<string, string> = {
    'ratelimit-limit': '2000',
    'ratelimit-remaining': '1999',
    ...(status === 200 ? { etag } : {}),
    ...page,
  };
  if (status === 200 && request.headers['if-none-match'] === etag) {
    parts.log.push({ path, status: 304 });
    response.writeHead(304, headers).end();
    return;
  }
  parts.log.push({ path, status });
  if (mishap === null || mishap.kind === 'meanwhile') send(response, status, body, headers);
  else spoil(response, mishap, status, body, headers);
}

function answer(parts: ApiParts, request: IncomingMessage, url: URL): Given {
  const refuse = (status: number, message: string): Given => ({ status, body: { message } });
  const role = signerTokens[(request.headers.authorization ?? '').replace(/^Bearer /, '')];
  if (role === undefined) return refuse(401, '401 Unauthorized');
  if (request.method !== 'GET') return refuse(405, '405 Method Not Allowed');
  if (request.headers.accept !== 'application/json') return refuse(406, '406 Not Acceptable');
  const [, id, rest = ''] = root.exec(url.pathname) ?? [];
  const project = parts.projects.get(Number(id));
  if (project === undefined) return refuse(404, '404 Project Not Found');
  for (const [template, run] of Object.entries(routes)) {
    const path = match(template, rest);
    if (path === null) continue;
    const given = run({ project, projects: parts.projects, role, path, query: url.searchParams });
    if (given instanceof Refused) return refuse(given.status, given.message);
    const fit = shapes[template]?.safeParse(given);
    if (fit?.success !== true) parts.misfits.push(`${template}: ${fit?.error.message ?? 'no shape'}`);
    return Array.isArray(given) ? page(url, given as readonly unknown[]) : { status: 200, body: given };
  }
  return refuse(404, '404 Not Found');
}

function page(url: URL, items: readonly unknown[]): Given {
  const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 20));
  const number = Number(url.searchParams.get('page') ?? 1);
  const next = new URL(url);
  next.searchParams.set('page', String(number + 1));
  const body = items.slice((number - 1) * size, number * size);
  const goesOn = items.length > number * size;
  const page = {
    'x-page': String(number),
    'x-per-page': String(size),
    'x-total': String(items.length),
    'x-next-page': goesOn ? String(number + 1) : '',
    ...(goesOn ? { link: `<${next.href}>; rel="next"` } : {}),
  };
  return { status: 200, body, page };
}

function match(template: string, path: string): Record<string, string> | null {
  const [names, steps] = [template.split('/'), path.split('/')];
  if (names.length !== steps.length) return null;
  const values: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const step = decodeURIComponent(steps[index] ?? '');
    if (name.startsWith(':')) values[name.slice(1)] = step;
    else if (name !== step) return null;
  }
  return values;
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
