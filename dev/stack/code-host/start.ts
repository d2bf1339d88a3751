import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startNodeService } from '../node-service.ts';
import { projectDirectory, type StackPaths } from '../paths.ts';
import { startOnPort, type PortWish } from '../ports.ts';
import type { RunningService } from '../service.ts';

export type RunningCodeHost = RunningService;

/** Where the signer asks it, the policies name its address: once there are some, it has to be the same. */
const wishOf = ({ git }: Pick<StackPaths, 'git'>): PortWish =>
  existsSync(join(git, 'policies.git')) ? { named: 'the policies of this foundation' } : {};

/**
 * Replaces github.com on a machine without internet: repositories to apply for, and their data. `demoBuilds`: what the demo's project
 * built, too, for the signer to ask about.
 */
export async function startCodeHostService(
  paths: StackPaths,
  { demoBuilds }: { readonly demoBuilds: boolean },
): Promise<RunningCodeHost> {
  const start = async (port: number): Promise<RunningCodeHost> => {
    const url = `http://127.0.0.1:${port}`;
    const health = async () => (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5000) })).ok;
    const script = join(projectDirectory, 'dev/github/main.ts');
    const running = await startNodeService(paths, {
      name: 'code-host',
      args: [script, '--port', String(port), ...(demoBuilds ? ['--demo-builds'] : [])],
      health,
    });
    return { name: 'code-host', pid: running.pid, url, port, health, stop: () => running.stop() };
  };
  return startOnPort(paths, 'code-host', start, demoBuilds ? wishOf(paths) : {});
}
