/**
 * Rubbish at every server action, route and page of the build, by whoever may use it: refused in words, never a fault, and nothing of
 * the inside is shown. What there is to send to is read from the build and the sources, so that what is new is asked, too.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import type { Browser } from '@playwright/test';
import { z } from 'zod';
import { startAnotherPortal, state } from './another-portal.ts';
import type { AnotherPortal } from './another-portal.ts';
import { signIn } from './people.ts';

test.describe.configure({ mode: 'serial' });

const project = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(project, file), 'utf8');

/** Texts that no page sends and any program can. */
const rubbish = [
  '',
  '\0',
  'a\0b',
  '../../../../etc/passwd',
  "'; DROP TABLE report; --",
  '<script>alert(1)</script>',
  '%00%ff%2e%2e',
  '-1',
  '99999999999999999999999999',
  'NaN',
  '[object Object]',
  '__proto__',
  '\u202e\u200b\ufeff',
  '😀'.repeat(600),
  'x'.repeat(70_000),
  '{"a":[1,{"b":null}]}',
] as const;

/** Of a value in an address, which holds some dozens. */
const longest = 60;

/** A stack, a path of the machine, a query, a library’s name. */
const inside =
  /\n\s+at [\w.<>]+ \(|node_modules|file:\/\/\/|\.next\/server|PrismaClient|invalid input syntax|ZodError|TypeError|ECONN/;

let portal: AnotherPortal;
/** Role → cookies; strangers have none. */
const cookies = new Map<string, string>();

test.beforeAll(async ({ browser }) => {
  // With limits of its own: what is sent here takes nothing from the other journeys.
  portal = await startAnotherPortal({});
  for (const name of ['Sam Stranger', 'Alex Approver', 'Mara Maintainer', 'Robin Reviewer', 'Olga Overseer'])
    cookies.set(name, await cookiesOf(browser, name));
  cookies.set('nobody', '');
});
test.afterAll(async () => portal[Symbol.asyncDispose]());

async function cookiesOf(browser: Browser, name: string): Promise<string> {
  const context = await browser.newContext({ baseURL: portal.url });
  const page = await context.newPage();
  await signIn(page, name, '/messages');
  const all = await context.cookies();
  await context.close();
  return all.map((cookie) => `${cookie.name}=${cookie.value}`).join('; ');
}

/** Asks again once it may where it was too often: limits are not what is tried out here. */
async function ask(path: string, init: RequestInit & { readonly headers?: Record<string, string> }) {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await fetch(`${portal.url}${path}`, { redirect: 'manual', ...init });
    const text = await answer.text();
    if (answer.status !== 429 || attempt > 20) return { status: answer.status, text, answer };
    await wait(1_000 * Number(answer.headers.get('retry-after') ?? 1));
  }
}

type Asked = Awaited<ReturnType<typeof ask>>;

function expectWords({ status, text, answer }: Asked, what: string): void {
  expect.soft(status, `${what}: ${text.slice(0, 300)}`).toBeLessThan(500);
  expect.soft(inside.exec(text)?.[0] ?? null, `${what} shows the inside`).toBeNull();
  expect.soft(answer.headers.get('x-request-id') ?? '', what).toMatch(/^[0-9a-f]{16}$/);
}

/** The log calls each fault by the request’s id. */
const faults = (): readonly string[] =>
  portal
    .log()
    .split('\n')
    .filter((line) => /^request [0-9a-f]{16}: (?:INTERNAL_ERROR|[A-Z]+ \/\S* failed)/.test(line));

// --- server actions -------------------------------------------------------------------------------------------------------------

const manifestSchema = z.object({
  node: z.record(
    z.string(),
    z.object({ filename: z.string(), exportedName: z.string(), workers: z.record(z.string(), z.unknown()) }),
  ),
});

interface Action {
  readonly name: string;
  readonly id: string;
  /** A page that has it. */
  readonly page: string;
  readonly fields: readonly string[];
}

