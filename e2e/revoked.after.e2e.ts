/** A real release is revoked, and every public page is visited. Runs after all other journeys, which need that certificate. */
import type { Browser, Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { z } from 'zod';
import { violations, wrongAt } from './axe.ts';
import { openAs } from './people.ts';
import { places, publicRoutes, type Release } from './public-routes.ts';
import { theSignedOne } from './report.ts';
import { approveAs, runShownCommand, waitingRequest } from './waiting-request.ts';

test.describe.configure({ mode: 'serial' });
// What isn't there within a minute isn't coming.
test.use({ actionTimeout: 60_000 });

const statement = 'A build was tampered with & <b>signed</b>.';
const requestSchema = z.object({
  id: z.string(),
  project: z.string(),
  policy: z.string(),
  release: z.object({ name: z.string(), sha256: z.string() }),
  signatures: z
    .array(z.object({ signedSha256: z.string(), certificateSerial: z.string(), timestampedAt: z.string() }))
    .min(1),
});

let old: Release & { readonly name: string };
let bad: Release & { readonly name: string };

async function read(page: Page, id: string): Promise<Release & { name: string; timestampedAt: Date }> {
  const view = requestSchema.parse(await (await page.request.get(`/api/v1/requests/${id}`)).json());
  const [signature] = view.signatures;
  return {
    id,
    project: view.project,
    policy: view.policy,
    sha256: view.release.sha256,
    name: view.release.name,
    signedSha256: signature?.signedSha256 ?? '',
    serial: signature?.certificateSerial.toLowerCase() ?? '',
    timestampedAt: new Date(signature?.timestampedAt ?? 0),
  };
}

const minuteOf = (date: Date): string => date.toISOString().slice(0, 16);

async function signChangeAs(browser: Browser, path: string, name: string, handle: string): Promise<Page> {
  const page = await openAs(browser, name, path);
  const command = await page.locator('code', { hasText: 'ssh-keygen -Y sign' }).first().innerText();
  await page.getByLabel('Signature', { exact: true }).fill(runShownCommand(command, handle));
  await page.getByRole('button', { name: 'Submit signature' }).click();
  await expect(
    page.getByText('Your signature is stored in the repository, beside the commit.'),
  ).toBeVisible();
  return page;
}

test('all certificates of a project are revoked in one change, from a date between two of its releases', async ({
  browser,
  page,
}) => {
  const first = await read(page, theSignedOne().id);
  // The form knows minutes: the second release is signed in a later one than the first.
  await expect
    .poll(() => minuteOf(new Date()) > minuteOf(first.timestampedAt), { timeout: 90_000 })
    .toBe(true);
  const effective = minuteOf(new Date());
  const id = await waitingRequest('revoked-later');
  await approveAs(id, 'demo-approver');
  const second = await read(page, id);
  [old, bad] = [first, second];
  expect(second.serial).toBe(first.serial);
  expect(await (await page.request.get(`/projects/${bad.project}/badge.svg`)).text()).toContain('verified');
  await page.goto(`/search?q=${bad.sha256}`);
  await expect(page.getByText('Signed by this foundation')).toBeVisible();

  const mara = await openAs(browser, 'Mara Maintainer', `/projects/${bad.project}`);
  await mara.getByRole('link', { name: 'Revoke all certificates of this project' }).click();
  await expect(
    mara.getByRole('heading', { level: 1, name: `Revoke all certificates of ${bad.project}` }),
  ).toBeVisible();
  await expect(mara.getByRole('region', { name: 'Which' }).getByRole('listitem')).toHaveCount(2);
  await mara.getByLabel('Effective, in UTC').fill(effective);
  await mara.getByRole('button', { name: 'See what it does' }).click();
  await expect(mara.getByRole('row').filter({ hasText: bad.name }).getByText('bad')).toBeVisible();
  await expect(mara.getByRole('row').filter({ hasText: 'stays good' }).first()).toBeVisible();
  await mara.getByLabel('Malware was signed').check();
  await mara.getByLabel('What the public is told').fill(statement);
  await mara.getByRole('button', { name: /^Propose to revoke them as of/ }).click();
  await mara.waitForURL(/\/changes\/\d+/);
  const change = new URL(mara.url()).pathname;

  const robin = await signChangeAs(browser, change, 'Robin Reviewer', 'demo-reviewer');
  await expect(robin.getByText('1 of 2 policy maintainers signed it.')).toBeVisible();
  const sam = await signChangeAs(browser, change, 'Sam Steward', 'demo-steward');
  await sam.getByRole('button', { name: 'Merge' }).click();
  await expect(async () => {
    const { items } = z
      .object({ items: z.array(z.object({ project: z.string() })) })
      .parse(await (await page.request.get('/api/v1/revocations')).json());
    expect(items.filter((item) => item.project === bad.project)).toHaveLength(2);
  }).toPass({ timeout: 120_000 });
  // Pages that are kept follow within seconds.
  await expect(async () => {
    await page.goto(`/requests/${bad.id}`);
    await expect(page.getByText('Signed, and revoked since: don’t run it')).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 5_000 });
  for (const one of [mara, robin, sam]) await one.context().close();
});

test('no public page, feed or answer calls a revoked release good, and each that names it says so', async ({
  page,
}) => {
  const known = places(bad);
  expect(
    publicRoutes().filter((route) => !Object.hasOwn(known, route)),
    'routes that nobody looks at',
  ).toEqual([]);
  expect(
    Object.keys(known).filter((route) => !publicRoutes().includes(route)),
    'routes that are gone',
  ).toEqual([]);
  for (const { addresses = [], silent = [] } of Object.values(known)) {
    for (const address of [...addresses, ...silent]) {
      const response = await page.request.get(address, { maxRedirects: 0 });
      expect.soft(response.status(), address).toBe(200);
      const text = await response.text();
      const named = addresses.includes(address);
      const type = response.headers()['content-type'] ?? '';
      const judge = type.includes('json') ? judgeJson : type.includes('html') ? judgeHtml : judgeOther;
      const { mentions, wrong } = await judge(page, text, address);
      expect.soft(wrong, address).toEqual([]);
      if (named) expect.soft(mentions, `${address} names it`).toBeGreaterThan(0);
    }
  }
});

interface Verdict {
  readonly mentions: number;
  /** What calls it good, or names it without saying that it is revoked. */
  readonly wrong: readonly string[];
}

/** What pages say of what is good. */
const praise = [
  'Signed by this foundation',
  'Signed and released',
  'Signed releases',
  'code signing: verified',
];

async function judgeHtml(page: Page, text: string, address: string): Promise<Verdict> {
  await page.goto(address);
  const marks = [bad.id, bad.sha256, bad.signedSha256];
  const project = `/projects/${bad.project}`;
  return page.getByRole('main').evaluate(
    (main, { marks, praise, project }) => {
      const around = (element: Element): HTMLElement =>
        element.closest<HTMLElement>('tr, li, section, dl.facts') ?? (main as HTMLElement);
      const naming = [...main.querySelectorAll('a, .hash, p')].filter((element) => {
        const href = element.getAttribute('href') ?? '';
        const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
        return marks.some(
          (mark) => href.includes(mark) || own.some((node) => node.textContent?.includes(mark) === true),
        );
      });
      // A title or notice at the head of the page speaks for the page.
      const head = [...main.querySelectorAll('h1, [class*=bg-fail-soft]')]
        .map((element) => element.textContent)
        .join(' ');
      const unsaid = naming
        .filter((element) => !/revoked|\bbad\b/i.test(`${head} ${around(element).innerText}`))
        .map((element) => `not said to be revoked: ${element.outerHTML.slice(0, 200)}`);
      const ofProject = [...main.querySelectorAll(`a[href="${project}"]`)].map((element) => around(element));
      const places = [
        ...naming.map(around),
        ...ofProject,
        ...(head.includes('evoked') ? [main as HTMLElement] : []),
      ];
      const praised = places.flatMap((place) => praise.filter((words) => place.innerText.includes(words)));
      return { mentions: naming.length, wrong: [...unsaid, ...praised] };
    },
    { marks, praise, project },
  );
}

async function judgeJson(_page: Page, text: string): Promise<Verdict> {
  const wrong: string[] = [];
  let mentions = 0;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      value.forEach(visit);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const one = value as Record<string, unknown>;
    // A finding of the trace says what was so when it was signed; the answer around it says how it stands.
    if (typeof one['rule'] === 'string' && typeof one['outcome'] === 'string') return;
    const own = [one['id'], one['sha256'], one['signedSha256']];
    if (own.some((mark) => mark === bad.id || mark === bad.sha256 || mark === bad.signedSha256)) {
      mentions += 1;
      const standing = one['standing'] as { refused?: unknown; state?: unknown } | undefined;
      if (standing?.refused !== true || standing.state !== 'revoked')
        wrong.push(JSON.stringify(one).slice(0, 300));
    }
    if (one['slug'] === bad.project && one['standing'] !== 'revoked')
      wrong.push(`project: ${String(one['standing'])}`);
    Object.values(one).forEach(visit);
  };
  visit(JSON.parse(text));
  return { mentions, wrong };
}

