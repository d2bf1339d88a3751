/** HTTP around the routes: signing in, pages, ETags, mishaps, and a look at each answer by GitHub's own description. */
import { isError } from '#core/error/index.ts';
import { Buffer } from 'node:buffer';
import type { KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { z } from 'zod';
import { refuseAppJwt, whoIs, type Tokens } from './auth.ts';
import type { Faults } from './faults.ts';
import { sha1 } from './objects.ts';
import type { Describes } from './openapi.ts';
import { artifactRoutes } from './artifacts/routes.ts';
import type { Tickets } from './artifacts/storage.ts';
import { projectRoutes } from './projects/routes.ts';
import { ProjectsWire } from './projects/wire.ts';
import { answerPublishing } from './publishing/answer.ts';
import type { PublishingState } from './publishing/state.ts';
import { notFound, Refusal, type Answer, type Route } from './route.ts';
import { buildRoutes } from './builds/routes.ts';
import { checkRoutes } from './routes-checks.ts';
import { commentRoutes } from './routes-comments.ts';
import { gitRoutes } from './routes-git.ts';
import { pullRoutes } from './routes-pulls.ts';
import { spoil } from './spoil.ts';
import type { State } from './state.ts';
import { Wire } from './wire.ts';

export interface LoggedRequest {
  readonly method: string;
  /** Decoded, with the query. */
  readonly path: string;
  readonly status: number;
  readonly conditional: boolean;
}

export interface ServerParts {
  readonly state: State;
  readonly publishing: PublishingState;
  readonly tokens: Tokens;
  readonly appKey: KeyObject;
  readonly faults: Faults;
  readonly tickets: Tickets;
  readonly describes: Describes | null;
  readonly log: LoggedRequest[];
  /** Path → how often it was asked. */
  readonly looks: Map<string, number>;
  /** Answers that GitHub's description doesn't allow, and templates of those it does. */
  readonly misfits: string[];
  readonly described: Set<string>;
}

const logMax = 10_000;
const appRoutes: readonly Route[] = [...gitRoutes, ...pullRoutes, ...commentRoutes, ...checkRoutes];
const publicRoutes: readonly Route[] = [...buildRoutes, ...projectRoutes, ...artifactRoutes];
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
  readonly accept: string;
}

async function serve(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? 'GET';
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
  if (url.pathname === '/healthz') {
    send(response, 200, { status: 'ok' }, {});
    return;
  }
  const given: Given = {
    method,
    url,
    body: await readJson(request),
    authorization: request.headers.authorization ?? '',
    accept: request.headers.accept ?? '',
  };
  const path = `${decodeURIComponent(url.pathname)}${url.search}`;
  const mishap = parts.faults.take(method, path);
  const etagAsked = request.headers['if-none-match'];
  const note = (status: number): void => {
    if (parts.log.length >= logMax) parts.log.length = 0;
    parts.log.push({ method, path, status, conditional: etagAsked !== undefined });
  };
  if (mishap?.kind === 'silent') return;
  if (mishap?.kind === 'meanwhile') mishap.act();
  if (mishap?.kind === 'status') {
    if (mishap.applied === true) answer(parts, given);
    note(mishap.status);
    if (mishap.page === true) {
      response
        .writeHead(mishap.status, { ...mishap.headers, 'content-type': 'text/html' })
        .end('<h1>Whoa there!</h1>');
      return;
    }
    send(response, mishap.status, { message: mishap.message ?? 'Server Error' }, mishap.headers ?? {});
    return;
  }
  const { status, body, link, location, headers: more = {} } = answer(parts, given);
  const etag = `W/"${sha1(JSON.stringify([body ?? null, link]))}"`;
  const headers: Record<string, string> = {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '4999',
    ...more,
  };
  if (method === 'GET' && status === 200) headers['etag'] = etag;
  if (link !== '') headers['link'] = link;
  if (location !== undefined) headers['location'] = location;
  if (headers['etag'] !== undefined && etagAsked === etag) {
    note(304);
    response.writeHead(304, headers).end();
    return;
  }
  note(status);
  if (mishap === null || mishap.kind === 'meanwhile') send(response, status, body, headers);
  else spoil(response, mishap, status, body, headers);
}

