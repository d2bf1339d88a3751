import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { runShownCommand } from './waiting-request.ts';

// Changes of one repository: each begins with what the one before left.
test.describe.configure({ mode: 'serial' });

const policy = 'projects/zip-demo/policies/release-signing.yaml';

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: `Sign in as ${name}` }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Approvals' })).toBeVisible();
}

async function signAs(page: Page, url: string, name: string, handle: string): Promise<void> {
  await signIn(page, name);
  await page.goto(url);
  const command = await page.locator('code', { hasText: 'ssh-keygen -Y sign' }).first().innerText();
  await page.getByLabel('Signature', { exact: true }).fill(runShownCommand(command, handle));
  await page.getByRole('button', { name: 'Submit signature' }).click();
  await expect(
    page.getByText('Your signature is stored in the repository, beside the commit.'),
  ).toBeVisible();
}

test('a maintainer of a project tightens its policy with the form, and the signer accepts it, without JavaScript', async ({
  page,
}) => {
  await signIn(page, 'Alex Approver');
  await page.goto(`/changes/new?file=${policy}`);
  await page.getByRole('textbox', { name: 'Branches (optional)', exact: true }).fill('main');
  await page.getByLabel('What changes, in one line').fill('Release from main only');
  await page.getByLabel('How many have to approve').fill('two');
  await page.getByRole('button', { name: 'See what it means' }).click();
  await expect(page.getByRole('alert').first()).toContainText('must be a whole number');
  await expect(page.getByLabel('How many have to approve')).toHaveValue('two');
  await expect(page.getByRole('textbox', { name: 'Branches (optional)', exact: true })).toHaveValue('main');

  await page.getByLabel('How many have to approve').fill('2');
  await page.getByRole('button', { name: 'See what it means' }).click();
  await expect(page.getByText('It tightens: nothing more can be signed than before.')).toBeVisible();
  await expect(page.getByText(/^Two policy maintainers have to sign it/)).toBeVisible();
  await expect(page.getByLabel('What changes, in one line')).toHaveValue('Release from main only');

  await page.getByRole('button', { name: 'Propose the change' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Release from main only' })).toBeVisible();
  const url = new URL(page.url()).pathname;
  await expect(page.getByText('0 of 2 policy maintainers signed it.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Merge' })).toHaveCount(0);

  await signIn(page, 'Robin Reviewer');
  await page.goto(url);
  await page.getByLabel('Signature', { exact: true }).fill('I agree');
  await page.getByRole('button', { name: 'Submit signature' }).click();
  await expect(page.getByRole('alert').first()).toContainText('This is not an SSH signature');
  await expect(page.getByLabel('Signature', { exact: true })).toHaveValue('I agree');
  await signAs(page, url, 'Robin Reviewer', 'demo-reviewer');
  await expect(page.getByRole('button', { name: 'Merge' })).toHaveCount(0);
  await signAs(page, url, 'Sam Steward', 'demo-steward');
  await page.getByRole('button', { name: 'Merge' }).click();
  await expect(async () => {
    await page.goto(url);
    await expect(page.getByText('Merged, and in force: the signer accepted it')).toBeVisible({
      timeout: 500,
    });
  }).toPass({ timeout: 120_000 });

  // What a version changed is worked out once the signer has accepted it; a page without scripts is looked at again.
  await expect(async () => {
    await page.goto('/projects/zip-demo/history');
    await expect(page.getByText('No longer:').first()).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 120_000 });
  await page.getByRole('main').getByRole('listitem').first().getByRole('link').click();
  await expect(page.getByRole('heading', { name: 'What it changed' })).toBeVisible();
  await expect(page.getByText('This is the policy in force')).toBeVisible();
});

test('a change that loosens takes two others, and nobody merges it before', async ({ page }) => {
  await signIn(page, 'Mara Maintainer');
  await page.goto(`/changes/new?file=${policy}&as=yaml`);
  const text = page.getByLabel('Text', { exact: true });
  await text.fill((await text.inputValue()).replace('quorum: 2', 'quorum: 1'));
  await page.getByLabel('What changes, in one line').fill('One approval is enough');
  await page.getByRole('button', { name: 'Propose the change' }).click();
  await expect(page.getByText('It loosens: something may be signed')).toBeVisible();
  await expect(page.getByText('You wrote this change, so somebody else has to accept it.')).toBeVisible();
  const url = new URL(page.url()).pathname;
  await signAs(page, url, 'Robin Reviewer', 'demo-reviewer');
  await expect(page.getByText('1 of 2 policy maintainers signed it.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Merge' })).toHaveCount(0);
  await signAs(page, url, 'Sam Steward', 'demo-steward');
  await page.getByLabel('What you think').fill('Not before the next release.');
  await page.getByRole('button', { name: 'Object' }).click();
  await expect(page.getByText('Sam Steward objects.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Merge' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Withdraw my objection' }).click();
  await expect(page.getByRole('button', { name: 'Merge' })).toBeVisible();
  await page.getByText('Close it without merging').click();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByText('Closed without being merged')).toBeVisible();
});

/** Lines of the page's difference, or of git's, that are there on one side only. */
async function shownLines(page: Page, kind: 'added' | 'removed'): Promise<readonly string[]> {
  return page.locator(`.diff-${kind} code`).allTextContents();
}

test('the preview shows exactly the diff that is committed', async ({ page }) => {
  await signIn(page, 'Alex Approver');
  await page.goto(`/changes/new?file=${policy}&as=yaml`);
  const text = page.getByLabel('Text', { exact: true });
  const before = await text.inputValue();
  // As people leave texts: a line changed, an umlaut, blanks at its end, and no line end after the last line.
  const lines = before.trimEnd().split('\n');
  const at = lines.findIndex((line) => line.startsWith('timestamp:'));
  expect(at, 'the file has this line').toBeGreaterThan(0);
  lines[at] = `${lines[at] ?? ''} # Für alle, die es laden.  `;
  await text.fill(['# First line', ...lines, '# Last line'].join('\n'));
  const title = `Words only ${Date.now()}`;
  await page.getByLabel('What changes, in one line').fill(title);
  await page.getByRole('button', { name: 'See what it means' }).click();
  await expect(page.getByRole('heading', { name: 'What it would mean' })).toBeVisible();
  const [added, removed] = [await shownLines(page, 'added'), await shownLines(page, 'removed')];
  await page.getByRole('button', { name: 'Propose the change' }).click();
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  const change = page.url();
  await page.goto('/changes');
  const shown = await page.locator('code', { hasText: 'git clone' }).innerText();
  const remote = /git clone (\S+)/.exec(shown)?.[1] ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'countersign-clone-'));
  try {
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', stdio: 'pipe' });
    git('clone', '--quiet', remote, '.');
    const branches = git('for-each-ref', '--format=%(refname) %(contents:subject)', 'refs/remotes/origin');
    const branch =
      branches
        .split('\n')
        .find((line) => line.endsWith(title))
        ?.split(' ')[0] ?? '';
    const diff = git('diff', '--unified=0', '--no-color', `${branch}~1`, branch).split('\n');
    const ofGit = (sign: string) =>
      diff
        .filter((line) => line.startsWith(sign) && !line.startsWith(sign.repeat(3)))
        .map((line) => line.slice(1));
    expect(added).toEqual(ofGit('+'));
    expect(removed).toEqual(ofGit('-'));
    expect(added).toHaveLength(3);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await page.goto(change);
  await page.getByText('Close it without merging').click();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByText('Closed without being merged')).toBeVisible();
});

