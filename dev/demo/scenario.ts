/** The demo's requests, submitted over REST like any project's CI would, and what is expected of each. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { approve } from '../../cli/approve.ts';
import {
  downloadResumable,
  hashFile,
  waitFor,
  type Portal,
  type RequestView,
} from '../../cli/client/index.ts';
import { submitArtifact } from '../../cli/submit.ts';
import type { BuildOptions } from '../build-system/index.ts';
import type { Foundation } from '../foundation/index.ts';
import { demoJob } from '../gitlab/index.ts';
import { demoBuilds } from '../github/projects/demo-builds.ts';
import type { DemoArtifacts } from './artifacts.ts';
import { gitLabProject } from './on-gitlab.ts';

export const demoProject = 'esbuild-demo';
export const demoPolicy = 'release-signing';
/** The same, and the signer asks the code host. Where it has one to ask. */
export const askingPolicy = 'release-asking-host';

/** What the demo project's policy asks for. */
const run = {
  repository: {
    id: '900100200',
    ownerId: '900100',
    uri: 'https://github.com/countersign-demo/esbuild-windows',
  },
  workflow: '.github/workflows/release.yml',
  ref: 'refs/tags/v0.28.2',
  commit: '5f1d3c2b7a9e48d6c0b1a2f3e4d5c6b7a8f90123',
  trigger: 'push',
  runId: '28000001',
} satisfies BuildOptions['run'];

export interface DemoRequest {
  readonly name: string;
  readonly title: string;
  readonly policy: string;
  readonly expected: 'completed' | 'denied';
  /** The file that is submitted. */
  readonly artifact: string;
  /** The file that the build system attested. */
  readonly attested: string;
  readonly run: BuildOptions['run'];
  /** A job of GitLab in its place. */
  readonly job?: BuildOptions['job'];
  readonly project: string;
  /** Rule that has to refuse; null where nothing may. */
  readonly rule: string | null;
}

export function demoRequests(
  artifacts: DemoArtifacts,
  { asksHost, onGitLab }: { readonly asksHost: boolean; readonly onGitLab: boolean },
): readonly DemoRequest[] {
  return [
    ...(onGitLab ? [requestOnGitLab(artifacts)] : []),
    ...(asksHost ? requestsToTheHost(artifacts) : []),
    ...usualRequests(artifacts),
  ];
}

const requestOnGitLab = ({ genuine }: DemoArtifacts): DemoRequest => ({
  name: 'on-gitlab',
  title: 'a release of a project on GitLab, about which the signer asks GitLab itself',
  project: gitLabProject,
  policy: demoPolicy,
  expected: 'completed',
  artifact: genuine,
  attested: genuine,
  run: undefined,
  job: demoJob,
  rule: null,
});

function requestsToTheHost({ genuine }: DemoArtifacts): readonly DemoRequest[] {
  const common = { project: demoProject, policy: askingPolicy, artifact: genuine, attested: genuine };
  return [
    {
      ...common,
      name: 'host-asked',
      title: 'a release of which the signer asks the code host itself',
      expected: 'completed',
      run: { ...run, ...demoBuilds.release },
      rule: null,
    },
    {
      ...common,
      name: 'run-failed',
      title: 'well attested, but the host says that its run failed',
      expected: 'denied',
      run: { ...run, ...demoBuilds.failed },
      rule: 'origin.run-success',
    },
  ];
}

function usualRequests({ genuine, infected, altered }: DemoArtifacts): readonly DemoRequest[] {
  const [project, policy] = [demoProject, demoPolicy];
  return [
    {
      name: 'signed',
      title: 'a release as it should be',
      project,
      policy,
      expected: 'completed',
      artifact: genuine,
      attested: genuine,
      run,
      rule: null,
    },
    {
      name: 'wrong-branch',
      title: 'built from a branch that the policy doesn’t allow',
      project,
      policy,
      expected: 'denied',
      artifact: genuine,
      attested: genuine,
      run: { ...run, ref: 'refs/heads/experiment' },
      rule: 'origin.ref',
    },
    {
      name: 'infected',
      title: 'contains the EICAR test file',
      project,
      policy,
      expected: 'denied',
      artifact: infected,
      attested: infected,
      run,
      rule: 'scan.infected',
    },
    {
      name: 'altered',
      title: 'bytes don’t match their provenance',
      project,
      policy,
      expected: 'denied',
      artifact: altered,
      attested: genuine,
      run,
      rule: 'origin.digest',
    },
  ];
}

export interface DemoOutcome {
  readonly request: DemoRequest;
  readonly view: RequestView;
  /** The signed artifact; null where nothing was signed. */
  readonly signedArtifact: string | null;
}

interface DemoContext {
  readonly foundation: Foundation;
  readonly portal: Portal;
  /** Folder for bundles and results. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** Attests, submits, approves where the signer waits for it, and fetches what came out. */
export async function playRequest(context: DemoContext, request: DemoRequest): Promise<DemoOutcome> {
  const { foundation, portal, folder, say } = context;
  await mkdir(folder, { recursive: true });
  const attested = await hashFile(request.attested);
  const bundle = await foundation.buildSystem.attest({
    subjects: [{ name: 'esbuild-win32-x64.tgz', digest: { sha256: attested.sha256 } }],
    ...(request.run === undefined ? {} : { run: request.run }),
    ...(request.job === undefined ? {} : { job: request.job }),
  });
  const bundleFile = join(folder, `${request.name}.sigstore.json`);
  await writeFile(bundleFile, JSON.stringify(bundle));
  const submitted = await submitArtifact({
    portal,
    project: request.project,
    policy: request.policy,
    artifact: request.artifact,
    bundle: bundleFile,
    parameters: {},
    idempotencyKey: null,
  });
  let view = await waitFor(portal, submitted.id, { timeoutSeconds: 300, until: 'gate' });
  if (view.status === 'waiting-for-approval') {
    const key = foundation.policies.people.get('demo-approver');
    if (key !== undefined) {
      await approve({
        portal,
        id: view.id,
        decision: 'approve',
        keyFile: key.privateKeyFile,
        artifact: request.artifact,
        say,
      });
    }
    view = await waitFor(portal, submitted.id, { timeoutSeconds: 300 });
  }
  return {
    request,
    view,
    signedArtifact: view.status === 'completed' ? await fetchSigned(context, request, view) : null,
  };
}

async function fetchSigned(
  { portal, folder }: DemoContext,
  request: DemoRequest,
  view: RequestView,
): Promise<string> {
  const file = join(folder, `${request.name}.tgz`);
  await downloadResumable(portal, { id: view.id, to: { file } });
  return file;
}