function answer(parts: ServerParts, given: Given): Paged {
  try {
    const [template, done] = run(parts, given);
    const paged = paginate(given.url, done);
    // A path in one piece or in many is one parameter to the description.
    const problem = parts.describes?.(given.method, template.replace('{*', '{'), paged.status, paged.body);
    if (typeof problem === 'string') parts.misfits.push(problem);
    if (problem === null) parts.described.add(`${given.method} ${template}`);
    return paged;
  } catch (error) {
    if (!isError(error, Refusal)) throw error;
    const body = { message: error.message, status: String(error.status) };
    return { status: error.status, body, link: '', headers: error.headers };
  }
}

function run(parts: ServerParts, given: Given): readonly [string, Answer] {
  const { method, url, authorization } = given;
  const nowSeconds = Math.floor(Date.now() / 1000);
  const credential = authorization.replace(/^(?:bearer|token) /i, '');
  const read = <S extends z.ZodType>(schema: S) => readBody(schema, given.body);
  const asked = { method, url, credential, nowSeconds, appKey: parts.appKey, match, read };
  const published = answerPublishing(parts.publishing, asked);
  if (published !== null) return published;
  const installation = method === 'POST' ? match(tokenPath, url.pathname) : null;
  if (installation !== null) {
    return [tokenPath, makeToken(parts, credential, installation['installation_id'] ?? '', nowSeconds)];
  }
  const who = whoIs(credential, parts.tokens, nowSeconds);
  if (who === null) throw new Refusal(401, 'Bad credentials');
  for (const route of who.kind === 'installation' ? appRoutes : publicRoutes) {
    const path = route.method === method ? match(route.template, url.pathname) : null;
    if (path === null || route.applies?.({ state: parts.state, path }) === false) continue;
    const { owner, name } = parts.state.facts;
    if (who.kind === 'installation' && (path['owner'] !== owner || path['repo'] !== name)) throw notFound();
    const looks = parts.looks.get(url.pathname) ?? 0;
    parts.looks.set(url.pathname, looks + 1);
    const answer = route.run({
      state: parts.state,
      wire: new Wire(parts.state, url.origin),
      projects: new ProjectsWire(parts.state, url.origin),
      path,
      query: url.searchParams,
      account: who.kind === 'person' ? who.account : null,
      rights: new Set(who.kind === 'person' ? who.rights : []),
      base: url.origin,
      job: who.kind === 'job' ? who.repositoryId : null,
      tickets: parts.tickets,
      accept: given.accept,
      looks,
      body: (schema) => readBody(schema, given.body),
    });
    return [route.template, answer];
  }
  throw notFound();
}

function makeToken(parts: ServerParts, jwt: string, installation: string, nowSeconds: number): Answer {
  const { facts } = parts.state;
  const refused = refuseAppJwt(jwt, facts.appId, parts.appKey, nowSeconds);
  if (refused !== null) throw new Refusal(401, refused);
  if (installation !== String(facts.installationId)) throw notFound();
  const { token, expiresAt } = parts.tokens.make(nowSeconds);
  const body = { token, expires_at: expiresAt, permissions: {}, repository_selection: 'selected' };
  return { status: 201, body };
}

function readBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Refusal(422, `Validation Failed: ${parsed.error.message.slice(0, 300)}`);
}

/** `/a/{b}` and `/a/x%2Fy` → {b: 'x/y'}; `{*rest}` takes all that follows. null where they differ. */
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

interface Paged {
  readonly status: number;
  readonly body: unknown;
  readonly link: string;
  readonly location?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function paginate(url: URL, { status, body, items, within, location }: Answer): Paged {
  if (items === undefined) {
    const moved = location === undefined ? {} : { location: new URL(location, url.origin).href };
    return { status, body, link: '', ...moved };
  }
  const perPage = Math.min(100, Number(url.searchParams.get('per_page') ?? 30));
  const page = Number(url.searchParams.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const at = (number: number): string => {
    const other = new URL(url);
    other.searchParams.set('page', String(number));
    return other.href;
  };
  const link = page < last ? `<${at(page + 1)}>; rel="next", <${at(last)}>; rel="last"` : '';
  const some = items.slice((page - 1) * perPage, page * perPage);
  return { status, link, body: within === undefined ? some : { total_count: items.length, [within]: some } };
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
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}
