/** Every route of /api/v1 against schemas/openapi.yaml: nothing that it reads or answers is undocumented, nothing documented is untrue. */
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { apiMethods } from '../../lib/platform/http-edge/index.ts';
import { answerFrom } from '../../lib/platform/portal/current.fixture.ts';
import type * as check from '../../app/api/_edge/check.ts';
import { canFillDisk } from './broken-portals.ts';
import type { Before, Case } from './case.ts';
import { casesOf } from './cases.ts';
import { withCommonCases } from './common-cases.ts';
import { checkAnswer, parameterFaults, parsed } from './check-answer.ts';
import { faultsOf, methods, operations, type Operation } from './document.ts';
import { openWorld, type World } from './world.ts';
import { neverShown } from './seen.ts';
import { watched } from './watch-reading.ts';

vi.mock('../../app/api/_edge/check.ts', async (importOwn) => {
  const own = await importOwn<typeof check>();
  const { watchedQuery } = await import('./watch-reading.ts');
  return { ...own, checkedQuery: watchedQuery(own.checkedQuery) };
});

const root = join(import.meta.dirname, '../../app/api/v1');
type Handler = (
  request: Request,
  context: { readonly params: Promise<Record<string, string>> },
) => Promise<Response>;

/** Statuses that no case brings about, with the reason; one that a case does, or that nobody declares, fails. */
const withoutCase: Readonly<Record<string, string>> = {
  429: 'after hundreds of calls, or before a route is reached: lib/platform/rate-limit',
  500: 'a fault: app/api/_edge/problem.test.ts',
  ...(canFillDisk ? {} : { 507: 'a full disk, which this machine can’t show' }),
};

const answers: { readonly id: string; readonly body: unknown }[] = [];
let world: World;
let handlers: ReadonlyMap<string, Handler>;
let cases: Readonly<Record<string, readonly Case[]>>;
beforeAll(async () => {
  world = await openWorld();
  cases = withCommonCases(world, casesOf(world));
  const found = globSync('**/route.ts', { cwd: root }).map(async (file) => {
    const exported = (await import(join(root, file))) as Record<string, Handler>;
    const path = `/${dirname(file).replaceAll(/\[(\w+)\]/g, '{$1}')}`;
    return methods
      .map((method) => method.toUpperCase())
      .flatMap((method) => {
        const handler = exported[method];
        return handler === undefined ? [] : [[`${method} ${path}`, handler] as const];
      });
  });
  handlers = new Map((await Promise.all(found)).flat());
});
afterAll(() => world.close());

