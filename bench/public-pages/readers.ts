/**
 * The pages, feeds and answers that people and programs ask for most, by several readers at once, beside a static page of a bare Next.js of the
 * same version: past the cache, by people signed in, and as anybody gets them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { LoadResult } from '../load.ts';
import { load } from '../run-load.ts';
import { startStaticSite } from '../static-site.ts';
import { seededSerial } from '../../dev/seed/index.ts';
import { busiest, revokedProject } from './fill.ts';
import type { Portal } from './measure.ts';

const seconds = Number(process.env['BENCH_SECONDS'] ?? '4');
const only = process.env['BENCH_ONLY'] ?? '';

/** One of those whom the development sign-in lets in; an auditor sees the audit list. */
const people = { reader: 'demo-maintainer', auditor: 'demo-auditor' } as const;

const pages = [
  ...['/', '/requests', '/requests?status=completed', '/requests?status=denied', '/requests?status=failed'],
  ...['/projects', '/projects?q=program+42', `/search?q=program`],
  ...[`/projects/${busiest}`, '/certificates', `/revocations/${seededSerial(revokedProject)}`],
];
const answers = [
  ...[`/projects/${busiest}/feed.xml`, `/projects/${busiest}/badge.svg`, '/revocations/feed.xml'],
  ...['/api/v1/requests?limit=25', `/api/v1/projects/${busiest}`, '/api/v1/statistics'],
  ...['/api/v1/revocations', '/api/v1/past-requests?limit=5'],
];

const requestsSchema = z.looseObject({
  next: z.string(),
  requests: z.array(z.looseObject({ id: z.string() })),
});

export async function measureReaders(portal: Portal): Promise<void> {
  const list = requestsSchema.parse(
    await (await fetch(`${portal.url}/api/v1/requests?status=completed&limit=100`)).json(),
  );
  const id = list.requests[42]?.id ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-static-'));
  const site = await startStaticSite(folder);
  try {
    const all = [...pages, `/requests/${id}`, `/requests?cursor=${list.next}`];
    const apis = [
      ...answers,
      `/api/v1/requests/${id}`,
      `/api/v1/requests?limit=25&status=failed&cursor=${list.next}`,
    ];
    await several(site.url, 'uncached, one reader', 1, portal, all, 'nobody=1');
    const cookie = await signIn(portal.url, people.reader);
    await several(site.url, 'signed in, ten at once', 10, portal, all, cookie);
    const auditor = await signIn(portal.url, people.auditor);
    await several(site.url, 'an auditor', 10, portal, ['/audit/decisions', '/audit/journal'], auditor);
    await several(site.url, 'feeds and answers, ten at once', 10, portal, apis);
  } finally {
    await site.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function several(
  site: string,
  title: string,
  readers: number,
  portal: Portal,
  paths: readonly string[],
  cookie?: string,
): Promise<void> {
  await load({ url: `${site}/`, readers, seconds: 1 });
  const yardstick = await load({ url: `${site}/`, readers, seconds });
  console.log(`\n${title}\n   a second  × static       p50      p95`);
  print('static page of a bare Next.js', yardstick, yardstick);
  for (const path of paths) {
    if (!path.includes(only)) continue;
    const asked = {
      url: `${portal.url}${path}`,
      readers,
      ...(cookie === undefined ? {} : { cookie }),
    };
    await load({ ...asked, seconds: 1 });
    print(path, await load({ ...asked, seconds }), yardstick);
  }
}

function print(name: string, { p50, p95, answers: count, failed }: LoadResult, yardstick: LoadResult): void {
  const rate = (count / seconds).toFixed(0).padStart(11);
  const ratio = (count / yardstick.answers).toFixed(2).padStart(10);
  const times = [p50, p95].map((value) => `${value.toFixed(1)} ms`.padStart(9)).join('');
  console.log(`${rate}${ratio}${times}  ${name}${failed === 0 ? '' : `, ${failed} FAILED`}`);
}

/** As a browser does: by the development provider's form. */
async function signIn(url: string, person: string): Promise<string> {
  const jar = new Map<string, string>();
  const keep = (answer: Response): void => {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', ...value] = pair.split('=');
      jar.set(name, value.join('='));
    }
  };
  const header = (): string => Array.from(jar, ([name, value]) => `${name}=${value}`).join('; ');
  const asked = await fetch(`${url}/api/auth/csrf`);
  keep(asked);
  const { csrfToken } = z.object({ csrfToken: z.string() }).parse(await asked.json());
  const answer = await fetch(`${url}/api/auth/callback/development`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: header(), origin: url, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ csrfToken, handle: person, callbackUrl: url }),
  });
  keep(answer);
  if (![...jar.keys()].some((name) => name.includes('session-token')))
    throw new Error(`nobody was signed in as ${person}: ${answer.status}`);
  return header();
}
