/** The demo's project on GitLab: its files are a policy, and the build that the demo submits is one that GitLab itself confirms. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { providers, type AskedBuild } from '#core/origin/index.ts';
import { effectivePolicy, formatDiagnostic, loadSnapshot } from '#core/policy/index.ts';
import { seedCommit } from '#core/policy/seed.fixture.ts';
import { failures } from '#core/wire/finding/index.ts';
import { readFolder } from '../../cli/policy/read-folder.ts';
import { openCodeHosts } from '../../signer/daemon/code-host/index.ts';
import { openTestBuildSystem, digests } from '../build-system/fixture.ts';
import { demoGitLabProject, demoJob, demoProjectOfApi, startGitLabApi } from '../gitlab/index.ts';
import { askingTheHost } from './asking-the-host.ts';
import { gitLabProject, seedWithGitLab, withGitLab } from './on-gitlab.ts';
import { demoPolicy } from './scenario.ts';

it('stands beside the policy by which the code host is asked, as the demo makes both', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-demo-'));
  try {
    const seed = await seedWithGitLab(folder);
    const hosts = { gitLab: { url: 'http://127.0.0.1:2' }, codeHost: { url: 'http://127.0.0.1:1' } };
    await withGitLab(hosts, askingTheHost(hosts)).adapt?.(seed);
    const loaded = loadSnapshot((await readFolder(seed)).files, seedCommit);
    if (!loaded.ok) throw new Error(loaded.diagnostics.map(formatDiagnostic).join('\n'));
    const { buildSystems } = loaded.snapshot.trustRoot.value;
    expect(Object.fromEntries(buildSystems.map(({ name, hostApi }) => [name, hostApi]))).toEqual({
      'gitlab-com': 'http://127.0.0.1:2/api/v4',
      'github-actions': undefined,
      development: 'http://127.0.0.1:1',
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('is in the trust root, signs what its own pipeline built, and is asked about at GitLab', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-demo-'));
  const gitLab = await startGitLabApi();
  gitLab.projects.set(demoGitLabProject.id, demoProjectOfApi());
  const builds = await openTestBuildSystem();
  try {
    const seed = await seedWithGitLab(folder);
    const url = gitLab.api.replace('/api/v4', '');
    const { adapt, codeHosts = [] } = withGitLab({ gitLab: { url } });
    await adapt?.(seed);
    const loaded = loadSnapshot((await readFolder(seed)).files, seedCommit);
    if (!loaded.ok) throw new Error(loaded.diagnostics.map(formatDiagnostic).join('\n'));
    const slugs = [parseProjectSlug(gitLabProject), parsePolicySlug(demoPolicy)] as const;
    const found = effectivePolicy(loaded.snapshot, ...slugs);
    if (!found.ok || found.value.originPolicy === null) throw new Error('the policy wants no origin');
    const policy = found.value.originPolicy;

    const bundle = await builds.attest({ job: demoJob });
    const { trustRoot } = loaded.snapshot;
    expect(trustRoot.value.buildSystems.map(({ name }) => name)).toContain('gitlab-com');
    const verdict = await builds.verify(bundle, { policy, digests });
    expect(failures(verdict.findings)).toEqual([]);
    if (!verdict.ok) throw new Error('nothing was verified');

    const file = join(folder, 'token');
    await writeFile(file, codeHosts[0]?.token ?? '', { mode: 0o600 });
    const configured = codeHosts.map(({ api }) => ({
      api,
      token: { file },
      requestsPerHourMax: 100,
      timeoutSeconds: 10,
    }));
    const hosts = openCodeHosts(configured, () => new Date());
    const questions = providers.gitlab.host;
    if (questions === null) throw new Error('GitLab is asked');
    const build = { policy, claims: verdict.value.claims, sha256: digests.sha256 } as AskedBuild;
    const answers = await hosts.look({ api: gitLab.api, project: gitLabProject, questions, build });
    const judged = questions.judge(
      build,
      new Map(answers.map(({ question, answer }) => [question.key, answer])),
      (path) => ({ file: path.join('.'), line: 1, column: 1 }),
    );
    expect(failures(judged.findings)).toEqual([]);
    expect(gitLab.misfits).toEqual([]);
  } finally {
    builds.remove();
    await gitLab.stop();
    await rm(folder, { recursive: true });
  }
});
