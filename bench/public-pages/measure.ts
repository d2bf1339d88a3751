/** Requests everything from a filled portal in turn, and reports the cost of each answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { addresses, routes } from './addresses.ts';
import type { Asked, Known } from './addresses.ts';
import { busiest } from './fill.ts';
import type { Filled } from './fill.ts';
import { openMeter } from './processor-time.ts';
import type { Meter } from './processor-time.ts';

const millisecondsMax = 100;
const asked = Number(process.env['BENCH_ASKED'] ?? '12');
const only = process.env['BENCH_ONLY'] ?? '';
const skip = process.env['BENCH_SKIP'] ?? '';
/** A cookie bypasses the page cache; this one belongs to nobody. */
const headers = { cookie: 'nobody=1' };

export interface Portal {
  readonly url: string;
  readonly pid: number;
  /** Of its database, as its owner. */
  readonly owner: string;
}

/** → whether an answer costs more than it may. */
export async function measure(portal: Portal, filled: Filled): Promise<boolean> {
  const owner = new pg.Client({ connectionString: portal.owner });
  await owner.connect();
  try {
    return await measureAll(portal, filled, openMeter(portal.pid, owner));
  } finally {
    await owner.end();
  }
}

async function measureAll(portal: Portal, filled: Filled, meter: () => Promise<Meter>): Promise<boolean> {
  const all = addresses(await lookUp(portal, filled));
  await meter();
  await sleep(5_000);
  const idle = await meter();
  console.log(
    `\nof ${asked} answers each, past the cache; by themselves the portal uses ${(idle.portal / 5).toFixed(1)} ms a second and its sessions of PostgreSQL ${(idle.database / 5).toFixed(1)}`,
  );
  console.log('processor half  of it PostgreSQL  most |  time mean |      size | status');
  let over = 0;
  for (const list of Object.values(all)) {
    if (typeof list === 'string') continue;
    for (const one of list) {
      if (!nameOf(one).includes(only) || (skip !== '' && new RegExp(skip).test(nameOf(one)))) continue;
      if (await measureOne(portal, one, filled, meter)) over += 1;
    }
  }
  const missing = routes().filter((route) => !Object.hasOwn(all, route));
  console.log(`\n${over} over ${millisecondsMax} ms; not measured: ${missing.join(', ') || 'none'}`);
  return over > 0;
}

async function measureOne(
  portal: Portal,
  one: Asked,
  filled: Filled,
  meter: () => Promise<Meter>,
): Promise<boolean> {
  const paths = typeof one === 'string' ? [one] : one.paths;
  const cost: Meter[] = [];
  let [bytes, status] = [0, 0];
  // What the first answers of a route cost (its code is loaded and compiled) is paid once. Of several addresses, each is new.
  const [warm = ''] = paths;
  for (let time = 0; time < 4; time += 1) await ask(portal.url, warm);
  const begun = performance.now();
  const rest = paths.length === 1 ? Array.from({ length: asked }, () => warm) : paths.slice(1);
  for (const path of rest) {
    await meter();
    [status, bytes] = await ask(portal.url, path);
    cost.push(await meter());
  }
  const time = (performance.now() - begun) / cost.length;
  // What the portal does by itself meanwhile is in some of them, and not in the middle one.
  const inOrder = cost.toSorted((a, b) => sumOf(a) - sumOf(b));
  const median = inOrder[Math.floor(cost.length / 2)] ?? { portal: 0, database: 0 };
  const most = inOrder.at(-1) ?? median;
  const isOver = sumOf(median) > millisecondsMax;
  const ids = [
    ...filled.large.map((id, index) => [id, `ID${index}`] as const),
    ...filled.commits.map((id) => [id, 'COMMIT'] as const),
  ];
  const name = ids.reduce((text, [id, short]) => text.replaceAll(id, short), nameOf(one)).slice(0, 90);
  console.log(
    `${ms(sumOf(median))} ${ms(median.database)} ${ms(sumOf(most))} | ${ms(time)} | ${(bytes / 1000).toFixed(1).padStart(6)} kB | ${status} ${name}${isOver ? '  OVER' : ''}`,
  );
  return isOver;
}

const nameOf = (one: Asked): string => (typeof one === 'string' ? one : one.name);
const sumOf = ({ portal, database }: Meter): number => portal + database;
const ms = (value: number): string => `${value.toFixed(1).padStart(7)} ms`;

async function ask(url: string, path: string): Promise<[status: number, bytes: number]> {
  const answer = await fetch(`${url}${path}`, { headers, redirect: 'manual' });
  return [answer.status, (await answer.arrayBuffer()).byteLength];
}

const listSchema = z.looseObject({
  next: z.string().nullable().optional(),
  requests: z.array(z.looseObject({ id: z.string() })).optional(),
});

/** A cursor far down a list: of the last page, or of the fortieth. */
async function lastCursor(portal: Portal, path: string, name = 'cursor'): Promise<string> {
  let cursor = '';
  for (let page = 0; page < 40; page += 1) {
    const address = `${path}${path.includes('?') ? '&' : '?'}limit=100${cursor === '' ? '' : `&${name}=${encodeURIComponent(cursor)}`}`;
    const answer = await fetch(`${portal.url}${address}`);
    if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
    const { next } = listSchema.parse(await answer.json());
    if (next === null || next === undefined) break;
    cursor = next;
  }
  return cursor;
}

async function lookUp(portal: Portal, filled: Filled): Promise<Known> {
  const largest = filled.large.at(-1) ?? '';
  const list = listSchema.parse(
    await (await fetch(`${portal.url}/api/v1/requests?project=${busiest}&status=completed`)).json(),
  );
  const released = z.looseObject({ release: z.object({ sha256: z.string() }) });
  const first = list.requests?.[0]?.id ?? '';
  const { release } = released.parse(await (await fetch(`${portal.url}/api/v1/requests/${first}`)).json());
  return {
    ...filled,
    lastRequests: await lastCursor(portal, '/api/v1/requests'),
    lastOfBusiest: await lastCursor(portal, `/api/v1/requests?project=${busiest}`),
    lastFinding: await lastCursor(portal, `/api/v1/requests/${largest}/steps/2/inspection`, 'after'),
    lastSignature: Buffer.from('widget.zip!/lib/part-099900.dll').toString('base64url'),
    sha256: release.sha256,
  };
}
