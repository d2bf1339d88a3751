/**
 * `npm run bench:portal`: public pages of a foundation with 500 projects and 5,000 requests, with 50 concurrent readers,
 * compared with a static page of a bare Next.js in the same run; and how much JavaScript each page loads.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startFoundation, startPortalOf } from '../dev/foundation/index.ts';
import { addProjects, fillDatabase, defaultSize } from '../dev/seed/index.ts';
import { removeServiceFolder, startStack } from '../dev/stack/index.ts';
import { startStaticSite } from './static-site.ts';
import type { LoadResult } from './load.ts';
import { load } from './run-load.ts';

const readers = 50;
const secondsEach = Number(process.env['BENCH_SECONDS'] ?? '8');
const scriptBytesMax = 100 * 1000;
const p95MillisecondsMax = 100;

const state = mkdtempSync(join(tmpdir(), 'countersign-bench-portal-'));
const stack = await startStack({ state, signatures: 'test' });
try {
  const foundation = await startFoundation(stack, { adapt: (folder) => addProjects(folder, defaultSize) });
  await fillDatabase(stack.database.owner, defaultSize);
  const portal = await startPortalOf(foundation);
  const site = await startStaticSite(join(state, 'static-site'));
  try {
    await measure(portal.url, site.url);
  } finally {
    await site.stop();
  }
} finally {
  await stack.stop();
  removeServiceFolder(stack.paths.postgres);
  rmSync(state, { recursive: true, force: true });
}

async function measure(portal: string, site: string): Promise<void> {
  const second = await secondPage(portal);
  const pages: readonly (readonly [name: string, path: string])[] = [
    ['home', '/'],
    ['projects', '/projects'],
    ['projects, searched', '/projects?q=program+42'],
    ['a project', '/projects/project-00042'],
    ['requests', '/requests'],
    ['requests, a later page', second],
    ['the foundation', '/foundation'],
    ['conditions', '/apply'],
  ];
  console.log(
    `\n${readers} readers at once, ${secondsEach} s each, on this machine; ratios are to the static page's p95\n`,
  );
  await load({ url: `${site}/`, readers, seconds: 2 });
  const yardstick = await load({ url: `${site}/`, readers, seconds: secondsEach });
  print('static page of a bare Next.js', yardstick, yardstick);
  for (const [name, path] of pages) {
    await load({ url: `${portal}${path}`, readers: 4, seconds: 1 });
    print(name, await load({ url: `${portal}${path}`, readers, seconds: secondsEach }), yardstick);
  }
  console.log('\nJavaScript that a page loads, compressed (goal: under 100 kB)\n');
  for (const [name, path] of pages) {
    const bytes = await scriptBytes(portal, path);
    console.log(
      `${name.padEnd(32)} ${(bytes / 1000).toFixed(1).padStart(7)} kB${bytes > scriptBytesMax ? '  OVER' : ''}`,
    );
  }
}

function print(name: string, result: LoadResult, yardstick: LoadResult): void {
  const { p50, p95, answers, failed } = result;
  const over = p95 > p95MillisecondsMax ? '  OVER 100 ms' : '';
  console.log(
    `${name.padEnd(32)} p50 ${p50.toFixed(1).padStart(6)} ms  p95 ${p95.toFixed(1).padStart(6)} ms  ${(p95 / yardstick.p95).toFixed(2).padStart(6)}x  ${String(answers).padStart(6)} answers${failed === 0 ? '' : `, ${failed} FAILED`}${over}`,
  );
}

/** A page far down the list, by following its links. */
async function secondPage(portal: string): Promise<string> {
  let path = '/requests';
  for (let page = 0; page < 40; page++) {
    const html = await (await fetch(`${portal}${path}`)).text();
    const next =
      /href="(\/requests\?[^"]*cursor=[^"]+)"[^>]*rel="next"|rel="next"[^>]*href="(\/requests\?[^"]*cursor=[^"]+)"/.exec(
        html,
      );
    const found = next?.[1] ?? next?.[2];
    if (found === undefined) throw new Error(`no next page after ${path}`);
    path = found.replaceAll('&amp;', '&');
  }
  return path;
}

async function scriptBytes(portal: string, path: string): Promise<number> {
  const html = await (await fetch(`${portal}${path}`)).text();
  const sources = new Set(
    Array.from(html.matchAll(/<script[^>]+src="([^"]+)"(?![^>]*noModule)/gi), ([, source = '']) => source),
  );
  let bytes = 0;
  for (const source of sources) {
    const script = await fetch(new URL(source, portal));
    bytes += gzipSync(Buffer.from(await script.arrayBuffer())).length;
  }
  return bytes;
}
