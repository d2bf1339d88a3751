import type { Browser, Page } from '@playwright/test';

/** A page of somebody's own browser, signed in, at `path`. */
export async function openAs(browser: Browser, name: string, path: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await signIn(page, name, path);
  return page;
}

export async function signIn(page: Page, name: string, path: string): Promise<void> {
  await page.goto(`/sign-in?to=${encodeURIComponent(path)}`);
  await page.getByRole('button', { name: `Sign in as ${name}` }).click();
  await page.waitForURL((url) => url.pathname === path.split('?')[0]);
}

/** Saves the answer on the page, and waits for the next one. */
export async function next(page: Page): Promise<void> {
  const before = page.url();
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await page.waitForURL((url) => url.href !== before);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** Up to the page that shows all answers. */
export async function answerEverything(
  page: Page,
  project: {
    /** One of those that are listed, or an address. */
    readonly repository: string;
    readonly name: string;
    readonly handle: string;
    readonly applicant?: string;
    /** Public SSH keys. */
    readonly keys?: string;
    /** Answers how releases are built. */
    readonly build?: (page: Page) => Promise<void>;
  },
): Promise<void> {
  await page.getByRole('button', { name: 'Start an application' }).click();
  await page.getByRole('link', { name: 'Begin' }).click();
  await page.getByLabel('Executables and installers').check();
  await next(page);
  for (const answer of ['Yes', 'No', 'No', 'Yes', 'No']) {
    await page.getByLabel(answer, { exact: true }).check();
    await next(page);
  }
  if (project.repository.startsWith('https://'))
    await page.getByLabel('Address of the repository').fill(project.repository);
  else await page.getByLabel(project.repository).check();
  await next(page);
  await page.getByLabel('Name', { exact: true }).fill(project.name);
  await page.getByLabel('In one line').fill('Keeps things in order.');
  await next(page);
  await page
    .getByLabel('Description')
    .fill('It keeps things in order: where each stands, and when one is due.');
  await next(page);
  await page.getByLabel('Home page').fill('https://things.example');
  await next(page);
  await page.getByLabel('SPDX expression').fill('MIT');
  await next(page);
  for (let count = 0; count < 2; count++) {
    await page.getByLabel('No', { exact: true }).check();
    await next(page);
  }
  await project.build?.(page);
  await next(page);
  await page.getByLabel('Your short name here').fill(project.handle);
  if (project.keys !== undefined) await page.getByLabel('Your public SSH keys').fill(project.keys);
  await next(page);
  await page.getByLabel('Evidence').fill('In Debian since 2018: https://example.org/pkg');
  await next(page);
  await page.getByLabel('Your name').fill(project.applicant ?? 'Nora Newcomer');
  await page.getByLabel('E-mail').fill('nora@example.org');
  await next(page);
  await page.getByRole('checkbox').check();
  await next(page);
}
