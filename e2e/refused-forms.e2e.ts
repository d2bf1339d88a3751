/** Forms as they come back when something is wrong with them: for the eye, the screen reader and the keyboard. */
import { expect, test } from '@playwright/test';
import type { Page, TestInfo } from '@playwright/test';
import { violations } from './axe.ts';
import { signIn } from './people.ts';

const policy = 'projects/esbuild-demo/policies/release-signing.yaml';

/** What is wrong, and how the page comes to show it. */
const forms: readonly {
  readonly name: string;
  readonly path: string;
  /** Who sends it; strangers where nobody is named. */
  readonly as?: string;
  readonly fill?: (page: Page) => Promise<void>;
  /** What sends it; none where the address has it already. */
  readonly button?: string;
}[] = [
  { name: 'report', path: '/report', button: 'Send report' },
  { name: 'emergency stop', path: '/emergency-stop?what=&action=&reason=' },
  { name: 'look up', path: `/search?q=${'x'.repeat(300)}` },
  { name: 'projects', path: `/projects?q=${'x'.repeat(300)}` },
  { name: 'certificates', path: `/certificates?q=${'x'.repeat(300)}` },
  { name: 'reviews', path: `/reviews?q=${'x'.repeat(300)}`, as: 'Robin Reviewer' },
  {
    name: 'token',
    path: '/projects/esbuild-demo/tokens',
    as: 'Alex Approver',
    button: 'Make the token',
  },
  {
    name: 'webhook',
    path: '/projects/esbuild-demo/webhooks',
    as: 'Alex Approver',
    button: 'Add the webhook',
  },
  {
    name: 'new policy file',
    path: '/changes/new?project=esbuild-demo&folder=policies&name=Not+One',
    as: 'Alex Approver',
  },
  {
    name: 'policy by form',
    path: `/changes/new?file=${policy}`,
    as: 'Alex Approver',
    fill: (page) => page.getByLabel('How many have to approve').fill('two'),
    button: 'See what it means',
  },
  {
    name: 'policy as text',
    path: `/changes/new?file=${policy}&as=yaml`,
    as: 'Alex Approver',
    fill: async (page) => {
      await page.locator('.cm-content').click();
      await page.keyboard.press('Control+End');
      await page.keyboard.insertText('nothing: known\n');
      await page.getByLabel('What changes, in one line').fill('It is wrong');
    },
    button: 'Propose the change',
  },
];

async function refused(page: Page, form: (typeof forms)[number]): Promise<void> {
  if (form.as !== undefined) await signIn(page, form.as, '/messages');
  await page.goto(form.path);
  await form.fill?.(page);
  if (form.button !== undefined) await page.getByRole('button', { name: form.button }).click();
  await expect(page.getByRole('alert', { name: 'There is a problem' })).toBeVisible();
}

const picture = (page: Page, info: TestInfo, name: string) =>
  page.screenshot({ path: info.outputPath(`${name}.png`), fullPage: true });

for (const form of forms) {
  test(`a refused form passes axe in both colours, fits 320 pixels, and leads the keyboard to its field: ${form.name}`, async ({
    page,
  }, info) => {
    await refused(page, form);
    await expect(page).toHaveTitle(/^Error: /);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect.soft(await violations(page), colorScheme).toEqual([]);
      await picture(page, info, colorScheme);
    }
    await page.setViewportSize({ width: 320, height: 700 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(overflow, 'at 320 pixels').toBeLessThanOrEqual(0);
    await picture(page, info, 'narrow');
    // The summary has the focus where scripts run; elsewhere the browser gives it to the first link that is reached.
    const link = page.getByRole('alert', { name: 'There is a problem' }).getByRole('link').first();
    if ((await link.count()) === 0) return;
    await link.focus();
    await page.keyboard.press('Enter');
    const target = (await link.getAttribute('href'))?.slice(1) ?? '';
    await expect(page.locator(`[id="${target}"]`)).toBeFocused();
    const described = (await page.locator(`[id="${target}"]`).getAttribute('aria-describedby')) ?? '';
    const group = page.locator('fieldset', { has: page.locator(`[id="${target}"]`) });
    const ofGroup =
      (await group.count()) === 0 ? '' : ((await group.first().getAttribute('aria-describedby')) ?? '');
    expect(`${described} ${ofGroup}`, 'the field says what is wrong with it').toContain('-error');
  });
}
