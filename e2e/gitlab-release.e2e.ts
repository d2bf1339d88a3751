/**
 * A project on GitLab, from its maintainer’s sign-in to a first test signature, by nothing but the product’s pages. Played are only services of
 * others: GitLab and its sign-in, and the foundation’s people at the portal that the journeys share.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { parse } from 'yaml';
import { z } from 'zod';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { filledIn } from '../gitlab-component/component.fixture.ts';
import { seededUsers, userTokenOf } from '../dev/gitlab/projects/index.ts';
import { startSignInHost, type SignInHost } from '../dev/sign-in-host/index.ts';
import { portalConfig, startAnotherPortal, state, type AnotherPortal } from './another-portal.ts';
import { answerEverything, openAs } from './people.ts';
import { looksRight, step, stepIs } from './release-steps.ts';
import { acceptByTwo, signAndMerge } from './reviewers.ts';

const project = join(import.meta.dirname, '..');
const repository = 'https://gitlab.com/example/tools/widget';
const component = { uses: 'foundation/countersign/submit', commit: 'c0'.repeat(20), version: 'v1' };
const clientSecret = 'secret of the app';
const folder = mkdtempSync(join(tmpdir(), 'countersign-on-gitlab-'));
const configSchema = z.looseObject({
  auth: z.looseObject({ secretFile: z.string() }),
  codeHost: z.looseObject({ gitlab: z.looseObject({ url: z.string() }) }),
});

let host: SignInHost;
let portal: AnotherPortal;
let gitLab = '';
test.beforeAll(async () => {
  const { auth, codeHost } = configSchema.parse(portalConfig());
  gitLab = codeHost.gitlab.url;
  // The portal’s own address is known once it has begun: whatever asks there is sent back to it.
  const clientSecretFile = join(folder, 'client-secret');
  writeFileSync(clientSecretFile, clientSecret, { mode: 0o600 });
  const person = {
    id: seededUsers.nora,
    login: 'nora-newcomer',
    name: 'Nora on GitLab',
    emails: [] as never[],
  };
  const apps: { clientId: string; clientSecret: string; callbackUrl: string }[] = [];
  host = await startSignInHost(apps, [person], Date.now, 'gitlab');
  portal = await startAnotherPortal({
    artifactStore: portalConfig()['artifactStore'],
    auth: {
      secretFile: auth.secretFile,
      gitlab: { clientId: 'countersign', clientSecretFile, url: host.url },
    },
    buildSteps: { gitlab: component },
  });
  const callbackUrl = `${portal.url}/api/auth/callback/gitlab`;
  apps.push({ clientId: 'countersign', clientSecret, callbackUrl });
});
test.afterAll(async () => {
  await portal[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Commits the CI configuration, as the project’s maintainer. */
async function commit(content: string): Promise<void> {
  const path = `projects/${encodeURIComponent('example/tools/widget')}/repository/files/.gitlab-ci.yml`;
  const answer = await fetch(`${gitLab}/api/v4/${path}`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${userTokenOf(seededUsers.nora)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ branch: 'main', content, commit_message: 'Release' }),
  });
  expect(answer.status).toBe(200);
}

