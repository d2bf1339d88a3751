/** HTTP around the routes: tokens, pages, ETags, mishaps, and a look at each answer by what GitLab documents of it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Faults } from '../../github/faults.ts';
import { sha1 } from '../../github/objects.ts';
import { spoil } from '../../github/spoil.ts';
import { Elsewhere, Octets, routes } from './routes.ts';
import { shapes } from './shapes.ts';
import type { Projects } from './state.ts';

export interface LoggedRequest {
  readonly path: string;
  readonly status: number;
}

export interface ServerParts {
  readonly state: Projects;
  readonly faults: Faults;
  readonly log: LoggedRequest[];
  /** Answers that aren't as documented. */
  readonly misfits: string[];
}

/** With the scope read_api, of an account that is a member of nothing. */
export const portalToken = 'glpat-portal';
/** Of a person, who may write to what they maintain. */
export const userTokenOf = (userId: number): string => `glpat-user-${userId}`;
const root = '/api/v4';
const filePath = /^\/api\/v4\/projects\/([^/]+)\/repository\/files\/([^/]+)$/;
const contentBytesMax = 1024 ** 2;

interface Given {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const createProjectsServer = (parts: ServerParts) =>
  createServer((request, response) => serve(parts, request, response));

function serve(parts: ServerParts, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
  const path = `${decodeURIComponent(url.pathname)}${url.search}`;
  const mishap = parts.faults.take(request.method ?? 'GET', path);
  if (mishap?.kind === 'silent') return;
  if (mishap?.kind === 'meanwhile') mishap.act();
  if (mishap?.kind === 'status') {
    parts.log.push({ path, status: mishap.status });
    send(response, {
      status: mishap.status,
      body: { message: mishap.message ?? '' },
      headers: mishap.headers ?? {},
    });
    return;
  }
  if (request.method === 'PUT') {
    void write(parts.state, request, url).then((given) => send(response, given));
    return;
  }
  const given = answer(parts, request, url);
  const etag = `W/"${sha1(JSON.stringify(given.body))}"`;
  const headers = { ...given.headers, ...(given.status === 200 ? { etag } : {}) };
  if (given.status === 200 && request.headers['if-none-match'] === etag) {
    parts.log.push({ path, status: 304 });
    response.writeHead(304, headers).end();
    return;
  }
  parts.log.push({ path, status: given.status });
  if (mishap === null || mishap.kind === 'meanwhile') send(response, { ...given, headers });
  else spoil(response, mishap, given.status, given.body, headers);
}

function answer({ state, misfits }: ServerParts, request: IncomingMessage, url: URL): Given {
  const refuse = (status: number, message: string): Given => ({ status, body: { message } });
  const token = request.headers.authorization?.replace(/^Bearer /, '') ?? null;
  // A token that is none is refused, also where nobody needs one.
  if (token !== null && token !== portalToken) return refuse(401, '401 Unauthorized');
  const steps = url.pathname.startsWith(`${root}/`) ? url.pathname.slice(root.length).split('/') : [];
  for (const [template, run] of Object.entries(routes)) {
    const path = match(template, steps);
    if (path === null || request.method !== 'GET') continue;
    const given = run({ state, signedIn: token !== null, path, query: url.searchParams });
    if (given instanceof Elsewhere) {
      const { status, message, location } = given;
      return { status, body: { message }, ...(location === null ? {} : { headers: { location } }) };
    }
    if (given instanceof Octets) return { status: 200, body: given.bytes };
    const fit = token === null ? null : shapes[template]?.safeParse(given);
    if (fit?.success === false) misfits.push(`${template}: ${fit.error.message}`);
    if (fit === undefined) misfits.push(`${template}: no shape`);
    return Array.isArray(given) ? page(url, given as readonly unknown[]) : { status: 200, body: given };
  }
  return refuse(404, '404 Not Found');
}

/** https://docs.gitlab.com/api/repository_files/#update-a-file-in-a-repository: by whoever is a developer at least. */
async function write(state: Projects, request: IncomingMessage, url: URL): Promise<Given> {
  const refuse = (status: number, message: string): Given => ({ status, body: { message } });
  const [, id = '', path = ''] = filePath.exec(url.pathname) ?? [];
  const project = state.byPath(decodeURIComponent(id));
  const token = request.headers.authorization?.replace(/^Bearer /, '');
  const member = [...(project?.members ?? [])].find(([user]) => userTokenOf(user) === token);
  if (token === undefined || member === undefined) return refuse(401, '401 Unauthorized');
  if (project === null || member[1].level < 30) return refuse(403, '403 Forbidden');
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > contentBytesMax) return refuse(413, 'Request Entity Too Large');
  }
  const sent = writtenSchema.safeParse(JSON.parse(text));
  const name = decodeURIComponent(path);
  if (!sent.success || sent.data.branch !== project.defaultBranch || !project.files.has(name))
    return refuse(400, "A file with this name doesn't exist");
  project.files.set(name, sent.data.content);
  return { status: 200, body: { file_path: name, branch: sent.data.branch } };
}

const writtenSchema = z.object({ branch: z.string(), content: z.string(), commit_message: z.string() });

/** By number, as lists do; a tree names the next one by its token, as keyset pages do. */
function page(url: URL, items: readonly unknown[]): Given {
  const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 20));
  const isTree = url.pathname.endsWith('/repository/tree');
  const name = isTree ? 'page_token' : 'page';
  const number = Number(url.searchParams.get(name) ?? 1);
  const next = new URL(url);
  next.searchParams.set(name, String(number + 1));
  // What stands there is the web address of the instance, which isn't where the fake listens.
  const address = `https://gitlab.com${next.pathname}${next.search}`;
  return {
    status: 200,
    body: items.slice((number - 1) * size, number * size),
    ...(items.length > number * size
      ? { headers: { link: `<${address}>; rel="next", <${address}>; rel="last"` } }
      : {}),
  };
}

function match(template: string, steps: readonly string[]): Record<string, string> | null {
  const names = template.split('/');
  const [, rest] = /^\*(.+)$/.exec(names.at(-1) ?? '') ?? [];
  if (rest !== undefined && steps.length >= names.length) {
    const path = steps.slice(names.length - 1).map((step) => decodeURIComponent(step));
    const before = match(names.slice(0, -1).join('/'), steps.slice(0, names.length - 1));
    return before === null ? null : { ...before, [rest]: path.join('/') };
  }
  if (names.length !== steps.length) return null;
  const values: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const step = decodeURIComponent(steps[index] ?? '');
    if (name.startsWith(':')) values[name.slice(1)] = step;
    else if (name !== step) return null;
  }
  return values;
}

const send = (response: ServerResponse, { status, body, headers = {} }: Given): void => {
  if (body instanceof Buffer) {
    response.writeHead(status, { 'content-type': 'application/octet-stream', ...headers }).end(body);
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};
