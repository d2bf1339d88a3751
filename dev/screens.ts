/**
 * npm run screens: pictures of every page, light and dark, wide and 320 pixels, into docs/screens/all/ (not committed), and
 * the few that the README shows into docs/screens/ (its change only where one is proposed). Against the running demo, or COUNTERSIGN_URL.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import type { Browser, Page } from 'playwright';
import config from '../playwright.config.ts';
import { findPages } from './screens/pages.ts';

const base = process.env['COUNTERSIGN_URL'] ?? 'http://127.0.0.1:4400';
const folder = join(import.meta.dirname, '..', 'docs', 'screens');
/** By the name of a page: the picture of it in the README, as wide as a desk's window and in light colours; `height`: only its beginning. */
const inReadme: ReadonlyMap<string, { readonly file: string; readonly height?: number }> = new Map([
  ['request-signed', { file: 'request.png', height: 1500 }],
  ['change', { file: 'change.png' }],
]);
const people = ['Nora Newcomer', 'Robin Reviewer', 'Alex Approver'] as const;

async function openAs(browser: Browser, name: string | null): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: base, reducedMotion: 'reduce' })).newPage();
  if (name === null) return page;
  await page.goto('/sign-in?to=/about');
  await page.getByRole('button', { name: `Sign in as ${name}` }).click();
  await page.waitForURL((url) => url.pathname === '/about');
  return page;
}

const launch = config.use?.launchOptions ?? {};
const browser = await chromium.launch(launch);
try {
  const pages = new Map<string | null, Page>();
  for (const name of [null, ...people]) pages.set(name, await openAs(browser, name));
  let count = 0;
  for (const [person, page] of pages) {
    for (const [name, path] of await findPages(page, person)) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const width of [1280, 320]) {
          const into = join(folder, 'all', `${colorScheme}-${width}`);
          mkdirSync(into, { recursive: true });
          await page.setViewportSize({ width, height: 900 });
          await page.goto(path, { waitUntil: 'networkidle' });
          await page.screenshot({ path: join(into, `${name}.png`), fullPage: true });
          count += 1;
          const shown = inReadme.get(name);
          if (shown === undefined || colorScheme !== 'light' || width !== 1280) continue;
          const { file, height } = shown;
          const clip = height === undefined ? {} : { clip: { x: 0, y: 0, width, height } };
          await page.screenshot({ path: join(folder, file), fullPage: true, ...clip });
        }
      }
      console.log(`${name}  ${path}`);
    }
  }
  console.log(`${count} pictures in docs/screens/all/`);
} finally {
  await browser.close();
}
