import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { packageWith, sha256 } from '../dev/test/system/demo-package.ts';
import { signIn } from './people.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-upload-'));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a file is submitted without JavaScript; an error comes back at its field with what was typed', async ({
  page,
}) => {
  const bytes = await packageWith(`without scripts ${Date.now()}`);
  const path = join(folder, 'plain.tgz');
  writeFileSync(path, bytes);
  // The one approver can't hand a release in: nobody would be left to approve it.
  await signIn(page, 'Mara Maintainer', '/projects/esbuild-demo/submit');
  await page.getByLabel('release-signing').check();
  await page.getByLabel('File', { exact: true }).setInputFiles(path);
  await page.getByLabel('SHA-256 it should have').fill('0'.repeat(64));
  await page.getByRole('button', { name: 'Upload and submit' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toBeVisible();
  await expect(page).toHaveTitle(/^Error: Submit a file/);
  await expect(page.getByLabel('SHA-256 it should have')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('SHA-256 it should have')).toHaveValue('0'.repeat(64));
  await expect(page.getByLabel('release-signing')).toBeChecked();

  await page.getByLabel('test-signing').check();
  await page.getByLabel('SHA-256 it should have').fill(sha256(bytes));
  await page.getByLabel('File', { exact: true }).setInputFiles(path);
  await page.getByRole('button', { name: 'Upload and submit' }).click();
  await expect(page).toHaveURL(/\/requests\//);
  await expect(page.getByText(sha256(bytes)).first()).toBeVisible();
  // The error was for one look: who comes back finds an empty form.
  await page.goto('/projects/esbuild-demo/submit');
  await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0);
});

test('a sample is looked at without JavaScript, and what is suggested for it opens in the editor', async ({
  page,
}) => {
  const path = join(folder, 'sample.tgz');
  writeFileSync(path, await packageWith(`a sample ${Date.now()}`));
  await signIn(page, 'Mara Maintainer', '/samples?for=esbuild-demo');
  await page.getByRole('button', { name: 'Look at it' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('No file was chosen');
  await page.getByLabel('File', { exact: true }).setInputFiles(path);
  await page.getByRole('button', { name: 'Look at it' }).click();
  await expect(page).toHaveURL(/\/samples\/[0-9a-f-]{36}$/);
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('heading', { name: 'What is in it' })).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(page.getByText('It fits: as far as can be told of a sample')).toBeVisible();
  await expect(page.getByText('gets signed')).toBeVisible();
  await page.getByRole('button', { name: 'Open it in the editor' }).click();
  await expect(page).toHaveURL(/\/changes\/new\?draft=/);
  await expect(page.getByLabel('What changes, in one line')).toHaveValue(
    'Artifact configuration windows-package',
  );
});
