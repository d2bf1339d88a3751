/** The foundation's portal with a code host of its own, where a run of the seed's project has uploaded something. */
import { fetchesSettled } from '../../lib/artifact-fetches/index.ts';
import { openCodeHosts } from '../../lib/platform/code-host/index.ts';
import type { Portal } from '../../lib/platform/portal/index.ts';
import { exampleRun, openBuildSystem } from '../build-system/index.ts';
import { addDemoRepository, demoRepository, startGitHub } from '../github/index.ts';
import { testFolder } from '../test/index.ts';
import { createHash } from 'node:crypto';

export const run = '77';

export async function openFetching(portal: Portal) {
  const [github, folder] = await Promise.all([startGitHub(), testFolder('fetching')]);
  const builds = await openBuildSystem(folder.folder);
  addDemoRepository(github.state);
  const { id: repositoryId, fullName } = demoRepository;
  const codeHosts = openCodeHosts({
    config: { codeHost: { apiUrl: github.url, webUrl: 'https://github.com' } },
    now: portal.now,
    timing: { retries: 0 },
  });
  const upload = (text: string): string =>
    String(
      github.state.artifacts.upload({
        name: 'package',
        bytes: Buffer.from(text),
        repositoryId,
        runId: Number(run),
      }).id,
    );
  async function attest(text: string): Promise<void> {
    const sha256 = createHash('sha256').update(text).digest('hex');
    const subjects = [{ name: 'package.zip', digest: { sha256 } }];
    const bundle = await builds.attest({ subjects, run: { ...exampleRun, runId: run } });
    github.state.artifacts.attest(repositoryId, sha256, bundle as Readonly<Record<string, unknown>>);
  }
  return {
    portal: { ...portal, codeHosts } as Portal,
    fullName,
    upload,
    /** The host doesn't say anything of this one, however often it is asked. */
    away: (artifactId: string) =>
      github.inject({
        path: new RegExp(`/artifacts/${artifactId}$`),
        times: 100,
        mishap: { kind: 'status', status: 503 },
      }),
    jobToken: () => github.jobToken(repositoryId),
    settled: () => fetchesSettled(portal),
    attest,
    async uploadAttested(text: string): Promise<string> {
      await attest(text);
      return upload(text);
    },
    async close(): Promise<void> {
      await fetchesSettled(portal);
      await github.stop();
      await folder.release();
    },
  };
}
