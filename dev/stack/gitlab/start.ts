import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startNodeService } from '../node-service.ts';
import { projectDirectory, type StackPaths } from '../paths.ts';
import { startOnPort } from '../ports.ts';
import type { RunningService } from '../service.ts';

/** Replaces gitlab.com on a machine without internet: projects to apply for, and what the demo's project there built. */
export async function startGitLabService(paths: StackPaths): Promise<RunningService> {
  const start = async (port: number): Promise<RunningService> => {
    const url = `http://127.0.0.1:${port}`;
    const health = async () => (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5000) })).ok;
    const args = [join(projectDirectory, 'dev/gitlab/main.ts'), '--port', String(port)];
    const running = await startNodeService(paths, { name: 'gitlab', args, health });
    return { name: 'gitlab', pid: running.pid, url, port, health, stop: () => running.stop() };
  };
  // Policies name the address at which the signer asks it: once there are some, it has to be the same.
  const isNamed = existsSync(join(paths.git, 'policies.git'));
  return startOnPort(paths, 'gitlab', start, isNamed ? { named: 'the policies of this foundation' } : {});
}