/** What a page puts into fields that nobody types. */
const plausible: Readonly<Record<string, string>> = {
  id: '1',
  applicationId: '1',
  number: '1',
  head: '0'.repeat(40),
  base: '0'.repeat(40),
  project: 'esbuild-demo',
  path: 'foundation.yaml',
  draft: '',
  serial: '01',
  seen: 'none',
  once: 'a9a1c4de-8c3a-4a58-9d1e-0a6f6a3c9f11',
  question: 'contact',
  days: '7',
  request: 'a9a1c4de-8c3a-4a58-9d1e-0a6f6a3c9f12',
  handle: 'nobody',
};

/** Names of the fields that an action reads, from its source: members of its schemas, and what it gets from the form. */
function fieldsOf(source: string): readonly string[] {
  const members = source.matchAll(/\b(\w+): (?:typed|rowNumber|identifier\(|z\.|z\n)/g);
  const got = source.matchAll(/\.get(?:All)?\('(\w+)'\)/g);
  return [...new Set([...members, ...got].map((match) => match[1] ?? ''))];
}

/** Sorted by name: their ids are others in each build, and who sends what follows their order. */
function findActions(): readonly Action[] {
  const file = '.next/server/server-reference-manifest.json';
  const { node } = manifestSchema.parse(JSON.parse(read(file)));
  const found = Object.entries(node).map(([id, { filename, exportedName, workers }]) => {
    const [worker = ''] = Object.keys(workers);
    return {
      id,
      name: `${filename} ${exportedName}`,
      page: addressOf(worker.replace(/\/page$/, ''), () => '1'),
      fields: fieldsOf(read(filename)),
    };
  });
  return found.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** Folders of `app` → an address; `fill` gives the value of each part that isn’t fixed. */
function addressOf(folders: string, fill: (name: string) => string): string {
  const parts = folders
    .split('/')
    .slice(1)
    .filter((part) => !part.startsWith('('));
  return `/${parts.map((part) => (part.startsWith('[') ? encodeURIComponent(fill(part)) : part)).join('/')}`;
}

/** As a form without scripts sends it; ids that begin with 6 take the form's state, too. */
function formOf(id: string, fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  if (id.startsWith('6')) {
    form.set('$ACTION_REF_1', '');
    form.set('$ACTION_1:0', `{"id":"${id}","bound":"$@1"}`);
    form.set('$ACTION_1:1', '[{"error":null,"values":{}}]');
  } else form.set(`$ACTION_ID_${id}`, '');
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

/** npm run fuzz:forms sends every kind of rubbish in both ways; otherwise an action gets every other kind in one of them. */
const everything = process.env['RUBBISH'] === 'all';

test('every server action answers malformed input with a message, whatever its arguments', async () => {
  const actions = findActions();
  expect(actions.length).toBeGreaterThan(20);
  expect(
    actions.flatMap((action) => action.fields).length,
    'fields are found in the sources',
  ).toBeGreaterThan(40);
  const roles = [...cookies.keys()];
  let turn = 0;
  for (const [at, { name, id, page, fields }] of actions.entries()) {
    if (name.endsWith(' signOut')) continue;
    const all = (value: string) => Object.fromEntries(fields.map((field) => [field, value]));
    const cases = rubbish.flatMap((value, kind) => {
      if (!everything && (at + kind) % 2 === 1) return [];
      // Nothing is as it should be; and then only what people type isn't.
      const both = [
        all(value),
        {
          ...all(value),
          ...Object.fromEntries(
            fields.flatMap((field) => (field in plausible ? [[field, plausible[field] ?? '']] : [])),
          ),
        },
      ];
      return everything ? both : both.filter((_one, index) => index === (kind >> 1) % 2);
    });
    const intents = [...read(name.split(' ')[0] ?? '').matchAll(/intent: z\.enum\(\['(\w+)'/g)];
    for (const [index, sent] of cases.entries()) {
      // Everybody gets everything in turn, and the one who may do most gets it twice as often.
      const role = roles[(turn += 1) % roles.length] ?? '';
      const intent = intents[0]?.[1];
      const body = formOf(id, index % 2 === 1 && intent !== undefined ? { ...sent, intent } : sent);
      const headers = { origin: portal.url, accept: 'text/html', cookie: cookies.get(role) ?? '' };
      const answer = await ask(page, { method: 'POST', headers, body });
      expectWords(answer, `${name} as ${role} with ${JSON.stringify(sent).slice(0, 120)}`);
    }
    // A form whose state isn’t in the notation of scripts.
    if (id.startsWith('6')) {
      const body = formOf(id, {});
      body.set('$ACTION_1:1', 'no JSON');
      const headers = { origin: portal.url, accept: 'text/html' };
      const answer = await ask(page, { method: 'POST', headers, body });
      expectWords(answer, `${name} with a state that can’t be read`);
      expect.soft(answer.status, name).toBe(400);
    }
    // As scripts call it, with what is no form at all, or not even in their notation.
    for (const body of [
      '',
      'no JSON',
      '[]',
      '["x"]',
      '[null,{"a":1}]',
      '["$K1"]',
      '[{"error":null,"values":{}},"$undefined"]',
    ]) {
      const headers = {
        origin: portal.url,
        'next-action': id,
        accept: 'text/x-component',
        'content-type': 'text/plain;charset=UTF-8',
        cookie: cookies.get('Robin Reviewer') ?? '',
      };
      expectWords(await ask(page, { method: 'POST', headers, body }), `${name} called with ${body}`);
    }
  }
  expect(faults()).toEqual([]);
});

// --- routes ---------------------------------------------------------------------------------------------------------------------

const methodsOf = (source: string): readonly string[] =>
  [...source.matchAll(/export (?:async )?(?:function|const) (GET|HEAD|POST|PUT|PATCH|DELETE)\b/g)].map(
    (match) => match[1] ?? '',
  );

const bodies: readonly (readonly [type: string, body: string | Uint8Array<ArrayBuffer>])[] = [
  ['application/json', ''],
  ['application/json', 'null'],
  ['application/json', '[]'],
  ['application/json', '"\\u0000"'],
  ['application/json', '{"__proto__":{"a":1}}'],
  ['application/json', '['.repeat(5_000)],
  ['application/json', new Uint8Array([0xff, 0xfe, 0x00])],
  ['multipart/form-data', 'no boundary'],
  ['multipart/form-data; boundary=x', '--x\r\nbroken'],
  ['text/plain', 'x'],
  ['', 'x'],
];

test('every route answers malformed input with a message, with and without a token', async () => {
  const token = readFileSync(join(state(), 'secrets', 'demo-api-token'), 'utf8');
  const callers: readonly Record<string, string>[] = [
    {},
    { authorization: `Bearer ${token}` },
    { authorization: 'Bearer \u00ff' },
    { cookie: cookies.get('Alex Approver') ?? '', origin: portal.url },
  ];
  const files = globSync('app/**/route.ts', { cwd: project });
  expect(files.length).toBeGreaterThan(20);
  let turn = 0;
  for (const file of files) {
    const source = read(file);
    const names = [...new Set([...fieldsOf(source), 'cursor', 'limit', 'policy', 'sha256'])];
    const methods = methodsOf(source);
    for (const method of methods.length === 0 ? ['GET', 'POST'] : methods) {
      for (const [index, value] of rubbish.entries()) {
        const headers = callers[(turn += 1) % callers.length] ?? {};
        const part = index % 2 === 0 ? value.slice(0, longest) : 'esbuild-demo';
        const path = addressOf(file.replace(/\/route\.ts$/, ''), () => part);
        // Node.js answers addresses of more than 16 KiB itself, without an id; a few long words are enough here.
        const query = new URLSearchParams(names.map((name) => [name, value.slice(0, longest)]));
        const [type, body] = bodies[turn % bodies.length] ?? ['', ''];
        const withBody = method === 'GET' || method === 'HEAD' ? {} : { body };
        const answer = await ask(`${path}?${query.toString()}`, {
          method,
          ...withBody,
          headers: { ...headers, ...(type === '' ? {} : { 'content-type': type }) },
        });
        // A service that isn't ready says so by 503, whatever it was asked.
        if (path !== '/readyz')
          expectWords(answer, `${method} ${path} with ${JSON.stringify(value.slice(0, 60))}`);
      }
      // Bodies whose members have the right names and nothing else.
      if (method === 'GET' || method === 'HEAD') continue;
      for (const value of [null, 7, 'a\0b', [], {}, 'x'.repeat(300)]) {
        const body = JSON.stringify(Object.fromEntries(names.map((name) => [name, value])));
        const path = addressOf(file.replace(/\/route\.ts$/, ''), () => 'esbuild-demo');
        const headers = { 'content-type': 'application/json', ...callers[(turn += 1) % callers.length] };
        expectWords(
          await ask(path, { method, headers, body }),
          `${method} ${path} with ${body.slice(0, 80)}`,
        );
      }
    }
  }
  expect(faults()).toEqual([]);
});

// --- pages ----------------------------------------------------------------------------------------------------------------------

test('every page answers a malformed address with a message', async () => {
  const files = globSync('app/**/page.tsx', { cwd: project });
  const sources = globSync('app/**/*.{ts,tsx}', { cwd: project }).map(read).join('\n');
  const asked = sources.matchAll(/(?:query(?:\.|\[')|text\('|given\(')(\w+)/g);
  const names = [
    ...new Set([...[...asked].map((match) => match[1] ?? ''), 'q', 'file', 'draft', 'cursor', 'page']),
  ];
  expect(names.length).toBeGreaterThan(10);
  const roles = [...cookies.keys()];
  let turn = 0;
  for (const file of files) {
    for (const [index, value] of rubbish.entries()) {
      const role = roles[(turn += 1) % roles.length] ?? '';
      const part = index % 2 === 0 ? value.slice(0, longest) : '1';
      const path = addressOf(file.replace(/\/page\.tsx$/, ''), () => part);
      const query = new URLSearchParams(names.map((name) => [name, value.slice(0, longest)]));
      const headers = { accept: 'text/html', cookie: cookies.get(role) ?? '' };
      const answer = await ask(`${path}?${query.toString()}`, { headers });
      expectWords(answer, `${path} as ${role} with ${JSON.stringify(value.slice(0, 60))}`);
    }
  }
  expect(faults()).toEqual([]);
});

// --- too often ------------------------------------------------------------------------------------------------------------------

test('anonymous visitors are limited by network: 429 with Retry-After for one, nothing for another', async () => {
  await using behindProxy = await startAnotherPortal({ trustedProxies: ['127.0.0.1'] });
  const reportForm = findActions().find(({ name }) => name.endsWith(' reportForm'));
  const send = async (address: string) => {
    const body = formOf(reportForm?.id ?? '', { kind: 'other', description: 'Far too short.' });
    const headers = { origin: behindProxy.url, accept: 'text/html', 'x-forwarded-for': address };
    const answer = await fetch(`${behindProxy.url}/report`, { method: 'POST', headers, body });
    await answer.text();
    return { status: answer.status, after: answer.headers.get('retry-after') };
  };
  const statuses: number[] = [];
  // 120 in a minute; a machine may be so slow that a minute passes on the way.
  let refused: Awaited<ReturnType<typeof send>> | null = null;
  for (let count = 0; count < 600 && refused === null; count += 1) {
    const answer = await send(`203.0.113.${count % 250}`);
    statuses.push(answer.status);
    if (answer.status === 429) refused = answer;
  }
  expect(refused?.status).toBe(429);
  expect(statuses.slice(0, 100).every((status) => status === 422)).toBe(true);
  expect(Number(refused?.after)).toBeGreaterThan(0);
  expect((await send('198.51.100.7')).status, 'of another network').toBe(422);
  expect((await send('2001:db8:1::1')).status, 'of another network').toBe(422);
});