test('a session that ended, a title that is too long and a policy that changed lose nothing of an edit', async ({
  page,
}) => {
  await signIn(page, 'Alex Approver');
  await page.goto(`/changes/new?file=${policy}&as=yaml`);
  const text = page.getByLabel('Text', { exact: true });
  const kept = `${await text.inputValue()}# Typed for an hour.\n`;
  await text.fill(kept);
  const title = page.getByLabel('What changes, in one line');
  await title.fill('y'.repeat(121));
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Propose the change' }).click();
  await expect(page.getByText('You have been signed out')).toBeVisible();
  await expect(text).toHaveValue(kept);
  const other = await page.context().newPage();
  await signIn(other, 'Alex Approver');
  await other.close();
  await page.getByRole('button', { name: 'See what it means' }).click();
  await expect(page.getByRole('heading', { name: 'What it would mean' })).toBeVisible();
  await expect(text).toHaveValue(kept);
  await page.getByRole('button', { name: 'Propose the change' }).click();
  const summary = page.getByRole('alert', { name: 'There is a problem' });
  await expect(summary.getByRole('link')).toHaveText(
    'What changes, in one line: 121 characters; at most 120.',
  );
  await expect(summary.getByRole('link')).toHaveAttribute('href', '#edit-title');
  await expect(title).toHaveAttribute('aria-invalid', 'true');
  await expect(title).toHaveValue('y'.repeat(121));
  await expect(text).toHaveValue(kept);
  await expect(page).toHaveTitle(/^Error: /);
});