it('the document has every route, and every route is in the document', () => {
  expect(operations.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(
    [...handlers.keys()].toSorted(),
  );
});

it('what stands before Next.js knows the methods of every address', () => {
  const described = Map.groupBy(operations, ({ path }) => path);
  const methodsOf = [...described].map(([path, all]) => [path, all.map(({ method }) => method).toSorted()]);
  expect(Object.fromEntries(methodsOf)).toEqual(apiMethods);
});

it('every operation has its cases, by its name', () => {
  expect(Object.keys(cases).toSorted()).toEqual(operations.map(({ id }) => id).toSorted());
});

it('operations without a case are declared as such, and have none', () => {
  for (const status of Object.keys(withoutCase)) {
    const declaring = operations.filter(({ responses }) => status in responses);
    expect(
      declaring.some(({ id }) => !hasCase(id, Number(status))),
      status,
    ).toBe(true);
  }
});

const kindsOf = (id: string) => [...new Set(cases[id]?.map(({ kind }) => kind))].toSorted();
const hasCase = (id: string, status: number) =>
  cases[id]?.some((example) => example.status === status) === true;

describe.each(operations)('$id', (operation) => {
  const { id, responses, parameters } = operation;

  it('has successful, malformed, refused and outage cases, and one for each status', () => {
    expect(kindsOf(id)).toEqual(['away', 'error', 'happy', 'refused']);
    const missing = Object.keys(responses).filter((status) => !hasCase(id, Number(status)));
    expect(missing.filter((status) => !(status in withoutCase))).toEqual([]);
  });

  it('answers as the document says, and reads only what it names', async () => {
    let before: Before = { body: null, link: null, etag: null };
    const wellUsed = new Set<string>();
    for (const [index, one] of (cases[id] ?? []).entries()) {
      const sent = await one.send(before);
      const what = `${id}, case ${index} (${one.kind}, ${one.status})`;
      answerFrom(sent.portal ?? world.portal);
      const request = requestOf(operation, sent);
      const handler = handlers.get(`${operation.method} ${operation.path}`);
      if (handler === undefined) throw new Error(`no route answers ${id}`);
      const ask = () => handler(request, { params: Promise.resolve({ ...sent.path }) });
      const { result: response, read } = await watched(request, () => sent.during?.(ask) ?? ask());
      const text = await response.text();
      expect(response.status, `${what}: ${text.slice(0, 600)}`).toBe(one.status);
      if (one.says !== undefined) expect(text, what).toMatch(one.says);
      checkAnswer(operation, response, text, what);
      if (one.kind === 'happy') answers.push({ id, body: parsed(text) });
      const named = (place: string) =>
        parameters.filter((parameter) => parameter.in === place).map(({ name }) => name.toLowerCase());
      for (const name of read.query) expect(named('query'), `${what} reads ?${name}`).toContain(name);
      for (const name of read.headers) expect(named('header'), `${what} reads ${name}`).toContain(name);
      if (one.kind === 'happy') {
        for (const parameter of parameters) {
          const place = parameter.in === 'header' ? sent.headers : sent[parameter.in];
          const value = place?.[parameter.in === 'header' ? parameter.name.toLowerCase() : parameter.name];
          if (value === undefined)
            expect(parameter.required === true, `${what} lacks ${parameter.name}`).toBe(false);
          else expect(parameterFaults(parameter.schema, value), `${what}, ${parameter.name}`).toEqual([]);
          if (value !== undefined) wellUsed.add(parameter.name);
        }
        checkBody(operation, sent.body, what);
      }
      const { headers } = response;
      before = { body: parsed(text), link: headers.get('link'), etag: headers.get('etag') };
    }
    expect(parameters.map(({ name }) => name).filter((name) => !wellUsed.has(name))).toEqual([]);
  });
});

it('a head begins no stream, and takes no place to wait in', async () => {
  const id = await world.requestIn('waiting-for-approval');
  answerFrom(world.portal);
  const follow = async (method: string): Promise<Response> => {
    const request = new Request(`http://portal.example/api/v1/requests/${id}/events`, { method });
    const answer = await handlers.get('GET /requests/{id}/events')?.(request, {
      params: Promise.resolve({ id }),
    });
    if (answer === undefined) throw new Error('no route follows requests');
    return answer;
  };
  for (let count = 0; count < 25; count += 1) {
    const { status, headers, body } = await follow('HEAD');
    expect([status, headers.get('content-type'), body]).toEqual([200, 'text/event-stream', null]);
  }
  const { status, body } = await follow('GET');
  expect(status).toBe(200);
  await body?.cancel();
});

it('every member of an answer is shown with a value by a case', ({ skip }) => {
  const answered = new Set(answers.map(({ id }) => id));
  skip(answered.size < operations.length, 'not all operations were asked');
  expect(neverShown(answers)).toEqual([]);
});

function requestOf({ method, path }: Operation, sent: Awaited<ReturnType<Case['send']>>): Request {
  const query = Object.entries(sent.query ?? {}).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  );
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(sent.path?.[name] ?? ''),
  );
  const { publicUrl } = (sent.portal ?? world.portal).config;
  const { body } = sent;
  return new Request(`${publicUrl}/api/v1${address}${query.length === 0 ? '' : `?${query.join('&')}`}`, {
    method,
    headers: sent.headers ?? {},
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

function checkBody({ body }: Operation, sent: unknown, what: string): void {
  expect(sent === undefined, `${what} sends a body where the document has one`).toBe(body === undefined);
  const schema = body?.['application/json']?.schema;
  if (schema !== undefined) expect(faultsOf(schema, sent), what).toEqual([]);
}
