/**
 * From an application to a verified file, by nothing but the product: what a person types, clicks, copies and runs is what its pages
 * say. Played are only services of others: the code host, its build system, and the reader of the messages.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { parse } from 'yaml';
import { z } from 'zod';
import { openBuildSystem } from '../dev/build-system/index.ts';
import { sha256 } from '../dev/test/system/demo-package.ts';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { answerEverything, openAs } from './people.ts';
import { looksRight, step, stepIs } from './release-steps.ts';
import { acceptByTwo, signAndMerge } from './reviewers.ts';
import { stateFolder } from './waiting-request.ts';

const project = join(import.meta.dirname, '..');
const workflowPath = '.github/workflows/release.yml';
const home = mkdtempSync(join(tmpdir(), 'countersign-wanda-'));
/** None of this process's own variables. */
const bare = { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production' } as const;
test.afterAll(() => rmSync(home, { recursive: true, force: true }));

const enterTwice = join(home, 'enter-twice');

/**
 * A person's terminal, in their own home and folder. What is asked there is answered with Enter: from a file, since
 * writing to a command that has ended without reading is an error.
 */
function terminal(command: string, environment: Readonly<Record<string, string>> = {}): string {
  const env = { ...bare, HOME: home, ...environment };
  writeFileSync(enterTwice, '\n\n');
  const input = openSync(enterTwice, 'r');
  try {
    return execFileSync('bash', ['-e', '-o', 'pipefail', '-c', command], {
      cwd: home,
      env,
      encoding: 'utf8',
      stdio: [input, 'pipe', 'inherit'],
    });
  } finally {
    closeSync(input);
  }
}

/** What somebody copies out of a step. */
async function copied(page: Page, title: string, what: string): Promise<string> {
  const details = step(page, title).locator('details').filter({ hasText: what });
  await details.locator('summary').click();
  return details.locator('code').last().innerText();
}

const workflowSchema = z.object({
  on: z.object({ push: z.object({ tags: z.array(z.string()) }) }),
  jobs: z.object({
    release: z.object({
      'runs-on': z.string(),
      env: z.record(z.string(), z.string()),
      steps: z.array(
        z
          .object({
            name: z.string(),
            uses: z.string(),
            run: z.string(),
            env: z.record(z.string(), z.string()),
          })
          .partial(),
      ),
    }),
  }),
});

test('a maintainer applies, and in the end has a file that others verify: each step says what to do, and detects that it is done', async ({
  browser,
  baseURL,
}) => {
  const wanda = await openAs(browser, 'Wanda Weaver', '/apply');
  await answerEverything(wanda, {
    repository: 'wanda-weaver/loom',
    name: 'Loom',
    handle: 'wanda',
    applicant: 'Wanda Weaver',
    async build(page) {
      await page.getByLabel('the development build system', { exact: true }).check();
      await page.getByLabel('A Windows program or installer (.exe, .dll)').check();
      // Suggested from the releases, as the workflow would be if there were one.
      await expect(page.getByLabel('Tags that are released')).toHaveValue('v*');
      await page.getByLabel('What comes out of it').fill('One program, loom.exe');
    },
  });
  await wanda.getByRole('button', { name: 'Send the application' }).click();
  await expect(wanda.getByText('The foundation has received your application')).toBeVisible();
  const application = new URL(wanda.url()).pathname;

  await acceptByTwo(browser, 'Loom');

  await expect(async () => {
    await wanda.goto(application);
    await expect(wanda.getByText(/Policy change \d+ waits for policy maintainers/)).toBeVisible({
      timeout: 500,
    });
  }).toPass({ timeout: 120_000 });
  await expect(wanda.getByRole('link', { name: 'Steps to a release' })).toHaveCount(0);
  await wanda.getByRole('link', { name: 'The project’s policy' }).click();
  await expect(wanda.getByRole('heading', { level: 1, name: 'Add Loom' })).toBeVisible();
  await signAndMerge(browser, new URL(wanda.url()).pathname);

  await wanda.goto(application);
  await wanda.getByRole('link', { name: 'Steps to a release' }).click();
  await expect(wanda.getByRole('heading', { level: 1, name: 'Steps to a release' })).toBeVisible();
  const way = new URL(wanda.url()).pathname;
  await expect(step(wanda, 'The policy for releases').getByText('For you', { exact: true })).toBeVisible();
  await expect(step(wanda, 'First release').getByText('Waiting', { exact: true })).toBeVisible();
  await looksRight(wanda);

  // The key: made with the commands on the page, and with it comes the policy for releases that waited for it.
  await step(wanda, 'People who approve').getByRole('link', { name: 'Add your key' }).click();
  await expect(wanda.getByRole('heading', { level: 1, name: 'Your approval key' })).toBeVisible();
  await looksRight(wanda);
  mkdirSync(join(home, '.ssh'), { mode: 0o700 });
  terminal(await wanda.locator('code', { hasText: 'ssh-keygen' }).innerText());
  const publicKey = terminal(await wanda.locator('code', { hasText: 'cat ' }).innerText());
  await wanda.getByLabel('Public key').fill(publicKey);
  await wanda.getByRole('button', { name: 'Propose to add it' }).click();
  await expect(
    wanda.getByRole('heading', { level: 1, name: 'Add an approval key of Wanda Weaver' }),
  ).toBeVisible();
  await expect(wanda.getByText('release-signing.yaml').filter({ visible: true }).first()).toBeVisible();
  // A public key is one long word, which stands in a narrow column here.
  await looksRight(wanda);
  await signAndMerge(browser, new URL(wanda.url()).pathname);
  await wanda.goto(way);
  await stepIs(wanda, 'People who approve', 'Done');
  await stepIs(wanda, 'The policy for releases', 'Done');

  // Who runs the foundation is told that certificates wait, and does what is said.
  const robin = await openAs(browser, 'Robin Reviewer', '/messages');
  await expect(async () => {
    await robin.reload();
    await expect(robin.getByText('Loom waits for its certificates: release, test')).toBeVisible({
      timeout: 500,
    });
  }).toPass({ timeout: 120_000 });
  await expect(async () => {
    await robin.goto('/status');
    await expect(robin.getByText('loom/release')).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 120_000 });
  const told = await robin.getByText('loom/release').innerText();
  const issue = /npm run issue[^:]*/.exec(told)?.[0] ?? '';
  const state = stateFolder();
  const own = issue
    .replace('ceremony.yaml', join(state, 'ceremony.yaml'))
    .replace('signer.yaml', join(state, 'signer', 'config.yaml'));
  const issued = execFileSync('sh', ['-ec', own], { cwd: project, encoding: 'utf8' });
  expect(issued).toMatch(/loom.*issued until/);
  await wanda.goto(way);
  await stepIs(wanda, 'The project’s certificate', 'Done');

  // The token, shown once.
  await step(wanda, 'An API token for the build').getByRole('link', { name: 'API tokens' }).click();
  await looksRight(wanda);
  await wanda.getByLabel('Name', { exact: true }).fill('release workflow');
  await wanda.getByRole('button', { name: 'Make the token' }).click();
  const token = await wanda.locator('#new-token').innerText();
  await wanda.goto(way);
  await stepIs(wanda, 'An API token for the build', 'Done');

  // The workflow: copied, with the project's own build in place of the placeholder.
  const text = await copied(wanda, 'The workflow that builds and submits', workflowPath);
  await commit(text);
  await stepIs(wanda, 'The workflow that builds and submits', 'For you');
  await expect(step(wanda, 'The workflow that builds and submits')).toContainText('placeholder');
  const filled = text
    .replace('CHANGE-ME.exe', 'loom.exe')
    .replace(/ {10}echo "Put your own build here.*\n {10}exit 1/, '          cp ../source "$FILE"');
  await commit(filled);
  await stepIs(wanda, 'The workflow that builds and submits', 'Done');

  // A test signature, from the terminal and in the browser.
  const build = join(home, 'build');
  mkdirSync(build);
  const program = buildProgram({ overlay: new TextEncoder().encode(`loom ${Date.now()}`) });
  writeFileSync(join(home, 'source'), program);
  writeFileSync(join(home, 'loom.exe'), program);
  const send = await copied(wanda, 'First test signing', 'From a terminal');
  const sent = answerSchema.parse(
    JSON.parse(lastLine(terminal(send, { FILE: 'loom.exe', COUNTERSIGN_TOKEN: token }))),
  );
  await wanda.goto(sent.url);
  await completed(wanda);
  await wanda.goto(way);
  await stepIs(wanda, 'First test signing', 'Done');
  await step(wanda, 'First test signing').getByRole('link', { name: 'Upload a file in the browser' }).click();
  await looksRight(wanda);
  await wanda.getByLabel('test-signing').check();
  await wanda.getByLabel('File', { exact: true }).setInputFiles(join(home, 'loom.exe'));
  await wanda.getByRole('button', { name: 'Upload and submit' }).click();
  await wanda.waitForURL(/\/requests\//);
  await completed(wanda);

  // The release: a tag is pushed, and the build system runs what the copied workflow says.
  const { url } = await runWorkflow(filled, build, token);
  await wanda.goto(way);
  await stepIs(wanda, 'First release', 'For you');
  await wanda.goto(url);
  await expect(async () => {
    await wanda.reload();
    await expect(wanda.getByRole('heading', { name: 'Do you approve this release?' })).toBeVisible({
      timeout: 500,
    });
  }).toPass({ timeout: 120_000 });
  const command = await wanda.locator('code', { hasText: 'ssh-keygen -Y sign' }).first().innerText();
  await wanda.getByLabel('Approve', { exact: true }).check();
  await wanda.getByLabel('Signature', { exact: true }).fill(terminal(command));
  await wanda.getByRole('button', { name: 'Submit decision' }).click();
  await completed(wanda);

  // Downloaded, and verified with a tool that is not part of this portal.
  const [download] = await Promise.all([
    wanda.waitForEvent('download'),
    wanda.getByRole('link', { name: 'Download loom.exe' }).click(),
  ]);
  await download.saveAs(join(home, 'signed.exe'));
  await wanda.goto(way);
  await stepIs(wanda, 'First release', 'Done');
  await expect(wanda.getByText('7 of 7 done')).toBeVisible();
  await looksRight(wanda);
  const verify = await copied(wanda, 'First release', 'Check the signed file');
  expect(terminal(verify, { FILE: 'signed.exe' })).toMatch(/^Succeeded/m);
  // That the check can fail: the program as it was built has no signature.
  expect(() => terminal(verify, { FILE: 'loom.exe' })).toThrow();
  expect(readFileSync(join(home, 'signed.exe')).length).toBeGreaterThan(program.length);

  async function completed(page: Page): Promise<void> {
    await expect(async () => {
      await page.reload();
      await expect(page.getByText('Signed and released')).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 120_000 });
  }

  /** What the code host's build system does when a tag is pushed: runs the steps, and attests what it built. */
  async function runWorkflow(source: string, folder: string, secret: string) {
    const { on, jobs } = workflowSchema.parse(parse(source));
    expect(on.push.tags).toEqual(['v*']);
    const { env, steps } = jobs.release;
    const run = (command: string, more: Readonly<Record<string, string>> = {}): string =>
      execFileSync('bash', ['-e', '-o', 'pipefail', '-c', command], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...bare, ...env, ...more },
      });
    const bundle = join(home, 'attestation.json');
    let said = '';
    for (const one of steps) {
      if (one.uses?.startsWith('actions/attest') === true) {
        const buildSystem = await openBuildSystem(join(stateFolder(), 'build-system'));
        const name = env['FILE'] ?? '';
        const subjects = [{ name, digest: { sha256: sha256(readFileSync(join(folder, name))) } }];
        const repository = {
          id: '910000005',
          ownerId: '900012',
          uri: 'https://github.com/wanda-weaver/loom',
        };
        const built = { repository, workflow: workflowPath, ref: 'refs/tags/v2.2.0', trigger: 'push' };
        writeFileSync(bundle, JSON.stringify(await buildSystem.attest({ subjects, run: built })));
      } else if (one.run !== undefined) {
        const secrets: Record<string, string> = {
          '${{ steps.attest.outputs.bundle-path }}': bundle,
        };
        const set = Object.entries(one.env ?? {}).map(([key, value]) => [key, secrets[value] ?? value]);
        // The demo's build system gives no identity tokens to jobs: an API token stands in for them.
        const command = one.run.replace(
          /identity_token\(\) \{[\s\S]*?\n\}/,
          `identity_token() { echo ${secret}; }`,
        );
        said = run(command, Object.fromEntries(set) as Record<string, string>);
      }
    }
    return answerSchema.parse(JSON.parse(lastLine(said)));
  }

  /** Commits the workflow on the code host, as its maintainer. */
  async function commit(content: string): Promise<void> {
    const host = z
      .object({ codeHost: z.object({ apiUrl: z.string() }) })
      .parse(parse(readFileSync(join(stateFolder(), 'portal', 'config.yaml'), 'utf8'))).codeHost.apiUrl;
    const answer = await fetch(`${host}/repos/wanda-weaver/loom/contents/${workflowPath}`, {
      method: 'PUT',
      headers: { authorization: 'Bearer dev-user-900012' },
      body: JSON.stringify({ message: 'Release', content: Buffer.from(content).toString('base64') }),
    });
    expect(answer.ok).toBe(true);
  }
  expect(baseURL).toBeDefined();
});

const answerSchema = z.object({ id: z.string(), url: z.string() });

/** Of a terminal: what the last command printed. */
const lastLine = (text: string): string => text.trim().slice(text.trim().lastIndexOf('{'));