async function judgeOther(_page: Page, text: string, address: string): Promise<Verdict> {
  if (address.endsWith('badge.svg')) {
    const said = text.includes('aria-label="code signing: revoked"') && text.includes('>revoked</text>');
    return {
      mentions: 1,
      wrong: [...(said ? [] : [text]), ...praise.filter((words) => text.includes(words))],
    };
  }
  const entries = entriesOf(text).filter((entry) => entry.id?.includes(bad.id) === true);
  return {
    mentions: entries.length,
    wrong: entries
      .filter(
        (entry) =>
          entry.title?.startsWith('Revoked: ') !== true || (entry.updated ?? '') <= (entry.published ?? ''),
      )
      .map((entry) => JSON.stringify(entry)),
  };
}

/** Entries of an Atom feed, as a strict parser reads them: each element's text by its name. */
function entriesOf(document: string): readonly Readonly<Record<string, string>>[] {
  const elements = (node: XmlElement): readonly XmlElement[] =>
    node.children.filter((child): child is XmlElement => child instanceof XmlElement);
  const root = parseXml(document).root;
  if (root === null) throw new Error('no document');
  return elements(root)
    .filter((element) => element.name === 'entry')
    .map((entry) => Object.fromEntries(elements(entry).map((element) => [element.name, element.text])));
}

