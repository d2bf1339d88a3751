import AxeBuilder from '@axe-core/playwright';
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe has to say against the page as it stands: rule and first element. */
export async function violations(page: Page): Promise<readonly string[]> {
  return analyse(builderOf(page).withTags(rules));
}

/** What is wrong with the page at `path`, as `wrongWith` says. */
export async function wrongAt(page: Page, path: string): Promise<readonly string[]> {
  await page.goto(path);
  return wrongWith(page);
}

/** What is wrong with the page as it stands: in light and in dark colours, in a usual window and in one 320 pixels wide. */
export async function wrongWith(page: Page): Promise<readonly string[]> {
  const wide = { width: 1280, height: 900 };
  await page.setViewportSize(wide);
  // A page that was just come to by a link gets its title a moment after its contents.
  await expect(page).toHaveTitle(/\S/);
  const found = [...(await violations(page)), ...(await tooWide(page))];
  await page.emulateMedia({ colorScheme: 'dark' });
  found.push(...(await colourViolations(page)).map((violation) => `dark: ${violation}`));
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 320, height: 700 });
  found.push(...(await tooWide(page)));
  await page.setViewportSize(wide);
  return found;
}

async function tooWide(page: Page): Promise<readonly string[]> {
  const { pixels, width } = await page.evaluate(() => ({
    pixels: document.documentElement.scrollWidth - window.innerWidth,
    width: window.innerWidth,
  }));
  return pixels > 0 ? [`${pixels} pixels too wide for a window of ${width}`] : [];
}

/** Only what other colours can change. */
export async function colourViolations(page: Page): Promise<readonly string[]> {
  return analyse(builderOf(page).withRules(['color-contrast', 'link-in-text-block']));
}

/** No page has frames, so axe needs no page of its own to put results together; and only violations need their details. */
function builderOf(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
}

async function analyse(builder: AxeBuilder): Promise<readonly string[]> {
  const { violations: found } = await builder.analyze();
  return found.map((result) => `${result.id}: ${result.nodes[0]?.html ?? ''}`);
}