test('a branch pushed with git becomes a change; main accepts no pushes', async ({ page }) => {
  await signIn(page, 'Alex Approver');
  await page.goto('/changes');
  const shown = await page.locator('code', { hasText: 'git clone' }).innerText();
  const remote = /git clone (\S+)/.exec(shown)?.[1] ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'countersign-clone-'));
  const branch = `by-hand-${Date.now()}`;
  try {
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', folder, '-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
    git('clone', '--quiet', remote, '.');
    git('switch', '--quiet', '-c', branch);
    const file = join(folder, policy);
    writeFileSync(file, readFileSync(file, 'utf8').replace('[push, release, ', '[push, '));
    git('commit', '--quiet', '--all', '--message', 'No releases by release events');
    expect(() => git('push', '--quiet', 'origin', `${branch}:main`)).toThrow(/main takes no pushes/);
    git('push', '--quiet', 'origin', branch);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await page.goto('/changes');
  const item = page.getByRole('listitem').filter({ hasText: branch });
  await item.getByText('Open it as a change').click();
  await item.getByLabel('What changes').fill('Pushed by hand');
  await item.getByRole('button', { name: 'Open change' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Pushed by hand' })).toBeVisible();
  await expect(page.getByText('It tightens')).toBeVisible();
  await page.getByText('Close it without merging').click();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
});

test('nobody changes another project’s files', async ({ page }) => {
  await page.goto('/changes/new');
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
  await signIn(page, 'Alex Approver');
  await page.goto('/changes/new?file=trust/root.yaml');
  await expect(page.getByText('This file is not yours to change')).toBeVisible();
  await page.goto('/changes/new?file=../../etc/passwd');
  await expect(page.getByText('A policy repository has no such file.')).toBeVisible();
});

test('a certificate is revoked: its effect is shown before, two people sign, and everybody is notified', async ({
  page,
  request,
}) => {
  await signIn(page, 'Mara Maintainer');
  await page.goto('/certificates');
  const card = page.getByRole('listitem').filter({ hasText: 'Test certificate · zip-demo' });
  const serial = await card.locator('dd.hash').first().innerText();
  await card.getByRole('link', { name: 'Revoke…' }).click();
  await expect(
    page.getByRole('heading', { level: 1, name: 'Revoke the certificate “test” of zip-demo' }),
  ).toBeVisible();
  await expect(page.getByLabel('Effective, in UTC')).toHaveValue('');
  await expect(page.getByRole('heading', { name: 'Propose it' })).toHaveCount(0);
  await page.getByLabel('Effective, in UTC').fill('2026-11-01T00:00');
  await page.getByRole('button', { name: 'See what it does' }).click();
  await expect(page.getByText('Nothing was ever signed with this certificate.')).toBeVisible();
  const trigger = page.getByRole('radiogroup', { name: 'What happened' });
  await expect(trigger.getByRole('radio', { checked: true })).toHaveCount(0);
  await trigger.getByLabel('The key is, or may be').check();
  await page.getByLabel('What the public is told').fill('   ');
  await page.getByRole('button', { name: 'Propose to revoke it as of 1 Nov 2026, 00:00 UTC' }).click();
  await expect(page.getByRole('alert')).toContainText('What the public is told: say what happened');
  await expect(trigger.getByLabel('The key is, or may be')).toBeChecked();
  await page.getByLabel('What the public is told').fill('Its key was in a leaked backup.');
  await page.getByRole('button', { name: 'Propose to revoke it as of 1 Nov 2026, 00:00 UTC' }).click();
  await expect(page.getByText('It tightens: nothing more can be signed than before.')).toBeVisible();
  const url = new URL(page.url()).pathname;

  await signAs(page, url, 'Robin Reviewer', 'demo-reviewer');
  await expect(page.getByText('1 of 2 policy maintainers signed it.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Merge' })).toHaveCount(0);
  await signAs(page, url, 'Sam Steward', 'demo-steward');
  await page.getByRole('button', { name: 'Merge' }).click();
  const before = await request.get('/pki/foundation-issuing.crl');
  expect(before.headers()['content-type']).toBe('application/pkix-crl');
  await expect(async () => {
    const list = await (await request.get('/pki/foundation-issuing.crl')).body();
    const text = execFileSync('openssl', ['crl', '-inform', 'DER', '-noout', '-text'], { input: list });
    expect(text.toString().toLowerCase()).toContain(serial);
  }).toPass({ timeout: 120_000 });

  await page.goto(`/revocations/${serial}`);
  await expect(page.getByRole('heading', { level: 1, name: /“test” is revoked/ })).toBeVisible();
  await expect(page.getByText('Its key was in a leaked backup.')).toBeVisible();
  await page.goto('/certificates');
  await expect(page.getByRole('link', { name: 'Revoked as of 1 Nov 2026' })).toBeVisible();
  expect(await (await request.get('/revocations/feed.xml')).text()).toContain('leaked backup');
  const { items } = z
    .object({ items: z.array(z.object({ serial: z.string(), reason: z.string() })) })
    .parse(await (await request.get('/api/v1/revocations')).json());
  expect(items).toContainEqual({ serial, reason: 'keyCompromise' });

  await signIn(page, 'Alex Approver');
  await page.goto(`/revocations/${serial}`);
  await page.getByRole('link', { name: 'appeal against it' }).click();
  await page
    .getByLabel('Why the project should be trusted')
    .fill('Only the test key leaked; ours are on hardware now.');
  await page.getByRole('button', { name: 'Send appeal' }).click();
  await expect(page.getByText('Appeal against a revocation')).toBeVisible();
  const receipt = page.url();
  await decideAppeal(page, 'Mara Maintainer');
  await expect(page.getByRole('alert').first()).toContainText('somebody else decides');
  // Robin submits for the project, so it is Robin's, too.
  await decideAppeal(page, 'Robin Reviewer');
  await expect(page.getByRole('alert').first()).toContainText('one of the project’s people');
  await decideAppeal(page, 'Sam Steward');
  await expect(page.getByText('The project may have certificates again.').first()).toBeVisible();
  const change = new URL(page.url()).pathname;
  await signAs(page, change, 'Mara Maintainer', 'demo-maintainer');
  await signAs(page, change, 'Sam Steward', 'demo-steward');
  await page.getByRole('button', { name: 'Merge' }).click();
  await expect(async () => {
    await page.goto(`/revocations/${serial}`);
    await expect(page.getByText('This certificate stays revoked.')).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 120_000 });
  await page.goto(receipt);
  await expect(page.getByText('The project may have certificates again')).toBeVisible();
});

async function decideAppeal(page: Page, name: string): Promise<void> {
  await signIn(page, name);
  await page.goto('/reports');
  await page
    .getByRole('listitem')
    .filter({ hasText: 'Appeal against a revocation' })
    .getByRole('link')
    .first()
    .click();
  await page.getByLabel('The project may have certificates again').check();
  await page.getByLabel('What was found').fill('The keys are new, and on hardware.');
  await page.getByRole('button', { name: 'Close report' }).click();
}