test('a maintainer on GitLab signs in with it, applies, is told the pipeline to copy, and has a first test signature', async ({
  browser,
}) => {
  const nora = await (await browser.newContext({ baseURL: portal.url })).newPage();
  await nora.goto('/sign-in?to=%2Fapply');
  await expect(nora.getByRole('button', { name: 'Sign in with GitHub' })).toHaveCount(0);
  await nora.getByRole('button', { name: 'Sign in with GitLab' }).click();
  await nora.getByRole('button', { name: 'Authorize as Nora on GitLab' }).click();
  await expect(nora).toHaveURL(`${portal.url}/apply`);

  const key = join(folder, 'id_ed25519');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'nora', '-f', key]);
  await answerEverything(nora, {
    repository,
    name: 'Widget',
    handle: 'nora-on-gitlab',
    applicant: 'Nora on GitLab',
    keys: execFileSync('cat', [`${key}.pub`], { encoding: 'utf8' }),
    async build(page) {
      // GitLab builds what lies there, so there is nothing to choose, and no word of another host’s files.
      await expect(page.getByLabel('GitLab CI/CD', { exact: true })).toHaveCount(0);
      await expect(page.getByRole('main')).toContainText('.gitlab-ci.yml');
      await expect(page.getByRole('main')).not.toContainText('.github');
      await page.getByLabel('A Windows program or installer (.exe, .dll)').check();
      await looksRight(page);
    },
  });
  await looksRight(nora);
  await nora.getByRole('button', { name: 'Send the application' }).click();
  await expect(nora.getByText('The foundation has received your application')).toBeVisible();
  const application = new URL(nora.url()).pathname;

  await acceptByTwo(browser, 'Widget', async (page) => {
    await expect(page.getByText('What the pipeline includes').first()).toBeVisible();
    await looksRight(page);
  });

  await expect(async () => {
    await nora.goto(application);
    await expect(nora.getByText(/Policy change \d+ waits for policy maintainers/)).toBeVisible({
      timeout: 500,
    });
  }).toPass({ timeout: 120_000 });
  await nora.getByRole('link', { name: 'The project’s policy' }).click();
  await expect(nora.getByRole('heading', { level: 1, name: 'Add Widget' })).toBeVisible();
  await signAndMerge(browser, new URL(nora.url()).pathname);

  await nora.goto(application);
  await nora.getByRole('link', { name: 'Steps to a release' }).click();
  await expect(nora.getByRole('heading', { level: 1, name: 'Steps to a release' })).toBeVisible();
  const way = new URL(nora.url()).pathname;
  await stepIs(nora, 'The policy for releases', 'Done');
  const pipeline = 'The pipeline that builds and submits';
  await expect(step(nora, pipeline)).toContainText('.gitlab-ci.yml is there, but lacks');
  await looksRight(nora);

  // The configuration, with the project’s own values and the foundation’s component: copied, and found once it is committed.
  const details = step(nora, pipeline).locator('details').filter({ hasText: 'Text of .gitlab-ci.yml' });
  await details.locator('summary').click();
  const text = await details.locator('code').last().innerText();
  const { include } = parse(text) as {
    include: { component: string; inputs: Record<string, unknown> }[];
  };
  expect(include[0]?.component).toBe(`$CI_SERVER_FQDN/${component.uses}@${component.commit}`);
  const job = filledIn(include[0]?.inputs ?? {});
  expect(
    job.script.join('\n'),
    'the portal’s address is in the commands, where no variable changes it',
  ).toContain(portal.url);
  expect(job.variables).toMatchObject({
    COUNTERSIGN_PROJECT: 'widget',
    COUNTERSIGN_POLICY: 'release-signing',
  });
  await commit(text);
  await stepIs(nora, pipeline, 'For you');
  await expect(step(nora, pipeline)).toContainText('placeholder');
  await commit(text.replace(/ {6}echo "Put your own build here.*\n {6}exit 1/, '      make "$FILE"'));
  await stepIs(nora, pipeline, 'Done');

  // Who runs the foundation issues the certificates, with the command that is shown to them.
  const robin = await openAs(browser, 'Robin Reviewer', '/status');
  await expect(async () => {
    await robin.goto('/status');
    await expect(robin.getByText('widget/release')).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 120_000 });
  const told = await robin.getByText('widget/release').innerText();
  const command = (/npm run issue[^:]*/.exec(told)?.[0] ?? '')
    .replace('ceremony.yaml', join(state(), 'ceremony.yaml'))
    .replace('signer.yaml', join(state(), 'signer', 'config.yaml'));
  expect(execFileSync('sh', ['-ec', command], { cwd: project, encoding: 'utf8' })).toMatch(
    /widget.*issued until/,
  );
  await nora.goto(way);
  await stepIs(nora, 'The project’s certificate', 'Done');

  await step(nora, 'First test signing').getByRole('link', { name: 'Upload a file in the browser' }).click();
  await nora.getByLabel('test-signing').check();
  const program = join(folder, 'widget.exe');
  writeFileSync(program, buildProgram({ overlay: new TextEncoder().encode(`widget ${Date.now()}`) }));
  await nora.getByLabel('File', { exact: true }).setInputFiles(program);
  await nora.getByRole('button', { name: 'Upload and submit' }).click();
  await nora.waitForURL(/\/requests\//);
  await expect(async () => {
    await nora.reload();
    await expect(nora.getByText('Signed and released')).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 120_000 });
  await nora.goto(way);
  await stepIs(nora, 'First test signing', 'Done');
  await looksRight(nora);

  // Somebody whose account is on the other host joins, and the policy keeps its number there.
  await nora.goto('/projects/widget/team');
  await looksRight(nora);
  await nora.getByLabel('Account on', { exact: true }).selectOption('GitHub');
  await nora.getByLabel('Account on the code host').fill('yuri-yarn');
  await nora.getByLabel('Name', { exact: true }).fill('Yuri Yarn');
  await nora.getByLabel('Short name here').fill('yuri-elsewhere');
  await nora.getByLabel('Approves releases').check();
  await nora.getByRole('button', { name: 'Propose it' }).click();
  await expect(nora.getByRole('heading', { level: 1, name: 'Yuri Yarn joins Widget' })).toBeVisible();
  await expect(nora.getByText(/account 900013 on GitHub/).first()).toBeVisible();
  expect(host.refusals).toEqual([]);
});