test('feeds carry what people wrote as text', async ({ page }) => {
  for (const path of ['/revocations/feed.xml', `/projects/${bad.project}/feed.xml`]) {
    const feed = await (await page.request.get(path)).text();
    expect(
      entriesOf(feed).some((entry) => entry['summary']?.includes(statement) === true),
      path,
    ).toBe(true);
    const read = await page.evaluate((text) => {
      const document = new DOMParser().parseFromString(text, 'application/xml');
      const all = [...document.querySelectorAll('title, summary')];
      return {
        types: all.map((element) => element.getAttribute('type')),
        inside: all.map((element) => element.childElementCount),
      };
    }, feed);
    expect(new Set(read.types), path).toEqual(new Set(['text']));
    expect(new Set(read.inside), path).toEqual(new Set([0]));
  }
});

test('what was signed before the date remains good, says why, and is served as before', async ({ page }) => {
  await page.goto(`/search?q=${old.sha256}`);
  await expect(
    page.getByText('This file is good: it was signed before its certificate was revoked'),
  ).toBeVisible();
  await page.goto(`/requests/${old.id}`);
  await expect(page.getByText('Signed and released')).toBeVisible();
  await expect(page.getByText('This release is good: it was signed before')).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: `Download ${old.name}` }).click();
  expect((await download).suggestedFilename()).toBe(old.name);
  const { standing } = (await (await page.request.get(`/api/v1/requests/${old.id}`)).json()) as {
    standing: unknown;
  };
  expect(standing).toMatchObject({ state: 'good-before-revocation', refused: false });
});

test('a revoked file is served only in a second step, also without JavaScript and from an external link', async ({
  browser,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const warning = new RegExp(`/requests/${bad.id}/download$`);
  const file = `/api/v1/requests/${bad.id}/artifact`;
  for (const address of [file, `${file}?despite=revoked`]) {
    await page.goto(address);
    await expect(page).toHaveURL(warning);
    await expect(page.getByText('Revoked: don’t run this release')).toBeVisible();
  }
  await page.goto(`/requests/${bad.id}`);
  await expect(page.getByRole('link', { name: /^Download/ })).toHaveCount(0);
  await page.getByRole('link', { name: /anyway/ }).click();
  await expect(page).toHaveURL(warning);
  await expect(page.getByText(statement)).toBeVisible();
  await page.getByRole('button', { name: 'Download the revoked release' }).click();
  await expect(page).toHaveURL(warning);
  await page.getByLabel('I know that this release is revoked').check();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the revoked release' }).click();
  expect((await download).suggestedFilename()).toBe(bad.name);
  await page.goto(`/requests/${old.id}/download`);
  await expect(page).toHaveURL(new RegExp(`/requests/${old.id}$`));

  const refused = await page.request.get(file);
  expect(refused.status()).toBe(409);
  expect(refused.headers()['content-type']).toBe('application/problem+json');
  expect(await refused.json()).toMatchObject({
    code: 'RELEASE_REVOKED',
    fix: expect.stringContaining('?despite=revoked'),
    revocation: { serial: bad.serial },
  });
  const given = await page.request.get(`${file}?despite=revoked`);
  expect(given.status()).toBe(200);
  expect(given.headers()['countersign-standing']).toBe('revoked');
  expect(given.headers()['cache-control']).toBe('no-store');
  await context.close();
});

test('pages about what is revoked pass axe, in dark colours too, and fit a window 320 pixels wide', async ({
  browser,
  page,
}) => {
  for (const address of [
    ...[
      `/requests/${bad.id}`,
      `/requests/${bad.id}/download`,
      `/requests/${old.id}`,
      `/search?q=${bad.sha256}`,
    ],
    ...[`/projects/${bad.project}`, '/projects?status=revoked', '/foundation', '/requests', '/certificates'],
    ...['/revocations', `/revocations/${bad.serial}`, '/'],
  ]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 320, height: 700 });
      await page.goto(address);
      expect.soft(await violations(page), `${address} ${colorScheme}`).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(overflow, address).toBeLessThanOrEqual(0);
    }
  }
  const team = await openAs(browser, 'Alex Approver', '/projects');
  const stranger = await openAs(browser, 'Nora Newcomer', '/projects');
  const appeal = `/revocations/${bad.serial}/appeal`;
  await team.goto(appeal);
  await expect(team.getByLabel('Why the project should be trusted')).toBeVisible();
  for (const reader of [team, stranger]) expect.soft(await wrongAt(reader, appeal), appeal).toEqual([]);
  await stranger.getByRole('main').getByRole('link', { name: 'report it' }).click();
  await expect(stranger.getByRole('heading', { level: 1, name: 'Report a problem' })).toBeVisible();
  for (const reader of [team, stranger]) await reader.context().close();
});
