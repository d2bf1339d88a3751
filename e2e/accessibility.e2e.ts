import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { writeOwnKeys } from '../lib/certificates/own-keys.fixture.ts';
import { portalConfig, startAnotherPortal, state } from './another-portal.ts';
import { colourViolations, violations, wrongWith } from './axe.ts';
import { everyPage } from './report.ts';

// All but the last visit every page of the portal.

test('every page passes axe', async ({ page }) => {
  for (const [name, path] of everyPage()) {
    await page.goto(path);
    expect.soft(await violations(page), name).toEqual([]);
  }
});

test('every page keeps its contrast in dark colours', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  for (const [name, path] of everyPage()) {
    await page.goto(path);
    expect.soft(await colourViolations(page), name).toEqual([]);
  }
});

test('every page fits a window 320 pixels wide', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 700 });
  for (const [name, path] of everyPage()) {
    await page.goto(path);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(overflow, name).toBeLessThanOrEqual(0);
  }
});

test('long names without spaces widen no page', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 700 });
  // Where long names of projects, people, files and certificates are: each text begins with one.
  const named = ['home', 'foundation', 'projects', 'project', 'requests', 'signed request', 'certificates'];
  for (const [name, path] of everyPage().filter(([name]) => named.includes(name))) {
    await page.goto(path);
    const overflow = await page.getByRole('main').evaluate((main) => {
      const texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
      while (texts.nextNode() !== null) {
        const { currentNode: text } = texts;
        const said = text.textContent ?? '';
        // Words of commands that don't break are told from long ones, which do, where the page is made (keep-words.tsx).
        const apart = 'option, .sr-only, thead, script, code > .whitespace-nowrap';
        if (said.trim().length > 2 && text.parentElement?.closest(apart) === null)
          text.textContent = `${'x'.repeat(64)} ${said}`;
      }
      return document.documentElement.scrollWidth - window.innerWidth;
    });
    expect.soft(overflow, name).toBeLessThanOrEqual(0);
  }
});

test('every page has one main landmark, one first-level heading, targets of at least 24 pixels, and no motion with reduced motion', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const [name, path] of everyPage()) {
    await page.goto(path);
    await expect.soft(page.getByRole('main'), name).toHaveCount(1);
    await expect.soft(page.getByRole('heading', { level: 1 }), name).toHaveCount(1);
    // Links inside a sentence are exempt (WCAG 2.2, 2.5.8).
    const small = await page
      .locator('button, summary, nav a')
      .evaluateAll((all) =>
        all
          .filter(
            (element) => element.getClientRects().length > 0 && element.getBoundingClientRect().height < 24,
          )
          .map((element) => element.outerHTML),
      );
    expect.soft(small, name).toEqual([]);
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('body *')]
        .filter((element) => {
          const { animationName, transitionDuration } = getComputedStyle(element);
          return animationName !== 'none' || transitionDuration.split(', ').some((time) => time !== '0s');
        })
        .map((element) => element.outerHTML.slice(0, 120)),
    );
    expect.soft(moving, name).toEqual([]);
  }
});

test('a keyboard alone reaches the content and the search, with a visible focus', async ({ page }) => {
  await page.goto('/');
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to content' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  const search = page.getByRole('searchbox', { name: 'Look up a file or project' });
  await expect(search).toBeFocused();
  expect(await search.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
});

test('forced colours keep states readable as words', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await page.goto('/requests');
  await expect(page.getByRole('cell').getByText('Signed', { exact: true }).first()).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test('a visitor finds a project’s OpenPGP key on its page and downloads it, and axe finds nothing', async ({
  page,
}) => {
  // A folder of keys as a ceremony leaves it; no project of the demo has keys of its own.
  const keysDir = mkdtempSync(join(state(), 'own-keys-'));
  cpSync(String(portalConfig()['keysDir']), keysDir, { recursive: true });
  const { openPgpCertificate } = await writeOwnKeys(keysDir, { project: 'esbuild-demo' });
  await using portal = await startAnotherPortal({ keysDir });
  await page.goto(`${portal.url}/projects/esbuild-demo`);
  const keys = page.getByRole('region', { name: 'Keys for signatures beside files' });
  await expect(keys.getByText('Fingerprint', { exact: true })).toBeVisible();
  await keys.locator('summary').first().click();
  await expect(keys.getByText('gpg --import widget.openpgp.asc')).toBeVisible();
  const download = page.waitForEvent('download');
  await keys.getByRole('link', { name: 'Download widget.openpgp.asc' }).click();
  expect(readFileSync(await (await download).path(), 'utf8')).toBe(openPgpCertificate);
  expect(await wrongWith(page)).toEqual([]);
});
