/** A request of a journey's own that waits for its approver, submitted as a project's CI would. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openBuildSystem } from '../dev/build-system/index.ts';
import { demoRun, packageWith, sha256 } from '../dev/test/system/demo-package.ts';
import { approve } from '../cli/approve.ts';
import { waitFor } from '../cli/client/index.ts';
import { submitArtifact } from '../cli/submit.ts';

export function stateFolder(): string {
  const report = process.env['COUNTERSIGN_REPORT'];
  if (report === undefined) throw new Error('COUNTERSIGN_REPORT names no report of the demo');
  return dirname(dirname(report));
}

/** Submits a package nobody has seen before → the request's id, once it waits for approval. */
export async function waitingRequest(mark: string): Promise<string> {
  const state = stateFolder();
  const folder = mkdtempSync(join(tmpdir(), 'countersign-journey-'));
  try {
    const artifact = join(folder, `${mark}.tgz`);
    const bytes = await packageWith(`${mark} ${Date.now()}`);
    writeFileSync(artifact, bytes);
    const buildSystem = await openBuildSystem(join(state, 'build-system'));
    const subjects = [{ name: `${mark}.tgz`, digest: { sha256: sha256(bytes) } }];
    const bundle = join(folder, 'bundle.json');
    writeFileSync(bundle, JSON.stringify(await buildSystem.attest({ subjects, run: demoRun })));
    const portal = {
      url: process.env['COUNTERSIGN_URL'] ?? '',
      token: readFileSync(join(state, 'secrets', 'demo-api-token'), 'utf8'),
    };
    const input = { project: 'esbuild-demo', policy: 'release-signing', artifact, bundle };
    const { id } = await submitArtifact({ portal, idempotencyKey: null, parameters: {}, ...input });
    await waitFor(portal, id, { timeoutSeconds: 200, until: 'gate' });
    return id;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Approves a waiting request as an approver would from a terminal, and waits until it is released. */
export async function approveAs(id: string, handle: string): Promise<void> {
  const portal = {
    url: process.env['COUNTERSIGN_URL'] ?? '',
    token: readFileSync(join(stateFolder(), 'secrets', 'demo-api-token'), 'utf8'),
  };
  const keyFile = join(stateFolder(), 'secrets', `ssh-${handle}`);
  await approve({ portal, id, decision: 'approve', keyFile, artifact: null, say: () => undefined });
  const { status, summary } = await waitFor(portal, id, { timeoutSeconds: 200 });
  if (status !== 'completed') throw new Error(`${id} is ${status}: ${summary ?? ''}`);
}

/** Runs the command that the page shows, with a key of the demo's people in place of the reader's own. */
export function runShownCommand(command: string, handle = 'demo-approver'): string {
  const key = join(stateFolder(), 'secrets', `ssh-${handle}`);
  return execFileSync('sh', ['-c', command.replace('~/.ssh/id_ed25519', key)], { encoding: 'utf8' });
}
