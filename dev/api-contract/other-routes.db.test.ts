/** Routes outside /api/v1: each has cases, answers as they say, and stands in docs/reference/addresses.md. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withSession } from '../../lib/platform/auth/session.fixture.ts';
import { NextRequest } from 'next/server.js';
import { answerFrom } from '../../lib/platform/portal/current.fixture.ts';
import { problemKind, problemType } from '../../lib/platform/problems/index.ts';
import { testFolder } from '../test/index.ts';
import { otherRoutes, type OtherRoute, type RouteCase } from './other-routes.ts';
import { openWorld, type World } from './world.ts';

type Handler = (request: Request, context: { readonly params: Promise<unknown> }) => Promise<Response>;

const root = join(import.meta.dirname, '../..');
const methods = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];
let world: World;
let folder: Awaited<ReturnType<typeof testFolder>>;
let routes: Readonly<Record<string, OtherRoute>>;
let handlers: ReadonlyMap<string, Handler>;
beforeAll(async () => {
  world = await openWorld();
  folder = await testFolder('other-routes');
  routes = await otherRoutes(world, folder.folder);
  const files = globSync('**/route.{ts,tsx}', { cwd: join(root, 'app') }).filter(
    (file) => !file.startsWith('api/v1/'),
  );
  const found = files.map(async (file) => {
    const exported = (await import(join(root, 'app', file))) as Record<string, Handler>;
    const path = dirname(file)
      .replaceAll(/\([^)]+\)\//g, '')
      .replaceAll(/\[(?:\.\.\.)?(\w+)\]/g, '{$1}');
    return methods.flatMap((method) => {
      const handler = exported[method];
      return handler === undefined ? [] : [[`${method} /${path}`, handler] as const];
    });
  });
  handlers = new Map((await Promise.all(found)).flat());
});
afterAll(async () => {
  await folder.release();
  await world.close();
});

it('every route outside /api/v1 has its cases, by method and address', () => {
  expect(Object.keys(routes).toSorted()).toEqual([...handlers.keys()].toSorted());
});

it('each has a case that goes well and one that is refused, or says why nothing is', () => {
  for (const [key, { cases, refusesNothing }] of Object.entries(routes)) {
    const kinds = [...new Set(cases.map(({ kind }) => kind))].toSorted();
    expect(kinds, key).toEqual(refusesNothing === undefined ? ['happy', 'refused'] : ['happy']);
  }
});

it('each stands in the reference with whom it is for', () => {
  const text = readFileSync(join(root, 'docs/reference/addresses.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([A-Z]+ [^`]+)` +\| (public|own) +\|/gm)];
  const said = Object.fromEntries(rows.map(([, key = '', audience]) => [key, audience]));
  const known = Object.entries(routes).map(([key, { audience }]) => [key, audience]);
  expect(said).toEqual(Object.fromEntries(known));
});

it('each answers as its cases say', async () => {
  for (const [key, { cases }] of Object.entries(routes))
    for (const [index, one] of cases.entries()) await check(key, one, `${key}, case ${index}`);
});

async function check(key: string, one: RouteCase, what: string): Promise<void> {
  const [method = '', path = ''] = key.split(' ');
  const { params = {}, query = '', headers = {}, body, portal = world.portal } = one;
  answerFrom(portal);
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => [params[name]].flat().join('/'));
  const request = new NextRequest(`${portal.config.publicUrl}${address}${query}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const handler = handlers.get(key);
  if (handler === undefined) throw new Error(`no route answers ${key}`);
  const session = { ...portal, config: { ...world.portal.config, ...portal.config } };
  const response = await withSession(session, one.as ?? null, () =>
    handler(request, { params: Promise.resolve(params) }),
  );
  const text = await response.text();
  expect(response.status, `${what}: ${text.slice(0, 400)}`).toBe(one.status);
  const type = response.headers.get('content-type')?.split(';')[0] ?? null;
  if (one.type !== undefined) expect(type, what).toBe(one.type);
  if (one.problem === undefined) return;
  expect(type, what).toBe('application/problem+json');
  const { status, elsewhere, title } = problemKind(one.problem);
  expect([status, ...elsewhere], what).toContain(one.status);
  const said = { status: one.status, code: one.problem, title, type: problemType(one.problem) };
  expect(JSON.parse(text), what).toMatchObject(said);
}
